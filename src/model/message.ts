import type { AlertFields } from './alert.js'
import type { Hop } from './hops.js'
import type { MessageId } from './ids.js'

export const KINDS = ['alert', 'action', 'delete', 'heartbeat'] as const
export type Kind = (typeof KINDS)[number]

/** What every message carries, whatever it says. */
export interface Envelope {
  readonly messageId: MessageId
  /** epoch ms */
  readonly acceptedAt: number
  /** epoch ms at which the first relay on its way accepted it; undefined: we are the first */
  readonly stamp: number | undefined
  readonly requestId: string
  /** as received, our own not among them */
  readonly hops: readonly Hop[]
  /** the sender's address, after trusted proxies */
  readonly sender: string
  /** who signed in: "key first key", "hawk mlm1", "user ops", "anonymous" */
  readonly credential: string
  /** the bytes that go out; null for a delete */
  readonly body: Buffer | null
}

export type Write =
  | { readonly kind: 'alert'; readonly alertId: string; readonly alert: AlertFields }
  | {
      readonly kind: 'action'
      readonly alertId: string
      readonly action: string
      readonly text: string
      /** seconds; null: the peer's default */
      readonly timeout: number | null
    }
  | { readonly kind: 'delete'; readonly alertId: string }
  | {
      readonly kind: 'heartbeat'
      readonly origin: string
      readonly customer: string | null
      /** seconds after which it says nothing any more; 0: never */
      readonly timeout: number
    }

/** A write that passed ingress and waits to be routed and journalled. */
export type Draft = Envelope &
  Write & {
    /** its messageId came from a credential marked `peer: true`, so an equal one is a copy */
    readonly fromPeer: boolean
    /** the customers its credential is bound to; empty: to none */
    readonly customers: readonly string[]
  }

/** A journalled message as the delivery side sees it. */
export interface Message extends Envelope {
  readonly kind: Kind
  /** the id in the sender's URL or body; a heartbeat's is its origin */
  readonly alertId: string
  /** the action's name, for kind `action` */
  readonly action: string | null
  /** seconds, for kind `heartbeat` */
  readonly timeout: number | null
}
