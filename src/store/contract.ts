import type { Decision, Facts } from '../model/decision.js'
import type { Delivery, Settlement } from '../model/delivery.js'
import type { BreakerState, Gate } from '../model/gate.js'
import type { Draft, Message } from '../model/message.js'

/** A queue's limit; beyond it messages routed there are refused (overflow: refuse). */
export interface Budget {
  readonly rows: number
  readonly bytes: number
}

/** Pure routing, called inside the append transaction with what the store knows. */
export type Decide = (draft: Draft, facts: Facts) => Decision

export type Appended =
  | { readonly kind: 'accepted'; readonly queued: readonly string[]; readonly skipped: number }
  /** `alertId` is the id of the first reception, where it is still known */
  | { readonly kind: 'copy'; readonly by: 'message id' | 'content'; readonly alertId: string | undefined }
  | { readonly kind: 'refused'; readonly destination: string; readonly limit: keyof Budget }
  /** the credential is bound to customers, and the alert is not known to be theirs */
  | { readonly kind: 'not theirs' }

export interface Claim {
  readonly deliveries: readonly Delivery[]
  /** epoch ms at which a waiting lane becomes ready; undefined: none waits */
  readonly nextAt: number | undefined
}

export interface QueueStatus {
  readonly destination: string
  /** queued and sending */
  readonly rows: number
  readonly bytes: number
  readonly sending: number
  readonly dead: number
  /** acceptance of the oldest unsettled message, epoch ms */
  readonly oldestAt: number | undefined
}

/** A dead letter or other settled delivery, for reports. */
export interface Settled {
  readonly destination: string
  readonly state: string
  readonly at: number
  readonly attempts: number
  readonly status: number | null
  readonly note: string | null
  readonly message: Message
}

export interface Expiry {
  /** epoch ms */
  readonly now: number
  readonly maxAgeMs: number
  /** at most so many rows in one transaction */
  readonly limit: number
}

export interface Retention {
  readonly now: number
  /** settled deliveries and their messages */
  readonly settledMs: number
  /** dead letters, which can be replayed */
  readonly deadMs: number
  /** seen message ids */
  readonly seenMs: number
  /** alerts in the index since their last message */
  readonly alertMs: number
  readonly limit: number
}

/** The store cannot write now; nothing was changed. The sender may try again. */
export class StoreUnavailable extends Error {
  readonly code = 'store_unavailable'
}

/** Another process has the database, or it is of a newer version: the relay cannot start. */
export class StoreRefused extends Error {
  readonly code = 'store_refused'
  readonly hint: string
  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.hint = hint
  }
}

/**
 * The truth: journal, outbox, alert index, seen ids, nonces, claims, gates. Every promise resolves after its commit;
 * a rejected one (StoreUnavailable) has changed nothing, in memory neither. All times are epoch ms.
 */
export interface Store {
  /** Routes and journals in one transaction: message, deliveries, index, seen ids, or nothing. */
  append(draft: Draft): Promise<Appended>
  /** Takes up to `limit` ready lane heads of a destination; one in flight per lane. */
  claim(destination: string, limit: number, now: number): Promise<Claim>
  /** Ends a claim; false when it was no longer ours and nothing was written. */
  settle(delivery: Delivery, settlement: Settlement, now: number): Promise<boolean>

  gate(destination: string): Promise<{ readonly gate: Gate; readonly breaker: BreakerState }>
  saveGate(destination: string, gate: Gate, now: number): Promise<void>
  saveBreaker(destination: string, breaker: BreakerState): Promise<void>

  /** Notes a nonce until `expiresAt`; false when it is already noted. */
  spend(nonce: string, expiresAt: number): Promise<boolean>

  /** Gives up deliveries older than maxAge; held time does not count. Returns how many. */
  expire(destination: string, expiry: Expiry): Promise<number>
  /** Forgets what is settled and old, a bounded slice a call; true when there may be more. */
  prune(retention: Retention): Promise<boolean>

  /** Deliveries queued and sending, as of the last commit: a hint, at no cost. */
  depth(destination: string): number
  status(): Promise<readonly QueueStatus[]>
  /** Newest first. */
  settled(destination: string, state: string, limit: number): Promise<readonly Settled[]>
  /** Proves that the store can commit, and notes the time. */
  touch(now: number): Promise<void>
  /** When touch last succeeded, in this run or an earlier one. */
  touchedAt(): Promise<number | undefined>
  close(): Promise<void>
}
