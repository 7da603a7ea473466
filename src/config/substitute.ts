import type { Fault, Path } from './problem.js'

export interface Substituted {
  readonly value: unknown
  readonly faults: readonly Fault[]
}

/**
 * Puts environment variables into the texts of parsed values: `${NAME}`, `${NAME:-default}` (also used when NAME is
 * empty, as in a shell), `$${` for a literal `${`. After parsing, so that no variable's content can change the
 * document around it. Numbers, true and false and the keys stay as they are.
 */
export function substitute(value: unknown, env: NodeJS.ProcessEnv, path: Path = []): Substituted {
  if (typeof value === 'string') return substituteText(value, env, path)
  if (Array.isArray(value)) {
    const items = value.map((item, i) => substitute(item, env, [...path, i]))
    return { value: items.map((item) => item.value), faults: items.flatMap((item) => item.faults) }
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => [key, substitute(item, env, [...path, key])] as const)
    return {
      value: Object.fromEntries(entries.map(([key, item]) => [key, item.value])),
      faults: entries.flatMap(([, item]) => item.faults),
    }
  }
  return { value, faults: [] }
}

const REFERENCE = /\$\$\{|\$\{([^}]*)(\}?)/g
const NAME_AND_DEFAULT = /^([A-Za-z_]\w*)(?::-(.*))?$/s

function substituteText(text: string, env: NodeJS.ProcessEnv, path: Path): Substituted {
  const faults: Fault[] = []
  const value = text.replace(REFERENCE, (whole, inner: string, closing: string) => {
    if (whole === '$${') return '${'
    const parts = closing === '}' ? NAME_AND_DEFAULT.exec(inner) : null
    if (parts === null) {
      faults.push({ path, message: 'has a ${ that is not ${NAME} or ${NAME:-default}; write $${ for a literal ${' })
      return whole
    }
    const [, name = '', fallback] = parts
    const given = env[name]
    if (fallback !== undefined) return typeof given === 'string' && given !== '' ? given : fallback
    if (typeof given === 'string') return given
    faults.push({ path, message: `the environment variable ${name} is not set; set it, or write \${${name}:-default}` })
    return whole
  })
  return { value, faults }
}
