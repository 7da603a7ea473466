import type { AlertFields } from './alert.js'
import type { Heartbeat } from './heartbeat.js'
import type { Hop } from './hops.js'
import type { MessageId } from './ids.js'
import type { Became } from './ledger.js'
import type { TraceContext } from './trace-context.js'

export const KINDS = [
  'alert',
  'action',
  'delete',
  'heartbeat',
  'status',
  'tag',
  'untag',
  'attributes',
  'note',
  'webhook',
] as const
export type Kind = (typeof KINDS)[number]

/** What every message carries, whatever it says. */
export interface Envelope {
  readonly messageId: MessageId
  /** epoch ms */
  readonly acceptedAt: number
  /** epoch ms at which the first relay on its way accepted it; undefined: we are the first */
  readonly stamp: number | undefined
  /** what that relay made of it; undefined: we are the first, or it did not say */
  readonly became: Became | undefined
  readonly requestId: string
  /** as received, our own not among them */
  readonly hops: readonly Hop[]
  /** the sender's address, after trusted proxies */
  readonly sender: string
  /** who signed in: "key first key", "hawk mlm1", "user ops", "anonymous" */
  readonly credential: string
  /** the bytes that go out; null for a delete, of an alert or of a note */
  readonly body: Buffer | null
  /** its sender's, or our own; undefined: none */
  readonly trace?: TraceContext | undefined
}

export type Write =
  | {
      readonly kind: 'alert'
      readonly alertId: string
      readonly alert: AlertFields
      /** a blackout covers it: it is noted here, and passed on to nobody */
      readonly blackout?: true
      /** the sender gave no id: this one is ours, of the message rather than of the alert */
      readonly ownId?: true
    }
  | {
      readonly kind: 'action'
      readonly alertId: string
      readonly action: string
      readonly text: string
      /** seconds; null: the peer's default */
      readonly timeout: number | null
      /** nobody did it: a time ran out (store/housekeeping.ts) */
      readonly ranOut?: true
    }
  | { readonly kind: 'delete'; readonly alertId: string }
  | ({ readonly kind: 'heartbeat' } & Omit<Heartbeat, 'receivedAt'>)
  /** sets the status, whatever it was */
  | {
      readonly kind: 'status'
      readonly alertId: string
      readonly status: string
      readonly text: string
      /** seconds; null: the peer's default */
      readonly timeout: number | null
    }
  | { readonly kind: 'tag' | 'untag'; readonly alertId: string; readonly tags: readonly string[] }
  | {
      readonly kind: 'attributes'
      readonly alertId: string
      /** null takes one away */
      readonly attributes: Readonly<Record<string, unknown>>
    }
  | {
      readonly kind: 'note'
      readonly alertId: string
      readonly noteId: string
      readonly action: NoteAction
      /** '' where it is removed, or only its attributes are changed */
      readonly text: string
    }
  /** Another system's words, passed on as they came; it is about no alert that we know of. */
  | {
      readonly kind: 'webhook'
      /** below the server's own path, beginning with /webhooks/; with the query, but without any credential in it */
      readonly path: string
      /** of the body; null: it came by GET and has none */
      readonly contentType: string | null
    }

/** The kinds that are about an alert which must be there already. */
export const concernsKnownAlert = (kind: Kind): boolean =>
  kind !== 'alert' && kind !== 'heartbeat' && kind !== 'webhook'

/** What is done with a note. */
export type NoteAction = 'add' | 'change' | 'remove'

/** A write that passed ingress and waits to be routed and journalled. */
export type Draft = Envelope &
  Write & {
    /** its messageId came from a credential marked `peer: true`, so an equal one is a copy */
    readonly fromPeer: boolean
    /** the customers its credential is bound to; empty: to none */
    readonly customers: readonly string[]
    /** a destination that is not to get it, whatever is configured; undefined: none */
    readonly notTo?: string | undefined
    /** its sender is told nothing of the alert's history */
    readonly brief?: boolean
  }

/** A write about an alert, by whatever id. */
export type AboutAlert = Extract<Draft, { readonly alertId: string }>

export const isAboutAlert = (draft: Draft): draft is AboutAlert => 'alertId' in draft

/** What a write is about, as it is journalled: the id in the sender's URL or body, a heartbeat's origin, a webhook's path. */
export function subjectOf(write: Write): string {
  switch (write.kind) {
    case 'heartbeat':
      return write.origin
    case 'webhook':
      return write.path
    default:
      return write.alertId
  }
}

/** A journalled message as the delivery side sees it. */
export interface Message extends Envelope {
  readonly kind: Kind
  /** the id in the sender's URL or body; a heartbeat's is its origin, a webhook's its path */
  readonly alertId: string
  /** the action's name; what is done with a note */
  readonly action: string | null
  /** ours, for kind `note` */
  readonly noteId: string | null
  /** of the body, for kind `webhook`; null there: it came by GET */
  readonly contentType: string | null
  /** seconds, for kind `heartbeat` */
  readonly timeout: number | null
}
