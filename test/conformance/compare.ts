import type { Answer, Case } from './recording.js'

/** What of an answer is compared. */
export interface Comparable {
  readonly status: number
  readonly forwarded: boolean | undefined
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: unknown
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const TOKEN = /^([\w-]{20,2000}\.){2}[\w-]{43}$/
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g
const NEAR_MS = 3_600_000
/** Seconds since 1970; compared are the hours from now. */
const CLAIMED_TIMES = ['exp', 'iat', 'nbf']
/** A heartbeat's, in ms: how fast the machine was, or how long ago it was made. */
const LATENCY_MAX = 1_000
/** A heartbeat's age in seconds: how far apart the requests were. */
const SINCE_MAX = 200
/** No id is sent behind this, and one body is of ten megabytes. */
const SEARCHED_BYTES = 10_000

/** An answer without what differs from server to server and from time to time: ids that nobody sent, times near `at`. */
export function comparable(answer: Answer, one: Case, at: number): Comparable {
  return {
    status: answer.status,
    forwarded: answer.forwarded,
    headers:
      one.headers.some(([name]) => name === 'Origin') || one.method === 'OPTIONS' ? cors(answer, one) : signs(answer),
    body: createPlain(one, at)(bodyOf(answer, one)),
  }
}

/** Where only part of an answer was recorded, that part; nothing where none was. */
function bodyOf({ body }: Answer, { answer, partial }: Case): unknown {
  if (answer.body === undefined || !isRecord(body)) return answer.body === undefined ? undefined : body
  // the rest of an error is the same everywhere, and tested apart
  if ('errors' in body) return { message: body.message, errors: body.errors }
  if (!partial) return body
  return Object.fromEntries(Object.keys(answer.body as object).map((name) => [name, body[name]]))
}

function createPlain(one: Case, at: number): (value: unknown) => unknown {
  const sent = one.path + one.body.toString('utf8', 0, SEARCHED_BYTES)
  const names = new Map<string, string>()
  const nameOf = (id: string): string => {
    if (sent.includes(id)) return id
    const name = names.get(id) ?? `id ${names.size + 1}`
    names.set(id, name)
    return name
  }
  const near = (time: string): string => (Math.abs(Date.parse(time) - at) < NEAR_MS ? 'now' : time)
  const plain = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string') return value.replace(TOKEN, 'TOKEN').replace(UUID, nameOf).replace(TIME, near)
    if (CLAIMED_TIMES.includes(key) && typeof value === 'number') return Math.round((value * 1_000 - at) / NEAR_MS)
    if (key === 'latency' && typeof value === 'number') return value < LATENCY_MAX ? 'short' : 'long'
    if (key === 'since' && typeof value === 'number' && value < SINCE_MAX) return 'short'
    if (Array.isArray(value)) return inOrder(value, key).map((item) => plain(item))
    if (!isRecord(value)) return value
    const keys = Object.keys(value).sort()
    return Object.fromEntries(keys.map((name) => [name, plain(value[name], name)]))
  }
  return plain
}

/** Lists that Alerta gives in no order. */
const UNORDERED = ['alerts', 'services', 'resources', 'groups']

function inOrder(list: readonly unknown[], key: string): readonly unknown[] {
  if (!UNORDERED.includes(key) || !list.every(isRecord)) return list
  const name = ({ resource, service, group }: Record<string, unknown>) => `${resource} ${service} ${group}`
  return list.toSorted((a, b) => (name(a) < name(b) ? -1 : 1))
}

/** Of WWW-Authenticate the scheme: the realm is the server's name. */
const signs = ({ headers }: Answer) => ({
  'www-authenticate': headers['www-authenticate']?.split(' ')[0],
  'content-encoding': headers['content-encoding'],
})

/** What a browser makes of an answer (fetch.spec.whatwg.org, CORS protocol). */
function cors({ headers }: Answer, one: Case) {
  const asked = (name: string) => one.headers.find(([header]) => header === name)?.[1]
  const method = asked('Access-Control-Request-Method')
  const origin = headers['access-control-allow-origin']
  const shared = {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': headers['access-control-allow-credentials'],
  }
  if (method === undefined) return { ...shared, allow: headers.allow }
  const wanted = words(asked('Access-Control-Request-Headers'))
  const allowed = words(headers['access-control-allow-headers'])
  const passes =
    (origin === '*' || origin === asked('Origin')) &&
    words(headers['access-control-allow-methods']).includes(method.toLowerCase()) &&
    wanted.every((name) => allowed.includes(name))
  return { ...shared, preflight: passes ? 'passes' : 'is refused' }
}

const words = (list = ''): readonly string[] =>
  list
    .toLowerCase()
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A copy without one member, "alert.history.user": in lists, of all items. */
export function without(value: unknown, path: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, path))
  const [name, ...rest] = path
  if (!isRecord(value) || name === undefined || !(name in value)) return value
  if (rest.length > 0) return { ...value, [name]: without(value[name], rest) }
  const { [name]: _, ...others } = value
  return others
}

/** Where two answers differ: "status", "content-encoding", "alert.history.user"; without the numbers of lists. */
export const differences = (a: Comparable, b: Comparable): readonly string[] =>
  found(a, b, []).map((path) => path.replace(/^(body|headers)\./, ''))

function found(a: unknown, b: unknown, path: readonly string[]): readonly string[] {
  if (isRecord(a) && isRecord(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])]
    return keys.flatMap((key) => found(a[key], b[key], [...path, key]))
  }
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every(isRecord)) {
    return [...new Set(a.flatMap((item, i) => found(item, b[i], path)))]
  }
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [path.join('.')]
}
