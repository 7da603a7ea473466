/** What is to be tidied up, and how much at once. */
export interface Tidying {
  /** epoch ms */
  readonly now: number
  /** after so long closed and expired alerts are no longer shown; 0: never */
  readonly expiredMs: number
  /** the same for alerts of `infoSeverity`, whatever their status */
  readonly infoMs: number
  readonly infoSeverity: string
  /** where the slice before ended; 0: from the beginning */
  readonly after: number
  /** alerts looked at, and alerts acted upon, in one transaction */
  readonly looked: number
  readonly limit: number
}

/** What was done; alerts by their ids. */
export interface Tidied {
  readonly expired: readonly string[]
  readonly unshelved: readonly string[]
  readonly unacked: readonly string[]
  readonly deleted: number
  /** destinations for which something was queued */
  readonly queued: readonly string[]
  /** where the next slice begins; undefined: there is none */
  readonly next: number | undefined
}

/**
 * One slice of alerts whose time has run out: each gets the action "expired" or "timeout", a message like any other,
 * applied and journalled in the transaction that found it due. Deleting is for this ledger only: no message.
 */
export type Tidy = (tidying: Tidying) => Promise<Tidied>
