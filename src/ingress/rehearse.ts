import { parseHops } from '../model/hops.js'
import type { Draft } from '../model/message.js'
import type { AcceptDeps } from './accept.js'
import type { Visit } from './entrance.js'
import { createReceiveAlert, type ReceiveDeps } from './receive-alert.js'
import { Refused } from './refused.js'

/** What the way in would make of the body of a POST /alert. */
export type Rehearsed =
  | { readonly kind: 'refused'; readonly status: number; readonly why: string }
  /** answered as if it were taken, and gone: a loop, or a blackout */
  | { readonly kind: 'kept back'; readonly why: string }
  | { readonly kind: 'taken'; readonly draft: Draft }

export type Rehearse = (body: Buffer, loop: string | undefined) => Promise<Rehearsed>

/** It may name any customer, and is nobody's: an operator only asks. */
const OPERATOR = { name: 'operator', scopes: ['admin'], customers: [], peer: false, inherits: true } as const

/** The way that all alerts go, up to the store; `receiving` makes what goes it, with this in the store's place. */
export function createRehearse(receiving: (append: AcceptDeps['append']) => ReceiveDeps): Rehearse {
  return async (body, loop) => {
    let draft: Draft | undefined
    const deps = receiving(async (one) => {
      draft = one
      return { kind: 'accepted', queued: [], skipped: 0, full: [], current: undefined }
    })
    try {
      const answer = await createReceiveAlert(deps)(visitOf(deps, body, loop))
      return draft === undefined ? { kind: 'kept back', why: String(answer.body.message) } : { kind: 'taken', draft }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return { kind: 'refused', status: error.status, why: error.message }
    }
  }
}

const visitOf = ({ clock, ids }: ReceiveDeps, body: Buffer, loop: string | undefined): Visit => ({
  requestId: ids.id(),
  principal: OPERATOR,
  sender: '',
  hops: parseHops(loop),
  offeredId: undefined,
  offeredStamp: undefined,
  since: clock.monotonic(),
  urlId: '',
  urlNoteId: '',
  parameters: () => new URLSearchParams(),
  body,
})
