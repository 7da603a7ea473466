/** How many alerts have each status, among the next so many of the ledger. */
export interface CensusSlice {
  readonly counts: readonly (readonly [status: string, count: number])[]
  /** where the next slice begins; undefined: that was all */
  readonly next: number | undefined
}

/** What those who watch over the relay ask of the store; each look is short, however much there is. */
export interface Vitals {
  /** Bytes on disk; 0: it has no such file (now). */
  sizes(): Promise<{ readonly database: number; readonly log: number }>
  /** Counts the alerts that are not deleted, at most `limit` of them; from 0 on, then from `next`. */
  census(after: number, limit: number): Promise<CensusSlice>
  /** Whether a destination has a dead letter that came from anybody else than the credential `own`. */
  hasDeadOfOthers(destination: string, own: string): Promise<boolean>
}
