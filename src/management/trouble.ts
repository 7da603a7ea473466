import type { Fullness } from './fullness.js'
import type { StateTold } from './status.js'

/** What an operator should know about a destination; the lower the rank, the sooner. */
export interface Trouble {
  readonly rank: number
  readonly what: string
}

interface Seen extends Pick<StateTold, 'state' | 'why'> {
  readonly queued: number
  readonly dead: number
  readonly oldestAgeSeconds: number | null
  readonly lastSuccess: string | null
  readonly lastFailure: { readonly at: string; readonly note: string } | null
  readonly fullness: Fullness | null
  /** at whose head is what waits the longest; undefined: nobody looked */
  readonly slowestLane?: { readonly attempts: number; readonly sending: boolean; readonly note: string | null } | null
}

/** What is accepted goes out within a second or two where all is well; a peer that restarts is back within this. */
const LATE_S = 60

/** The worse first: where somebody has to do something, then what may mend itself, then what somebody wanted. */
const RANKS = ['suspended', 'removed', 'breaker open', 'breaker half-open', 'paused', 'held']

/** Undefined: all is well there. */
export function troubleOf(seen: Seen): Trouble | undefined {
  const { state, why, queued, dead, oldestAgeSeconds, lastFailure, fullness } = seen
  if (state !== 'flowing') return { rank: RANKS.indexOf(state), what: why ?? lastFailure?.note ?? state }
  const fails = isFailing(seen)
  if (oldestAgeSeconds !== null && oldestAgeSeconds > LATE_S) {
    const late = queued === 1 ? '1 is late' : `${queued} are queued, the oldest is late`
    return { rank: RANKS.length, what: `${late}${whyLate(seen)}` }
  }
  if (fails && lastFailure !== null) return { rank: RANKS.length, what: `the last try failed: ${lastFailure.note}` }
  if (fullness !== null) return { rank: RANKS.length, what: fullness.what }
  return dead === 0
    ? undefined
    : { rank: RANKS.length + 1, what: dead === 1 ? '1 dead letter' : `${dead} dead letters` }
}

/** Where others get through, what waits the longest may still fail each time. */
function whyLate(seen: Seen): string {
  const { lastFailure, slowestLane } = seen
  if (lastFailure !== null && isFailing(seen)) return `; the last failure: ${lastFailure.note}`
  if (slowestLane === undefined || slowestLane === null) return ''
  const { attempts, sending, note } = slowestLane
  // the one that is under way has not failed yet
  const failed = sending ? attempts - 1 : attempts
  if (failed > 0 && note !== null) {
    return `; the oldest was tried ${failed} ${failed === 1 ? 'time' : 'times'}, the last: ${note}`
  }
  if (lastFailure === null) return ''
  return seen.queued === 1 ? '; it goes out' : '; they go out'
}

/** Something waits, and the newest that is known is a failure. Times in ISO 8601: the later is the greater. */
export const isFailing = ({ queued, lastSuccess, lastFailure }: Pick<Seen, 'queued' | 'lastSuccess' | 'lastFailure'>) =>
  queued > 0 && lastFailure !== null && lastFailure.at > (lastSuccess ?? '')
