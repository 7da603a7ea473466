import { parseForwarderDestinations } from './forwarder-destinations.js'
import { type Fault, isWithin, type Path } from './problem.js'

/** A value that came from Alerta's environment instead of the file. */
export interface Override {
  readonly name: string
  readonly path: Path
}

export interface Overridden {
  readonly value: unknown
  readonly overrides: readonly Override[]
  readonly faults: readonly Fault[]
}

type Read = { readonly value: unknown; readonly faults: readonly Fault[] }
interface Variable {
  readonly name: string
  readonly path: Path
  /** what it says in the form of the file, undefined where it cannot be read; faults by their place in it */
  read(text: string, path: Path): Read
}

const asIs = (text: string): Read => ({ value: text, faults: [] })

/** The names of Alerta's settings that mean something here, more than its own environment has; each overrides its key of the file. */
const VARIABLES: readonly Variable[] = [
  { name: 'BASE_URL', path: ['base_url'], read: asIs },
  { name: 'DATABASE_URL', path: ['database_url'], read: asIs },
  { name: 'AUTH_REQUIRED', path: ['auth', 'required'], read: readBoolean },
  { name: 'SECRET_KEY', path: ['auth', 'secret_key'], read: asIs },
  { name: 'CORS_ORIGINS', path: ['cors_origins'], read: readList },
  { name: 'USE_PROXYFIX', path: ['use_proxyfix'], read: readBoolean },
  { name: 'FWD_DESTINATIONS', path: ['destinations'], read: parseForwarderDestinations },
  { name: 'SEVERITY_MAP', path: ['alerts', 'severities'], read: readSeverities },
  { name: 'DEFAULT_NORMAL_SEVERITY', path: ['alerts', 'normal_severity'], read: asIs },
  { name: 'DEFAULT_PREVIOUS_SEVERITY', path: ['alerts', 'previous_severity'], read: asIs },
  { name: 'ALERT_TIMEOUT', path: ['alerts', 'timeout'], read: readSeconds },
  { name: 'ACK_TIMEOUT', path: ['alerts', 'ack_timeout'], read: readSeconds },
  { name: 'SHELVE_TIMEOUT', path: ['alerts', 'shelve_timeout'], read: readSeconds },
  { name: 'DEFAULT_ENVIRONMENT', path: ['webhooks', 'environment'], read: asIs },
  { name: 'GOOGLE_TRACKING_ID', path: ['web_ui', 'google_tracking_id'], read: asIs },
  { name: 'CLIPBOARD_TEMPLATE', path: ['web_ui', 'clipboard_template'], read: asIs },
  { name: 'ALLOWED_ENVIRONMENTS', path: ['reject', 'allowed_environments'], read: readList },
  { name: 'ORIGIN_BLACKLIST', path: ['reject', 'origin_blacklist'], read: readList },
  { name: 'HEARTBEAT_TIMEOUT', path: ['heartbeats', 'timeout'], read: readSeconds },
  { name: 'HEARTBEAT_MAX_LATENCY', path: ['heartbeats', 'max_latency'], read: readWhole('ms', 'milliseconds') },
  { name: 'HEARTBEAT_EVENTS', path: ['heartbeats', 'events'], read: readList },
  { name: 'HEARTBEAT_SEVERITY', path: ['heartbeats', 'severity'], read: asIs },
  { name: 'HK_EXPIRED_DELETE_HRS', path: ['housekeeping', 'delete_expired_after'], read: readWhole('h', 'hours') },
  { name: 'HK_INFO_DELETE_HRS', path: ['housekeeping', 'delete_info_after'], read: readWhole('h', 'hours') },
  { name: 'DELETE_EXPIRED_AFTER', path: ['housekeeping', 'delete_expired_after'], read: readSeconds },
  { name: 'DELETE_INFO_AFTER', path: ['housekeeping', 'delete_info_after'], read: readSeconds },
  { name: 'DEFAULT_INFORM_SEVERITY', path: ['housekeeping', 'info_severity'], read: asIs },
  { name: 'BLACKOUT_DURATION', path: ['blackouts', 'duration'], read: readSeconds },
  { name: 'NOTIFICATION_BLACKOUT', path: ['blackouts', 'notification'], read: readBoolean },
  { name: 'BLACKOUT_ACCEPT', path: ['blackouts', 'accept'], read: readList },
]
const ADMIN_KEY = 'ADMIN_KEY'

export const ENVIRONMENT_NAMES: readonly string[] = [...VARIABLES.map(({ name }) => name), ADMIN_KEY]

/** What a setting of Alerta says in the form of the file; undefined where the name means nothing here. */
export function readSetting(name: string, text: string): (Read & { readonly path: Path }) | undefined {
  const variable = VARIABLES.find((each) => each.name === name)
  return variable === undefined ? undefined : { path: variable.path, ...variable.read(text, variable.path) }
}

/** Puts Alerta's environment variables over the values of the file; an empty variable counts as not set. */
export function applyEnvironment(file: unknown, env: NodeJS.ProcessEnv): Overridden {
  let value = file
  const overrides: Override[] = []
  const faults: Fault[] = []
  for (const { name, path, read } of VARIABLES) {
    const text = env[name] ?? ''
    if (text === '') continue
    const result = read(text, path)
    faults.push(...result.faults)
    overrides.push({ name, path })
    value = setAt(value, path, result.value)
  }
  return addAdminKey({ value, overrides, faults }, env[ADMIN_KEY] ?? '')
}

/** The override that a value comes from, if any. */
export const overrideOf = (overrides: readonly Override[], path: Path): Override | undefined =>
  overrides.find((override) => isWithin(path, override.path))

/** alerta's container makes an admin key of ADMIN_KEY at each start; one that the file has already is not added again. */
function addAdminKey(given: Overridden, key: string): Overridden {
  const keys = getAt(given.value, ['auth', 'api_keys']) ?? []
  if (key === '' || !Array.isArray(keys) || keys.some((entry) => isAdminKey(entry, key))) return given
  const path = ['auth', 'api_keys']
  const entry = { key, text: ADMIN_KEY, scopes: ['admin'] }
  return {
    ...given,
    value: setAt(given.value, path, [...keys, entry]),
    overrides: [...given.overrides, { name: ADMIN_KEY, path: [...path, keys.length] }],
  }
}

function isAdminKey(entry: unknown, key: string): boolean {
  const scopes = getAt(entry, ['scopes'])
  return getAt(entry, ['key']) === key && Array.isArray(scopes) && scopes.includes('admin')
}

const TRUE_WORDS = ['yes', 'on', 'true', 't', '1']
const FALSE_WORDS = ['no', 'off', 'false', 'f', '0']

/** Alerta takes every other word for false; a mistyped AUTH_REQUIRED must not open the door. */
function readBoolean(text: string, path: Path): Read {
  const word = text.trim().toLowerCase()
  if (TRUE_WORDS.includes(word)) return { value: true, faults: [] }
  if (FALSE_WORDS.includes(word)) return { value: false, faults: [] }
  const message = `must be one of ${TRUE_WORDS.join(', ')} or ${FALSE_WORDS.join(', ')}`
  return { value: undefined, faults: [{ path, message }] }
}

function readSeconds(text: string, path: Path): Read {
  return readWhole('s', 'seconds')(text, path)
}

function readWhole(unit: string, name: string): Variable['read'] {
  return (text, path) => {
    const number = text.trim()
    if (/^\d+$/.test(number)) return { value: `${number}${unit}`, faults: [] }
    return { value: undefined, faults: [{ path, message: `must be a whole number of ${name}` }] }
  }
}

function readList(text: string): Read {
  return { value: splitList(text), faults: [] }
}

/** An empty map is Alerta's way to say that its own severities count. */
function readSeverities(text: string, path: Path): Read {
  const message = 'must be a JSON object of names and levels, such as {"critical": 1, "normal": 7}'
  try {
    const value: unknown = JSON.parse(text)
    if (isMap(value)) return { value: Object.keys(value).length === 0 ? undefined : value, faults: [] }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return { value: undefined, faults: [{ path, message }] }
}

const splitList = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const getAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (isMap(inner) ? inner[key] : undefined), value)

/** A copy with `value` at `path`; the same tree where something that is no map is in the way (the schema says so). */
function setAt(tree: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (tree !== undefined && !isMap(tree)) return tree
  return { ...tree, [key]: setAt(tree?.[key], rest, value) }
}
