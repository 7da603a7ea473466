import type { Message } from '../model/message.js'

/** Which of a destination's queued deliveries are meant; null: whichever. Those under way are never among them. */
export interface QueueSelection {
  /** as operators see it: customer/environment/resource of the alerts in it, or "id x", "heartbeat x", "webhook x" */
  readonly lane: string | null
  /** an id of the alert, or its beginning */
  readonly alert: string | null
  /** accepted before, epoch ms */
  readonly before: number | null
}

export const ALL_QUEUED: QueueSelection = { lane: null, alert: null, before: null }

/** A slice of a queue; they are looked at in the order of acceptance. */
export interface QueueSlice {
  readonly selection: QueueSelection
  /** where the slice before ended; 0: from the beginning */
  readonly after: number
  /** changes nothing, tells what would be */
  readonly dryRun: boolean
  /** epoch ms */
  readonly now: number
}

interface Sliced {
  /** where it ended; undefined: that was all */
  readonly next: number | undefined
  /** deliveries left where they are, for one in their lane is under way */
  readonly inFlight: number
}

export const MOVE_COUNTS = ['moved', 'asNow', 'covered', 'alreadyThere', 'notTaken', 'passed', 'outdated'] as const

/**
 * What became of deliveries: queued there as they were; made up for by the state of so many alerts as it is now, for the
 * destination has newer of them; such that this stands for; which it has or had; left, for its filter words keep them
 * back; left, for they came from there; heartbeats with a later one, or whose time is over, which ended.
 */
export type MoveCounts = Readonly<Record<(typeof MOVE_COUNTS)[number], number>>

export type Moved = MoveCounts & Sliced & { /** the queue there takes no more */ readonly full: boolean }

export type Discarded = Sliced & { readonly discarded: number; readonly bytes: number }

/** The message that made the relay suspend its destination. */
export interface Culprit {
  readonly message: Message
  readonly note: string | null
  readonly status: number | null
  /** it is being tried now */
  readonly inFlight: boolean
}

/** A queued delivery or a dead letter, as it is written into an export. */
export interface Exported {
  readonly message: Message
  /** of a dead letter */
  readonly dead?: { readonly at: number; readonly reason: string }
}

export interface Export {
  readonly lines: readonly Exported[]
  /** undefined: that was all */
  readonly next: number | undefined
}

export const IMPORT_ENDS = [
  'imported',
  'asNow',
  'already',
  'notTaken',
  'passed',
  'outdated',
  'unusable',
  'full',
] as const

/**
 * What became of a line: queued; the state of its alert as it is now was queued instead; it was taken in before, or waits
 * there, or arrived there; as in MoveCounts; it is nothing that can be taken in; the queue takes no more.
 */
export type Imported = (typeof IMPORT_ENDS)[number]

/** What operators do with queues as a whole. Each call is one transaction that does not keep others waiting long. */
export interface Moves {
  /** New deliveries of the same messages, behind what waits there; the old ones are discarded. */
  move(from: string, to: string, slice: QueueSlice): Promise<Moved>
  /** Ends queued deliveries. */
  discard(destination: string, slice: QueueSlice, why: string): Promise<Discarded>
  /** What made the relay suspend the destination; undefined: no message of its own. */
  culprit(destination: string): Promise<Culprit | undefined>
  /** Buries it, unless it is under way or is not that message any more: false. */
  skip(destination: string, messageId: string, why: string, now: number): Promise<boolean>
  /** The next of them after a place; 0: from the beginning. */
  export(destination: string, what: 'queued' | 'dead', after: number): Promise<Export>
  /** New receptions for this destination alone, in this order, up to one for which its queue is full. */
  import(destination: string, exportId: string, lines: readonly Exported[], now: number): Promise<readonly Imported[]>
  /** Every destination that the database knows; `configured` false: it was removed. */
  names(): readonly { readonly name: string; readonly configured: boolean }[]
}
