import { createPattern } from '../base/pattern.js'
import type { DestinationConfig } from '../config/destination.js'
import { identitiesOf } from '../config/identities.js'
import { type Identity, parseIdentity } from '../model/identity.js'
import type { Answers } from './ask.js'
import type { Answer } from './exchange.js'
import { toNote } from './note.js'
import { parseObject } from './shape.js'

/** One line for the operator about one destination. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail'
  readonly text: string
}

/** The names that a destination's own name is compared with. */
export interface Names {
  readonly own: ReadonlySet<Identity>
  readonly destinations: readonly DestinationConfig[]
  /** of the relay's own alerts; undefined: there are none */
  readonly environment?: string | undefined
}

type PeerConfig = Readonly<Record<string, unknown>>

const ok = (text: string): Finding => ({ level: 'ok', text })
const warn = (text: string): Finding => ({ level: 'warn', text })
const fail = (text: string): Finding => ({ level: 'fail', text })

/** What a destination's answers say about its place in the configuration. */
export function findings(destination: DestinationConfig, answers: Answers, names: Names): Finding[] {
  const { config } = answers
  if (config.kind === 'not sent') return [fail(`cannot be reached: ${config.why}`)]
  if (config.kind === 'unknown') return [fail(`was reached, but did not answer: ${config.why}`)]
  const reached = [reachable(destination), ...clock(destination, config, answers.askedAt)]
  if (destination.kind === 'http') return [...reached, ...httpCredential(config)]
  const peer = config.body === undefined ? undefined : parseObject(config.body)
  if (config.status === 401) return [...reached, ...credential(destination, answers, peer)]
  if (config.status !== 200 || peer === undefined) return [...reached, notAlerta(config)]
  return [
    ...reached,
    ...credential(destination, answers, peer),
    ...identity(destination, peer, names),
    ...ownAlerts(peer, names),
  ]
}

function reachable({ url, ssl_verify }: DestinationConfig): Finding {
  if (!url.startsWith('https:')) return ok('reachable over http')
  if (ssl_verify) return ok('reachable over https, and its certificate is valid')
  return warn('reachable over https, but its certificate is not verified (ssl_verify: false)')
}

/** Hawk signatures carry the time; Alerta takes them within so much (mohawk's default, and ours). */
const HAWK_SKEW_S = 300
const WORTH_TELLING_S = 30

function clock({ auth }: DestinationConfig, { headers }: Answer, askedAt: number): Finding[] {
  const theirs = Date.parse(headers.date ?? '')
  if (Number.isNaN(theirs)) return []
  const skew = Math.round((theirs - askedAt) / 1000)
  const seconds = Math.abs(skew)
  if (seconds <= WORTH_TELLING_S) return [ok('its clock agrees with ours')]
  const text = `its clock is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} ours`
  if (auth.type === 'hawk' && seconds > HAWK_SKEW_S) return [fail(`${text}; Hawk allows ${HAWK_SKEW_S}`)]
  return [warn(`${text}; Hawk allows ${HAWK_SKEW_S}, and times in alerts look wrong`)]
}

/** Any other answer says nothing: what the system takes shows only when it gets a message. */
const httpCredential = ({ status }: Answer): Finding[] =>
  status === 401 || status === 407 ? [fail(`does not take our credential: answered ${status}`)] : []

function credential({ kind, auth }: DestinationConfig, answers: Answers, peer: PeerConfig | undefined): Finding[] {
  if (answers.credential === undefined) return []
  if (answers.credential.kind === 'ill') {
    const how = auth.type === 'none' ? 'without a credential' : 'with our credential'
    return [fail(`does not serve a request ${how}: ${answers.credential.why}`)]
  }
  if (auth.type !== 'none') return [ok(`takes our credential (${auth.type})`)]
  // a relay tells its configuration to anybody, so only its own word shows that it wants one
  if (kind === 'relay' && peer?.auth_required === true) return [fail('wants a credential, and auth is none')]
  return [ok('takes requests without a credential')]
}

const notAlerta = ({ status, headers }: Answer): Finding =>
  fail(
    `does not answer like an Alerta server: GET /config gave ${status} (${toNote(headers['content-type'] ?? 'no content-type')}); is the url right? Alerta's container serves its API under /api`,
  )

/** `endpoint` of a relay's and of Alerta's /config is its BASE_URL (alerta/views/config.py). */
function identity(destination: DestinationConfig, { endpoint }: PeerConfig, names: Names): Finding[] {
  if (typeof endpoint !== 'string' || endpoint === '') {
    return [warn('does not tell its BASE_URL, so its name is not checked')]
  }
  const theirs = parseIdentity(endpoint)
  if (theirs === undefined) return [relativeName(endpoint, names)]
  const shown = toNote(theirs)
  if (names.own.has(theirs)) return [fail(`has our own name ${shown}: it is this relay, or one of the two must change`)]
  if (identitiesOf(destination).has(theirs)) return [ok(`calls itself ${shown}, as configured`)]
  const unknown = `calls itself ${shown}, which is not configured: loops are not recognised; add base_url: ${shown}`
  return [fail(unknown), ...overlaps(destination, theirs, names)]
}

/** `environments` of a relay's and of Alerta's /config are the patterns of its ALLOWED_ENVIRONMENTS, matched in full. */
function ownAlerts({ environments }: PeerConfig, { environment }: Names): Finding[] {
  if (environment === undefined || !Array.isArray(environments) || environments.length === 0) return []
  if (environments.some((pattern) => typeof pattern === 'string' && matchesAll(pattern, environment))) return []
  const shown = toNote(environments.join(', '))
  return [warn(`refuses alerts about this relay: self_alerts.environment is ${environment}, it allows ${shown}`)]
}

/** A pattern that we cannot read is not judged: it is the peer's own, and so it is not given to the language's engine. */
function matchesAll(pattern: string, text: string): boolean {
  if (/^[\w -]*$/.test(pattern)) return pattern === text
  const compiled = createPattern(`^(?:${pattern})$`)
  return typeof compiled === 'string' || compiled(text)
}

/** Alerta looks for its BASE_URL anywhere in X-Alerta-Loop: "/api" is in the name of almost every server. */
function relativeName(told: string, { own }: Names): Finding {
  const shown = toNote(told)
  const lost = [...own].find((name) => name.includes(told))
  if (lost === undefined) return warn(`its BASE_URL is ${shown}, which is no absolute URL: it cannot recognise loops`)
  return fail(`its BASE_URL is ${shown}, which is a part of our name ${lost}: it would take all our messages for loops`)
}

/** As the configuration's own warnings, for a name that it does not know yet. */
function overlaps(destination: DestinationConfig, theirs: Identity, { own, destinations }: Names): Finding[] {
  const others = destinations.filter(({ name }) => name !== destination.name).flatMap((each) => [...identitiesOf(each)])
  return [...own, ...others]
    .filter((name) => name !== theirs && (name.includes(theirs) || theirs.includes(name)))
    .map((name) => warn(`its name ${toNote(theirs)} and ${name} are part of each other: a plain Alerta confuses them`))
}
