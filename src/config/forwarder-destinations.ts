import type { Fault, Path } from './problem.js'

export interface ForwarderDestinations {
  /** in the form of the file's `destinations`; undefined when nothing could be read */
  readonly value: readonly unknown[] | undefined
  readonly faults: readonly Fault[]
}

const EXAMPLE = '[["http://localhost:9000", {"key": "demo-key"}, ["alerts", "actions"]]]'
const KNOWN_OPTIONS = ['username', 'password', 'key', 'secret', 'token', 'timeout', 'ssl_verify', 'insecure']

/**
 * Alerta's FWD_DESTINATIONS as JSON: a list of [url, options, filter], where the options hold at most one credential
 * (username and password, key and secret for Hawk, key, token), `timeout` in seconds and `ssl_verify` (Alerta docs,
 * "Federated Alerta"); `insecure` is ours. The filter may be a single word.
 */
export function parseForwarderDestinations(text: string, path: Path): ForwarderDestinations {
  const list = parseJson(text)
  if (!Array.isArray(list)) {
    // JSON.parse's own message quotes the text, secrets included
    const message = `must be a JSON list such as ${EXAMPLE}; Python's parentheses and single quotes are not JSON`
    return { value: undefined, faults: [{ path, message }] }
  }
  return readForwarderDestinations(list, path)
}

/** The same from a list that is read already. */
export function readForwarderDestinations(list: readonly unknown[], path: Path) {
  const names = new Set<string>()
  const entries = list.map((entry, i) => parseEntry(entry, [...path, i], names))
  return { value: entries.map((entry) => entry.value), faults: entries.flatMap((entry) => entry.faults) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function parseEntry(entry: unknown, path: Path, names: Set<string>): { value: unknown; faults: Fault[] } {
  const [url, options, filter] = Array.isArray(entry) && entry.length === 3 ? (entry as unknown[]) : []
  if (typeof url !== 'string' || !isOptions(options) || !(typeof filter === 'string' || Array.isArray(filter))) {
    const message = 'must have three parts: the url, a map of options (maybe empty), the filter words'
    return { value: undefined, faults: [{ path, message }] }
  }
  const faults = optionMistakes(options).map((message): Fault => ({ path, message }))
  const { timeout, ssl_verify, insecure } = options
  const value = {
    name: uniqueName(url, names),
    url,
    auth: credential(options),
    forward: typeof filter === 'string' ? [filter] : filter,
    ...(typeof timeout === 'number' ? { timeout: `${Math.round(timeout * 1000)}ms` } : {}),
    ...(ssl_verify === undefined ? {} : { ssl_verify }),
    ...(insecure === undefined ? {} : { insecure }),
  }
  return { value: faults.length === 0 ? value : undefined, faults }
}

type Options = Record<string, unknown>

const isOptions = (value: unknown): value is Options =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function optionMistakes(options: Options): string[] {
  const has = (name: string) => options[name] !== undefined
  const unknown = Object.keys(options).filter((name) => !KNOWN_OPTIONS.includes(name))
  const kinds = ['username', 'key', 'token'].filter(has)
  return [
    ...unknown.map((name) => `has the unknown option "${name}"; known are ${KNOWN_OPTIONS.join(', ')}`),
    ...(kinds.length > 1 ? [`has ${kinds.join(' and ')}; one credential is enough`] : []),
    ...(has('username') !== has('password') ? ['username and password belong together'] : []),
    ...(has('secret') && !has('key') ? ['a secret needs its key'] : []),
    ...(has('timeout') && !(typeof options.timeout === 'number' && options.timeout > 0)
      ? ['timeout must be a number of seconds above zero']
      : []),
  ]
}

function credential({ username, password, key, secret, token }: Options): unknown {
  if (username !== undefined) return { type: 'basic', username, password }
  if (secret !== undefined) return { type: 'hawk', key, secret }
  if (key !== undefined) return { type: 'key', key }
  if (token !== undefined) return { type: 'bearer', token }
  return { type: 'none' }
}

/** Longest name the schema allows, with room for a number. */
const LONGEST_NAME = 60

/** Host, port and path: the same url has the same name, hence the same queue, wherever it stands in the list. */
function uniqueName(url: string, taken: Set<string>): string {
  const base = nameOf(url)
  let name = base
  for (let n = 2; taken.has(name); n++) name = `${base}-${n}`
  taken.add(name)
  return name
}

function nameOf(url: string): string {
  if (!URL.canParse(url)) return 'destination'
  const { protocol, hostname, port, pathname } = new URL(url)
  const usualPort = protocol === 'https:' ? '443' : '80'
  const words = `${hostname}-${port === '' ? usualPort : port}${pathname}`.split(/[^\w.]+/)
  const name = words.filter((word) => word !== '').join('-')
  return name.slice(0, LONGEST_NAME)
}
