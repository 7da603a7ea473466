import { unreachable } from '../base/unreachable.js'
import type { ShownDelivery, ShownMessage } from '../management/story-shown.js'
import { age, relative } from './figures.js'
import type { Paint } from './paint.js'

/** Up to here, time and counter, two messages of one relay have different ids (RFC 9562); `show` takes a beginning. */
const SHORT_ID = 28

export const shortId = (message: string): string => message.slice(0, SHORT_ID)

const DAY = 'YYYY-MM-DD'.length

/** UTC as in the log: "19:08:01" of today, else "11-20 19:08"; both ISO 8601 */
export function timeOf(at: string, now: number): string {
  const today = new Date(now).toISOString().slice(0, DAY)
  return at.startsWith(today) ? at.slice(DAY + 1, DAY + 9) : `${at.slice(5, DAY)} ${at.slice(DAY + 1, DAY + 6)}`
}

/** "2026-11-21 19:08:01.123Z (5m ago)" */
export const wholeTime = (at: string, now: number): string => `${at.replace('T', ' ')} (${relative(at, now)})`

/** "7ms", "1.3s", "12m" */
export function took(ms: number): string {
  if (ms < 1_000) return `${ms}ms`
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)}s` : age(ms / 1_000)
}

/** "19ms later" */
const later = (from: string, at: string): string => `${took(Math.max(0, Date.parse(at) - Date.parse(from)))} later`

/** "alert critical: disk is full", "action ack", "delete" */
export const whatOf = ({ kind, says }: Pick<ShownMessage, 'kind' | 'says'>): string =>
  says === '' ? kind : `${kind} ${says}`

/** "web01/NodeDown", or the id where nobody knows more */
export const subjectOf = ({ about, alert }: Pick<ShownMessage, 'about' | 'alert'>): string =>
  about === null ? alert : `${about.resource}/${about.event}`

export const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

/** "not tried yet", "3 tries", "2 tries, 1 not counted": what was the destination's fault is given back */
export function triesOf({ attempts, tried }: Pick<ShownDelivery, 'attempts' | 'tried'>): string {
  const all = Math.max(attempts, tried)
  if (all === 0) return 'not tried yet'
  const free = all - attempts
  if (free === 0) return plural(all, 'try', 'tries')
  return `${plural(all, 'try', 'tries')}, ${all === free ? 'not' : `${free} not`} counted`
}

/** "delivered 12ms later", "queued: next try in 3s (2 tries; last 503 busy)" */
export function fate(delivery: ShownDelivery, acceptedAt: string, now: number): string {
  const { state, endedAt, attempts, note, httpStatus, by } = delivery
  const tries = attempts > 1 ? `, at try ${attempts}` : ''
  if (state === 'delivered' && endedAt !== null) {
    const remark = remarkOf(httpStatus, note)
    return `delivered ${later(acceptedAt, endedAt)}${tries}${remark === '' ? '' : `: ${remark}`}`
  }
  if (endedAt !== null) {
    // of a dead letter that was replayed or discarded all but the state is of its death
    const [, why, had] = /^(.*?); had died: (.*)$/s.exec(note ?? '') ?? []
    if (state === 'discarded' && why !== undefined && had !== undefined) {
      const death = `${later(acceptedAt, endedAt)}${afterTries(attempts)}: ${answer(httpStatus, had)}`
      return `discarded: ${why.replace(WHOLE_ID, shortId)}; had died ${death}`
    }
    const instead = by === null ? '' : ` (message ${shortId(by)})`
    const when = `${state} ${later(acceptedAt, endedAt)}${afterTries(attempts)}`
    return `${when}${note === null ? '' : `: ${answer(httpStatus, note)}`}${instead}`
  }
  if (state === 'sending') return `sending${attempts > 1 ? `, try ${attempts}` : ''}`
  const last = note === null && httpStatus === null ? '' : `; last ${answer(httpStatus, note)}`
  const tried = attempts === 0 ? '' : ` (${plural(attempts, 'try', 'tries')}${last})`
  return `queued: ${waiting(delivery, now)}${tried}`
}

const WHOLE_ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/
const afterTries = (attempts: number): string => (attempts > 0 ? ` after ${plural(attempts, 'try', 'tries')}` : '')

/** What was said beside the status. */
export const remarkOf = (httpStatus: number | null, note: string | null): string =>
  note === null || note === `status ${httpStatus}` ? '' : note

/** "503 busy" */
export function answer(httpStatus: number | null, note: string | null): string {
  const text = remarkOf(httpStatus, note)
  if (httpStatus === null) return text
  return text.includes(String(httpStatus)) ? text : `${httpStatus} ${text}`.trim()
}

/** What stands in its way, and when that is over: "breaker open, probe in 12s" */
export function waiting({ waits, ahead }: ShownDelivery, now: number): string {
  const until = waits?.until == null ? '' : ` ${relative(waits.until, now)}`
  const what = waits?.for ?? 'turn'
  switch (what) {
    case 'turn':
      return 'its turn'
    case 'not configured':
      return 'its destination is not configured'
    case 'held':
      return `held${until === '' ? '' : `, released${until}`}`
    case 'suspended':
      return `suspended, probe${until}`
    case 'breaker':
      return `breaker open, probe${until}`
    case 'busy':
      return `busy, goes on${until}`
    case 'lane':
      return `${ahead?.count ?? 'others'} before it in its lane`
    case 'next try':
      return `next try${until}`
    default:
      return unreachable(what)
  }
}

export function stateColour(state: string, paint: Paint): (text: string) => string {
  if (state === 'delivered') return paint.green
  if (state === 'dead') return paint.red
  return state === 'queued' || state === 'sending' ? paint.yellow : paint.dim
}

const RANKS = ['dead', 'queued', 'sending']
export const isTrouble = (state: string): boolean => RANKS.includes(state)
/** What needs a look goes first. */
export const rank = (state: string): number => (RANKS.includes(state) ? RANKS.indexOf(state) : RANKS.length)
