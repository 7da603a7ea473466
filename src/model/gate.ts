import type { Probe } from './outcome.js'

/** Whether deliveries may flow to a destination; kept in the store, so it survives restarts. */
export type Gate =
  | { readonly state: 'flowing' }
  | {
      readonly state: 'suspended'
      readonly why: string
      readonly hint: string
      readonly since: number
      readonly probe: Probe
      readonly probeAt: number
      /** probes made, for the backoff */
      readonly probes: number
    }
  | {
      readonly state: 'held'
      readonly why: string
      readonly since: number
      /** epoch ms; absent: until an operator releases it */
      readonly until?: number
    }

/** Why a destination is held that is not configured any more, and what can be done. */
export const REMOVED = 'removed from the configuration (put it back, formerly, move, discard-queued)'

/** No wait is longer; one that seems so was written by a clock that was ahead. The configuration allows no longer ones. */
export const LONGEST_WAIT_MS = 3_600_000

/** What an operator may ask for at most; longer holds are until released. */
export const LONGEST_HOLD_MS = 30 * 86_400_000

/**
 * Whether `at` (epoch ms) is still to be waited for at `now`. Beyond the longest wait that there can be, the clock has
 * been set back since: nobody knows how much of it is left.
 */
export const isAhead = (at: number, now: number, longestMs = LONGEST_WAIT_MS): boolean =>
  now < at && at - now <= longestMs

/** The breaker's state that survives a restart. */
export interface BreakerState {
  /** epoch ms of the next probe; 0: closed */
  readonly openUntil: number
  /** times it opened without a success between, for the backoff */
  readonly streak: number
}

export const CLOSED: BreakerState = { openUntil: 0, streak: 0 }
