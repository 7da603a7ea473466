import type { DestinationConfig } from './destination.js'
import { formatDuration } from './format.js'
import { identitiesOf, ownIdentities } from './identities.js'
import { nearest } from './near.js'
import { isLoopback } from './network.js'
import type { Fault } from './problem.js'
import type { Config } from './schema.js'

/** What does not fit together within a destination, or between it and the rest. */
export const destinationProblems = (config: Config): Fault[] => [
  ...repeatedNames(config),
  ...formerNames(config),
  ...config.destinations.flatMap((destination, i) =>
    [
      ...leadsToUs(destination, config),
      ...concurrencyUpsideDown(destination),
      ...backoffUpsideDown(destination),
      ...credentialInTheClear(destination),
      ...halfACertificate(destination),
      ...batchesForNobody(destination),
    ].map((fault) => within(i, fault)),
  ),
]

export const destinationWarnings = (config: Config): Fault[] => [
  ...noDestination(config),
  ...config.destinations.flatMap((destination, i) =>
    [
      ...listenerOfOurs(destination, config),
      ...nothingForwarded(destination),
      ...mistypedWords(destination),
      ...unverifiedPeer(destination),
      ...unreadAccept(destination),
      ...neverEmpty(destination),
      ...colonInPassword(destination),
    ].map((fault) => within(i, fault)),
  ),
]

const within = (i: number, { path, message }: Fault): Fault => ({ path: ['destinations', i, ...path], message })

function repeatedNames({ destinations }: Config): Fault[] {
  const names = destinations.map(({ name }) => name)
  return names.flatMap((name, i) => {
    const first = names.indexOf(name)
    const message = `is also the name of destinations[${first}]; each queue needs a name of its own`
    return first === i ? [] : [within(i, { path: ['name'], message })]
  })
}

/** What was under a name can go to one destination only. */
function formerNames({ destinations }: Config): Fault[] {
  const names = destinations.map(({ name }) => name)
  const former = destinations.flatMap(({ formerly }, i) => formerly.map((name, n) => ({ name, i, n })))
  return former.flatMap(({ name, i, n }) => {
    const path = ['formerly', n]
    if (names.includes(name)) {
      const message = `is the name of destinations[${names.indexOf(name)}], which has a queue of that name`
      return [within(i, { path, message })]
    }
    const first = former.find((one) => one.name === name && (one.i !== i || one.n < n))
    if (first === undefined || first.i > i) return []
    return [within(i, { path, message: `is also a former name of destinations[${first.i}]` })]
  })
}

function leadsToUs(destination: DestinationConfig, config: Config): Fault[] {
  const ours = ownIdentities(config)
  const shared = [...identitiesOf(destination)].find((identity) => ours.has(identity))
  if (shared === undefined) return []
  return [
    { path: [], message: `leads back to this relay: ${shared} is one of our own names (base_url, also_known_as)` },
  ]
}

function concurrencyUpsideDown({ concurrency: { min, start, max } }: DestinationConfig): Fault[] {
  if (min > max) return [{ path: ['concurrency', 'min'], message: `is ${min} and above max, which is ${max}` }]
  if (start > max) return [{ path: ['concurrency', 'start'], message: `is ${start} and above max, which is ${max}` }]
  if (start >= min) return []
  return [{ path: ['concurrency', 'start'], message: `is ${start} and below min, which is ${min}` }]
}

function backoffUpsideDown({ backoff: { first, ceiling } }: DestinationConfig): Fault[] {
  if (first <= ceiling) return []
  const message = `is ${formatDuration(first)} and above ceiling, which is ${formatDuration(ceiling)}`
  return [{ path: ['backoff', 'first'], message }]
}

/** Whoever listens on the way could use these himself; Hawk only ever sends a signature. */
function credentialInTheClear({ auth, url, insecure }: DestinationConfig): Fault[] {
  const { protocol, hostname } = new URL(url)
  const reusable = auth.type === 'basic' || auth.type === 'key' || auth.type === 'bearer'
  if (!reusable || protocol === 'https:' || isLoopback(hostname) || insecure) return []
  const message = `would send a reusable credential in the clear to ${hostname}; use https or type hawk, or accept it with insecure: true beside url`
  return [{ path: ['auth'], message }]
}

/** A client certificate is shown within TLS, and proved with its key. */
function halfACertificate({ url, client_cert, client_key }: DestinationConfig): Fault[] {
  if (client_cert === undefined && client_key === undefined) return []
  if (client_cert === undefined) return [{ path: ['client_key'], message: 'needs client_cert beside it' }]
  if (client_key === undefined) return [{ path: ['client_cert'], message: 'needs client_key beside it' }]
  if (new URL(url).protocol === 'https:') return []
  return [{ path: ['client_cert'], message: 'is shown to nobody over plain http: use an https url' }]
}

/** Nothing but a relay takes them. */
const batchesForNobody = ({ kind, batch }: DestinationConfig): Fault[] =>
  batch && kind !== 'relay' ? [{ path: ['batch'], message: `is for kind relay only; this one is of kind ${kind}` }] : []

function noDestination({ destinations }: Config): Fault[] {
  if (destinations.length > 0) return []
  return [{ path: ['destinations'], message: 'is empty: messages are accepted and journalled, but go nowhere' }]
}

function listenerOfOurs({ url }: DestinationConfig, { listen }: Config): Fault[] {
  const { protocol, hostname, port } = new URL(url)
  const samePort = listen.port > 0 && protocol === 'http:' && Number(port === '' ? 80 : port) === listen.port
  if (!samePort || !isLoopback(hostname)) return []
  return [{ path: ['url'], message: 'is where this relay itself listens, under a name that is not in also_known_as' }]
}

const nothingForwarded = ({ forward }: DestinationConfig): Fault[] =>
  forward.length > 0
    ? []
    : [{ path: ['forward'], message: "is empty: nothing is forwarded there; ['*'] is everything" }]

/** Filter words and the actions that Alerta itself knows; any other word is the name of a custom action. */
const KNOWN_WORDS = [
  ...['*', 'alerts', 'actions', 'delete', 'heartbeats'],
  ...['status', 'tag', 'untag', 'attributes', 'notes', 'webhooks'],
]
const KNOWN_ACTIONS = ['open', 'assign', 'ack', 'unack', 'shelve', 'unshelve', 'close', 'expired']

function mistypedWords({ forward }: DestinationConfig): Fault[] {
  return forward.flatMap((word, i) => {
    if (KNOWN_WORDS.includes(word) || KNOWN_ACTIONS.includes(word.toLowerCase())) return []
    const meant = word.toLowerCase() === 'all' ? '*' : nearest(word, [...KNOWN_WORDS, ...KNOWN_ACTIONS], 1)
    if (meant === undefined) return []
    return [{ path: ['forward', i], message: `forwards a custom action of that name only; did you mean '${meant}'?` }]
  })
}

function unverifiedPeer({ url, ssl_verify, auth }: DestinationConfig): Fault[] {
  if (ssl_verify || !url.startsWith('https:')) return []
  const risk = auth.type === 'hawk' || auth.type === 'none' ? 'messages' : 'messages and the credential'
  return [
    {
      path: ['ssl_verify'],
      message: `is false: whoever gets between can read the ${risk}; name the authority in ca instead`,
    },
  ]
}

function unreadAccept({ kind, accept }: DestinationConfig): Fault[] {
  const usual = accept.length === 1 && accept[0]?.from === 200 && accept[0].to === 299
  if (kind === 'http' || usual) return []
  return [{ path: ['accept'], message: `is read for kind http only; for kind ${kind} Alerta's own answers count` }]
}

function neverEmpty({ kind, resync_when_empty }: DestinationConfig): Fault[] {
  if (kind !== 'http' || !resync_when_empty) return []
  return [{ path: ['resync_when_empty'], message: 'is not for kind http, which cannot be asked for its alerts' }]
}

function colonInPassword({ kind, auth }: DestinationConfig): Fault[] {
  if (kind !== 'alerta' || auth.type !== 'basic' || !auth.password.reveal().includes(':')) return []
  return [{ path: ['auth', 'password'], message: 'has a colon in it, which Alerta answers with 400; choose another' }]
}
