/** Values of a Python configuration file, as far as they are understood; `line` counts from 1. */
export type Value = null | boolean | number | Text | List | Dict

/** A text; what comes from the environment is known by name only. */
export interface Text {
  readonly kind: 'text'
  readonly parts: readonly TextPart[]
}
export type TextPart = string | Variable

/** An environment variable, and what stands for it where it is not set. */
export interface Variable {
  readonly variable: string
  readonly fallback?: string
}

/** A list, a tuple or a set. */
export interface List {
  readonly kind: 'list'
  readonly items: readonly Value[]
  readonly line: number
}

export interface Dict {
  readonly kind: 'dict'
  readonly entries: ReadonlyMap<string, Value>
  readonly line: number
}

/** Neighbouring texts become one, so that no ${ is overlooked where two meet. */
export function text(...given: readonly TextPart[]): Text {
  const parts: TextPart[] = []
  for (const part of given) {
    const last = parts.at(-1)
    if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part
    else if (part !== '') parts.push(part)
  }
  return { kind: 'text', parts }
}

export const isText = (value: Value | undefined): value is Text => isKind(value, 'text')
export const isList = (value: Value | undefined): value is List => isKind(value, 'list')
export const isDict = (value: Value | undefined): value is Dict => isKind(value, 'dict')

const isKind = (value: Value | undefined, kind: string): boolean =>
  typeof value === 'object' && value !== null && value.kind === kind

/** The text itself; undefined where something of it comes from the environment. */
export function literal(value: Value | undefined): string | undefined {
  if (!isText(value)) return undefined
  return value.parts.every((part) => typeof part === 'string') ? value.parts.join('') : undefined
}

/** The variable that a text consists of; undefined where there is more to it. */
export function onlyVariable(value: Value | undefined): Variable | undefined {
  if (!isText(value)) return undefined
  const [first] = value.parts
  return value.parts.length === 1 && typeof first === 'object' ? first : undefined
}

/** The text in the form of our configuration file: ${NAME}, ${NAME:-text}, and $${ for a literal ${. */
export const template = ({ parts }: Text): string =>
  parts.map((part) => (typeof part === 'string' ? escaped(part) : reference(part))).join('')

export const escaped = (plain: string): string => plain.replaceAll('${', () => '$${')

const reference = ({ variable, fallback }: Variable): string =>
  fallback === undefined ? `\${${variable}}` : `\${${variable}:-${fallback}}`

/** As Python sees it in a condition; undefined where the environment decides. */
export function truth(value: Value): boolean | undefined {
  if (value === null || typeof value !== 'object') return Boolean(value)
  switch (value.kind) {
    case 'text': {
      const known = literal(value)
      if (known !== undefined) return known !== ''
      return value.parts.some((part) => typeof part === 'string' && part !== '') ? true : undefined
    }
    case 'list':
      return value.items.length > 0
    case 'dict':
      return value.entries.size > 0
  }
}
