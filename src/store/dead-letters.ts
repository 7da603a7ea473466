import type { Settled } from './contract.js'

/** Which of a destination's dead letters are meant. */
export interface LetterSelection {
  /** message ids; empty: whatever else fits */
  readonly messages: readonly string[]
  /** stands in the reason for which they died, in upper or lower case; null: any reason */
  readonly reason: string | null
  /** died since, epoch ms; null: whenever */
  readonly since: number | null
}

export interface LettersByReason {
  readonly reason: string
  readonly count: number
  /** epoch ms */
  readonly firstAt: number
  readonly lastAt: number
}

/** How many letters one transaction has ended, and what for. */
export interface Replayed {
  /** messages that are queued again as they were */
  readonly asWas: number
  /** alerts whose state of now is queued instead, for it is newer */
  readonly asNow: number
  /** letters for which that state stands */
  readonly covered: number
  readonly more: boolean
}

/** Deliveries that were given up, with their reasons. Heartbeats are neither replayed nor missed. */
export interface DeadLetters {
  /** Newest first. */
  list(destination: string, selection: LetterSelection, limit: number): Promise<readonly Settled[]>
  /** Most first. */
  byReason(destination: string, selection: LetterSelection): Promise<readonly LettersByReason[]>
  /**
   * Makes new messages of some of them, the oldest first, at the tail of their lanes. `asWas`: also where the alert's
   * state is newer.
   */
  replay(destination: string, selection: LetterSelection, asWas: boolean, now: number): Promise<Replayed>
  /** Ends some of them for good; how many, 0: there are none left. */
  discard(destination: string, selection: LetterSelection, why: string): Promise<number>
}
