import type { PeerAlert } from '../model/ledger.js'
import type { Drift, Filling, Judge, Resync, ResyncPlan, Tally } from '../model/resync.js'

export interface Comparing {
  readonly judge: Judge
  /** whether the peer has told its alerts */
  readonly read: boolean
  /** when it began to: what was delivered since may not show in them */
  readonly readAt: number
  readonly now: number
}

export interface Compared {
  readonly drifts: readonly Drift[]
  /** alerts of the ledger looked at */
  readonly seen: number
  /** undefined: that was all */
  readonly next: Place | undefined
}

/** How far a comparison has come: first through the ledger, then through what only the peer has. */
export interface Place {
  readonly of: 'ledger' | 'peer'
  readonly after: number
}

export interface Step {
  /** `full`: not before its queue is shorter */
  readonly kind: 'more' | 'full' | 'done'
  /** messages */
  readonly queued: number
}

/** Resyncs, one per destination at a time, and what a peer tells of its alerts, which is compared with the ledger. */
export interface Resyncs {
  /**
   * Begins one; where it makes up for all that was not queued there, what is new is queued again. False: one runs
   * already.
   */
  start(destination: string, plan: ResyncPlan, now: number): Promise<boolean>
  /** The one that runs, or the last that ended. */
  get(destination: string): Promise<Resync | undefined>
  /** Notes how far it has come, or what stands in the way. */
  note(destination: string, note: string | null, tally?: Tally): Promise<void>
  /** The peer has been read, or cannot be (`by` is all then): what it lacks is queued from now on. */
  queue(destination: string, by: 'diff' | 'all', note: string | null): Promise<void>
  /** Queues what some of the next alerts need, in one transaction, while the queue is short. */
  step(destination: string, stepping: Pick<Comparing, 'judge' | 'now'>): Promise<Step>
  /** Nothing where none runs. One that does not make up for an overflow leaves the destination as it was before. */
  end(destination: string, phase: 'done' | 'failed' | 'stopped', note: string | null, now: number): Promise<void>

  /** Forgets what the peer told, a slice; true: there is more of it. */
  forget(destination: string): Promise<boolean>
  /** The peer begins to tell its alerts; notes the time where a resync runs. */
  listen(destination: string, now: number): Promise<void>
  told(destination: string, alerts: readonly PeerAlert[]): Promise<void>
  /** Writes nothing. `place` undefined: from the beginning. */
  compare(destination: string, comparing: Comparing, place?: Place): Promise<Compared>
  /** Takes a peer's alerts for ours where we do not have them, and learns its ids of the others. */
  adopt(destination: string, alerts: readonly PeerAlert[], now: number): Promise<Readonly<Record<Filling, number>>>

  /** Since when nothing is queued there any more, its queue having been full, as of the last commit: at no cost. */
  overflowedAt(destination: string): number | undefined
  /** Whether an alert is open that was sent there or came from there, and of which nothing was heard since `before`. */
  hasOpen(destination: string, before: number): Promise<boolean>
}
