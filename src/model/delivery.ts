import type { Message } from './message.js'
import type { Lane } from './order.js'
import type { Outcome } from './outcome.js'

export const SETTLED_STATES = ['delivered', 'suppressed', 'superseded', 'folded', 'dead', 'discarded'] as const

export const DELIVERY_STATES = ['queued', 'sending', ...SETTLED_STATES] as const

/** What went wrong so far; all zero for a delivery that has never failed. */
export interface Progress {
  /** 5xx answers, between each two of which the destination was well otherwise */
  readonly faults: number
  /** epoch ms of the first of them; 0: none */
  readonly firstFaultAt: number
  /** epoch ms of the last; 0: none */
  readonly lastFaultAt: number
  /** tries that were sent and got no answer: the peer may have executed them */
  readonly unknowns: number
  /** times it made the relay suspend its destination */
  readonly suspensions: number
  /** times a 404 to its action was answered by waiting for its alert */
  readonly notFound: number
}

export const NO_PROGRESS: Progress = {
  faults: 0,
  firstFaultAt: 0,
  lastFaultAt: 0,
  unknowns: 0,
  suspensions: 0,
  notFound: 0,
}

/** A claimed delivery: one message for one destination, ours to try until `claimedUntil`. */
export interface Delivery {
  readonly destination: string
  /** the store's handle; says nothing about order */
  readonly ref: number
  readonly lane: Lane
  /** numbered from 1 */
  readonly attempt: number
  readonly message: Message
  /** of the body as it was journalled */
  readonly bytes: number
  /** the id under which the destination knows the alert; undefined: not learned */
  readonly alias: string | undefined
  /** the id under which the destination knows the note that the message is about; undefined: not learned, or no note */
  readonly noteAlias?: string | undefined
  /** the alert was sent there or came from there */
  readonly sent: boolean
  readonly progress: Progress
}

/** How one attempt went, as it is kept. */
export interface Try {
  readonly outcome: Outcome['kind']
  /** of the answer; null: there was none */
  readonly status: number | null
  /** bounded and free of secrets */
  readonly note: string | null
  /** how long it took */
  readonly ms: number
}

/** How a claim ends. */
export type Settlement =
  | {
      readonly to: 'delivered' | 'suppressed' | 'superseded' | 'dead'
      /** HTTP status of the last answer, if there was one */
      readonly status: number | null
      /** reason or remark, bounded and free of secrets */
      readonly note: string | null
      /** the peer's id for the alert, of a note's message for the note, learned from this answer */
      readonly alias?: string
    }
  | {
      readonly to: 'queued'
      /** epoch ms; 0: at once */
      readonly notBefore: number
      /** a snooze gives the attempt back */
      readonly spent: boolean
      readonly progress: Progress
      readonly status: number | null
      readonly note: string | null
    }
