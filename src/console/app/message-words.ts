import type { ShownDelivery, ShownMessage } from '../../management/story-shown.js'
import type { ShownAlert } from '../../management/trace.js'
import { now } from './clock.js'
import { count, span } from './format.js'

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

type StandingThere = ShownAlert['standing'][number]

const MARKS: Readonly<Record<StandingThere['mark'], string>> = {
  open: 'what follows goes there too',
  closed: 'its closing message went there or came from there',
  gone: 'its delete went there or came from there',
}

/** "2 queued; what follows goes there too": what became of an alert's messages at a destination, and what it is to get. */
export function standingShown({ destination, mark, sent }: StandingThere, messages: ShownAlert['messages']): string {
  const states = messages.flatMap(({ deliveries }) =>
    deliveries.filter((one) => one.destination === destination).map(({ state }) => state),
  )
  const counted = RANKS.map((state) => ({ state, n: states.filter((one) => one === state).length }))
    .filter(({ n }) => n > 0)
    .map(({ state, n }) => `${count(n)} ${state}`)
  const cameFrom = messages.some(({ skipped }) =>
    skipped.some((one) => one.destination === destination && one.why === 'already passed'),
  )
  const went = sent ? 'it was queued there, or came from there' : 'it was not queued there'
  const told = counted.length > 0 ? counted.join(', ') : cameFrom ? 'it came from there' : went
  // what is said about an alert may go where the alert itself does not
  return sent || mark === 'gone' ? `${told}; ${MARKS[mark]}` : told
}

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

/** What happens when the time of its waiting is over; where nothing stands here, what it waits for says it. */
const UNTIL: Readonly<Partial<Record<Waits['for'], string>>> = {
  held: '; it is let go',
  suspended: '; next probe',
  breaker: '; next probe',
  busy: '; next try',
}

/** Why it waits, and until when. */
export function waitShown({ for: what, until, why }: Waits): string {
  const ms = until === null ? null : Date.parse(until) - now()
  const when = ms === null ? '' : `${UNTIL[what] ?? ''} ${ms > 0 ? `in ${span(ms)}` : 'now'}`
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
