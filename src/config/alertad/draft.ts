import type { Path } from '../problem.js'
import { escaped, literal, onlyVariable, type Text, template } from './values.js'

/** Something that the operator should know of one setting. */
export interface Remark {
  /** todo: something is lost or different unless the operator acts; note: nothing is to be done */
  readonly level: 'todo' | 'note'
  readonly setting: string
  /** of the Python file; absent for what does not stand there */
  readonly line?: number
  readonly message: string
}

/** Where a value of the new configuration comes from. */
export interface Origin {
  readonly path: Path
  readonly setting: string
  readonly line: number
}

/** A setting of the Python file that is being taken over. */
export interface Place {
  readonly setting: string
  readonly line: number
}

/** The new configuration while it is being put together. */
export interface Draft {
  /** in the form of the file */
  readonly config: Record<string, unknown>
  readonly origins: Origin[]
  readonly remarks: Remark[]
  /** variables that the configuration names, and what they are to be */
  readonly secrets: Map<string, string>
}

export const emptyDraft = (): Draft => ({ config: {}, origins: [], remarks: [], secrets: new Map() })

export function put(draft: Draft, path: Path, value: unknown, { setting, line }: Place): void {
  let inner = draft.config as Record<string | number, unknown>
  for (const [i, key] of path.slice(0, -1).entries()) {
    inner[key] ??= typeof path[i + 1] === 'number' ? [] : {}
    inner = inner[key] as Record<string | number, unknown>
  }
  inner[path.at(-1) as string] = value
  draft.origins.push({ path, setting, line })
}

export const todo = (draft: Draft, { setting, line }: Place, message: string): void =>
  void draft.remarks.push({ level: 'todo', setting, line, message })

export const note = (draft: Draft, { setting, line }: Place, message: string): void =>
  void draft.remarks.push({ level: 'note', setting, line, message })

/**
 * What stands in the configuration for a secret: the name of a variable, whose value goes into the file of secrets. One
 * that came from the environment before still does.
 */
export function concealed(draft: Draft, name: string, secret: Text, place: Place): string {
  const known = literal(secret)
  if (known !== undefined) {
    draft.secrets.set(name, known)
    return `\${${name}}`
  }
  const variable = onlyVariable(secret)
  if (variable === undefined) {
    todo(draft, place, `puts a secret together of parts; set ${name} to the whole of it`)
    return `\${${name}}`
  }
  if (variable.fallback) draft.secrets.set(variable.variable, variable.fallback)
  return `\${${variable.variable}}`
}

/** A text in the form of the configuration file. */
export const written = (given: Text | string): string => (typeof given === 'string' ? escaped(given) : template(given))
