import type { AlertFields, AlertKey } from '../model/alert.js'
import type { Decision, Facts } from '../model/decision.js'
import type { Delivery, Settlement, Try } from '../model/delivery.js'
import type { Ordering, Overflow } from '../model/destination.js'
import type { BreakerState, Gate } from '../model/gate.js'
import type { Hop } from '../model/hops.js'
import type { Ids, MessageId } from '../model/ids.js'
import type { AlertState, Applied, Carried, Note, StillTold } from '../model/ledger.js'
import type { AboutAlert, Draft, Kind, Message, Write } from '../model/message.js'
import type { AlertReads } from './alert-reads.js'
import type { ApiKeys } from './api-keys.js'
import type { Appended } from './appended.js'
import type { Audit } from './audit.js'
import type { Blackouts } from './blackouts.js'
import type { DeadLetters } from './dead-letters.js'
import type { Foresee } from './foresee.js'
import type { Heartbeats } from './heartbeats.js'
import type { Tidy } from './housekeeping.js'
import type { Moves } from './moves.js'
import type { QueueReads } from './queue-reads.js'
import type { Resyncs } from './resyncs.js'
import type { Stories } from './stories.js'
import type { UserSettings } from './user-settings.js'
import type { Vitals } from './vitals.js'

/** A queue's limit; beyond it messages routed there are refused (overflow: refuse). */
export interface Budget {
  readonly rows: number
  readonly bytes: number
}

/** What the store needs to know of a configured destination. */
export interface ConfiguredQueue {
  readonly name: string
  readonly budget: Budget
  readonly orderBy: Ordering
  readonly overflow: Overflow
  /** what its filter words let through; of actions perhaps only some */
  readonly takes: ReadonlySet<Kind>
  /** they let the action `open` through */
  readonly takesOpen: boolean
  /** repeats that wait may be folded */
  readonly fold: boolean
  /** no delivery of it waits longer for its next try */
  readonly longestWaitMs?: number
  /** names that it had before */
  readonly formerly?: readonly string[]
  /** by which its server is known; none: nobody looks whether it is another one */
  readonly urls?: readonly string[]
}

/** Pure routing, called inside the append transaction with what the store knows. */
export type Decide = (draft: Draft, facts: Facts) => Decision

/** What the ledger does, as functions handed in: it and the store are of one row. */
export interface LedgerRules {
  readonly apply: {
    (draft: Extract<Draft, { kind: 'alert' }>, state: AlertState | undefined): Applied
    (draft: Exclude<AboutAlert, { kind: 'alert' | 'delete' }>, state: AlertState, note?: Note): Applied
  }
  /** puts the parts in `told`, as another relay's machine decided them, into what ours made of the write */
  readonly merge: (
    draft: Exclude<AboutAlert, { kind: 'delete' }>,
    applied: Applied,
    told: StillTold,
    earlier: AlertState | undefined,
  ) => Applied
  /** the body of a POST /alert that brings a peer to this state */
  readonly bodyOf: (state: AlertState) => Buffer
  readonly collect: (body: Buffer) => Carried
  /** the body with what was folded into it; the same bytes where nothing is missing */
  readonly carry: (body: Buffer, carried: Carried) => Buffer
  /** what a journalled message about an alert says, receptions and deletes excepted; undefined: it is none of those */
  readonly reread: (
    message: Message,
  ) => Exclude<Extract<Write, { alertId: string }>, { kind: 'alert' | 'delete' }> | undefined
  /** what a journalled reception says; undefined: it is none, or one that would not be accepted today */
  readonly rereadAlert: (message: Message) => AlertFields | undefined
  /** the destination that is the last hop */
  readonly cameFrom: (hops: readonly Hop[]) => string | undefined
  readonly ids: Pick<Ids, 'messageId'>
}

/** What is known of the alert of a delivery, with regard to its destination. */
export interface AlertThere {
  readonly key: AlertKey
  /** undefined: it came in when there was no ledger */
  readonly state: AlertState | undefined
  /** of the state's newest change, see Envelope */
  readonly stamp: number | undefined
  /** it was deleted */
  readonly gone: boolean
  /** the id under which the destination knows it; undefined: not learned */
  readonly alias: string | undefined
  /** the alert itself waits to be sent there, in another lane */
  readonly queued: boolean
  /** the destination gets alerts, and should have this one */
  readonly wanted: boolean
  /** nothing like this message went there before: no alert with this id, no action of this name */
  readonly unlike: boolean
}

/** What a destination says its id means. */
export interface Told {
  /** the destination */
  readonly by: string
  readonly alert: AlertFields
  /** its own id for the alert */
  readonly alias: string
}

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
  /** what its queue may grow to now; undefined: it is no longer configured */
  readonly budget: Budget | undefined
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
  /** what operators changed */
  readonly auditMs: number
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
  /** Whether this message was accepted, and is not pruned. */
  isJournalled(messageId: MessageId): Promise<boolean>
  /** Takes up to `limit` ready lane heads of a destination; one in flight per lane. */
  claim(destination: string, limit: number, now: number): Promise<Claim>
  /**
   * Ends a claim; false when it was no longer ours and nothing was written. `attempt` is kept for who asks later;
   * undefined: there was none.
   */
  settle(delivery: Delivery, settlement: Settlement, now: number, attempt?: Try): Promise<boolean>

  /** The alert of a delivery as it is now; undefined: only its id has been seen. */
  alertOf(delivery: Delivery): Promise<AlertThere | undefined>
  /** Notes the id under which the delivery's destination knows its alert. */
  learn(delivery: Delivery, alias: string, now: number): Promise<void>
  /**
   * The id that nobody knew at acceptance means this alert at `by`, whose own id for it is `alias`. Where we have that
   * alert, what came in with the id is about it from now on. False: we have not.
   */
  identify(delivery: Delivery, told: Told, now: number): Promise<boolean>

  gate(destination: string): Promise<{ readonly gate: Gate; readonly breaker: BreakerState }>
  saveGate(destination: string, gate: Gate, now: number): Promise<void>
  saveBreaker(destination: string, breaker: BreakerState): Promise<void>

  /** Notes a nonce until `expiresAt`; false when it is already noted. */
  spend(nonce: string, expiresAt: number): Promise<boolean>

  /**
   * The destinations of another configuration. Nobody may work those that are changed or left out. `apply` is called
   * between the last append with the old ones and the first with these; `undo` where that cannot be committed.
   */
  configure(destinations: readonly ConfiguredQueue[], apply: () => void, undo: () => void): Promise<void>

  /** What waits for its next try may be tried now. */
  hurry(destination: string): Promise<void>

  /** Gives up deliveries older than maxAge; held time does not count. Returns how many. */
  expire(destination: string, expiry: Expiry): Promise<number>
  /** Forgets what is settled and old, a bounded slice a call; true when there may be more. */
  prune(retention: Retention): Promise<boolean>

  readonly letters: DeadLetters
  readonly moves: Moves
  readonly resyncs: Resyncs
  readonly alerts: AlertReads
  readonly stories: Stories
  readonly heartbeats: Heartbeats
  readonly blackouts: Blackouts
  readonly settings: UserSettings
  readonly apiKeys: ApiKeys
  readonly audit: Audit
  readonly tidy: Tidy
  readonly vitals: Vitals
  readonly queueReads: QueueReads
  readonly foresee: Foresee

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
