import type { MessageId } from '../model/ids.js'
import type { AcceptDeps } from './accept.js'
import type { Visit } from './entrance.js'
import { createReceiveAction } from './receive-action.js'
import { createReceiveAlert, type ReceiveDeps } from './receive-alert.js'
import { diskNearlyFull, Refused } from './refused.js'

/** A message that an operator sends through the relay: an alert, or an action on one. */
export type OwnMessage =
  | { readonly kind: 'alert'; readonly body: object }
  | { readonly kind: 'action'; readonly alertId: string; readonly body: object }

export type SentOwn =
  | { readonly kind: 'refused'; readonly status: number; readonly why: string }
  /** answered as if it were taken, and gone: a blackout, or a heartbeat made of it */
  | { readonly kind: 'kept back'; readonly why: string }
  | {
      readonly kind: 'taken'
      readonly messageId: MessageId
      /** as the relay knows the alert */
      readonly alertId: string
      readonly queued: readonly string[]
    }

/** `credential`: the operator's name. Rejects with StoreUnavailable. */
export type SendOwn = (message: OwnMessage, credential: string) => Promise<SentOwn>

export interface SendOwnDeps {
  readonly append: AcceptDeps['append']
  /** whether the disk has room for more messages */
  readonly room: () => 'ok' | 'disk low'
}

/** Sends it the way that all messages go; `receiving` makes what goes it, with this append in the store's place. */
export function createSendOwn(
  { append, room }: SendOwnDeps,
  receiving: (append: AcceptDeps['append']) => ReceiveDeps,
): SendOwn {
  return async (message, credential) => {
    let sent: Extract<SentOwn, { kind: 'taken' }> | undefined
    const deps = receiving(async (draft) => {
      const appended = await append(draft)
      if (appended.kind === 'accepted') {
        const alertId = appended.current?.state.id ?? ('alertId' in draft ? draft.alertId : '')
        sent = { kind: 'taken', messageId: draft.messageId, alertId, queued: appended.queued }
      }
      return appended
    })
    const receive = message.kind === 'alert' ? createReceiveAlert(deps) : createReceiveAction(deps)
    try {
      if (room() === 'disk low') throw diskNearlyFull()
      const answer = await receive(visitOf(deps, message, credential))
      return sent ?? { kind: 'kept back', why: String(answer.body.message) }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return { kind: 'refused', status: error.status, why: error.message }
    }
  }
}

const visitOf = ({ clock, ids }: ReceiveDeps, message: OwnMessage, credential: string): Visit => ({
  requestId: ids.id(),
  principal: { name: credential, scopes: ['admin'], customers: [], peer: false, inherits: true },
  sender: '',
  hops: [],
  offeredId: undefined,
  offeredStamp: undefined,
  since: clock.monotonic(),
  urlId: message.kind === 'action' ? message.alertId : '',
  urlNoteId: '',
  parameters: () => new URLSearchParams(),
  body: Buffer.from(JSON.stringify(message.body)),
})
