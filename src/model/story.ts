import type { AlertKey } from './alert.js'
import type { Mark, SkipReason } from './decision.js'
import type { DELIVERY_STATES, Try } from './delivery.js'
import type { MessageId } from './ids.js'
import type { AlertState } from './ledger.js'
import type { Message } from './message.js'

export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** An attempt, as it is remembered. */
export interface Attempted extends Omit<Try, 'ms'> {
  /** the how manieth it was, those that were given back counted too */
  readonly n: number
  /** as the delivery counts: what is given back has the number of the next */
  readonly number: number
  /** epoch ms of its end; of one that nobody saw end its beginning */
  readonly at: number
  /** null: nobody saw it end, or it was too long ago for that to be kept */
  readonly ms: number | null
  /** the state of the delivery after it */
  readonly to: DeliveryState
}

/** What waits before a delivery in its lane. */
export interface Ahead {
  readonly count: number
  readonly first: MessageId
  /** of the first */
  readonly alertId: string
}

export interface DeliveryStory {
  readonly destination: string
  readonly state: DeliveryState
  /** epoch ms; null: it has not ended */
  readonly endedAt: number | null
  /** those that count */
  readonly attempts: number
  /** of the last answer, or with which it ended */
  readonly status: number | null
  readonly note: string | null
  /** epoch ms before which it is not tried again; null: it has ended, or waits for no time of its own */
  readonly notBefore: number | null
  /** epoch ms since when an attempt is under way; null: none is */
  readonly sendingSince: number | null
  /** the message that goes out in its place, or that made it pointless */
  readonly by: MessageId | null
  /** all that are kept, oldest first; of many the first few and the newest. Empty in lists. */
  readonly tries: readonly Attempted[]
  /** of the tries; more than `tries` has where some were left out */
  readonly tried: number
  /** undefined: nothing, or nobody looked */
  readonly ahead: Ahead | undefined
}

/** A message and what became of it everywhere. */
export interface MessageStory {
  /** its body null where it is long and nobody asked for it */
  readonly message: Message
  /** what its alert is; undefined: it is about none, or nobody knows more than an id */
  readonly about: AlertKey | undefined
  readonly deliveries: readonly DeliveryStory[]
  /** destinations that do not get it */
  readonly skipped: readonly { readonly destination: string; readonly why: SkipReason }[]
  /** the message that is sent again with it */
  readonly replayOf: MessageId | null
  readonly replayedAs: readonly MessageId[]
}

/** What a destination and we have told each other of an alert. */
export interface StandingThere {
  readonly destination: string
  readonly mark: Mark
  /** the id under which it knows the alert; undefined: not learned */
  readonly alias: string | undefined
  /** the alert was queued for it, or came from there */
  readonly sent: boolean
}

/** An alert, and all that is remembered to have happened to it. */
export interface AlertStory {
  /** undefined: only its id has been seen */
  readonly about: AlertKey | undefined
  /** as the ledger has it; undefined: it is not there */
  readonly state: AlertState | undefined
  /** epoch ms at which it was deleted, null: it was not */
  readonly deletedAt: number | null
  /** all that are known; `by`: the destination that calls it so, null: senders do */
  readonly ids: readonly { readonly id: string; readonly by: string | null }[]
  readonly standing: readonly StandingThere[]
  /** about it, oldest first */
  readonly messages: readonly MessageStory[]
  /** older ones, which are left out */
  readonly older: number
}
