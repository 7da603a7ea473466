import type { ShownDelivery, ShownMessage } from '../../management/story-shown.js'
import { now } from './clock.js'
import { span } from './format.js'

/** "Production / web01 / NodeDown", or what is known of what it is about. */
export function titleOf({ about, alert, kind }: Pick<ShownMessage, 'about' | 'alert' | 'kind'>): string {
  if (about === null) return `${kind} ${alert}`
  return [about.environment, about.resource, about.event].join(' / ')
}

/** In the order in which somebody should look at them. */
const RANKS = ['dead', 'queued', 'sending', 'discarded', 'delivered', 'suppressed', 'superseded', 'folded']

/** What stands for all its deliveries: the one that matters most. */
export const worstOf = ({ deliveries }: Pick<ShownMessage, 'deliveries'>): string =>
  deliveries.map(({ state }) => state).sort((a, b) => RANKS.indexOf(a) - RANKS.indexOf(b))[0] ?? 'skipped'

/** "201", "answered 422: no such environment": what a destination said, the status only once. */
export function answerOf({
  httpStatus,
  note,
}: {
  readonly httpStatus: number | null
  readonly note: string | null
}): string {
  if (note === null || note === `status ${httpStatus}`) return httpStatus === null ? '' : String(httpStatus)
  return httpStatus === null || note.includes(String(httpStatus)) ? note : `${httpStatus} ${note}`
}

type Waits = NonNullable<ShownDelivery['waits']>

const WAITS: Readonly<Record<Waits['for'], string>> = {
  'not configured': 'its destination is not configured any more',
  held: 'its destination is held',
  suspended: 'its destination is suspended',
  breaker: 'its destination fails',
  busy: 'its destination is busy',
  lane: 'what is before it in its lane goes first',
  'next try': 'it has failed, and is tried again',
  turn: 'it is its turn next',
}

/** Why it waits, and until when. */
export function waitShown({ for: what, until, why }: Waits): string {
  const ms = until === null ? null : Date.parse(until) - now()
  const soon = ms === null ? '' : ms > 0 ? `in ${span(ms)}` : 'now'
  const when = soon === '' ? '' : what === 'next try' ? ` ${soon}` : `; next look ${soon}`
  return `It waits: ${WAITS[what]}${why === null ? '' : ` (${why})`}${when}`
}

const SKIPS: Readonly<Record<string, string>> = {
  'already passed': 'it came from there, or had passed there',
  filter: 'forward has no word for it',
  match: 'it does not match',
  'not sent there': 'its alert was never sent there',
  outdated: 'something newer is known already',
  'queue full': 'its queue was full, and the resync brings it',
  blackout: 'a blackout covers it',
  'about itself': 'it tells of the full queue of this destination',
}

/** Why a destination does not get a message. */
export const skipShown = (why: string): string => SKIPS[why] ?? why
