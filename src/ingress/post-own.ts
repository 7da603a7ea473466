import { StoreUnavailable } from '../store/contract.js'
import type { Visit } from './entrance.js'
import { createReceiveAlert, type ReceiveDeps } from './receive-alert.js'
import { Refused } from './refused.js'

/** What became of an alert of the relay's own. `later`: nothing was stored, it may be posted again. */
export type Posted =
  | { readonly kind: 'taken' }
  | { readonly kind: 'later' }
  | { readonly kind: 'refused'; readonly why: string }

/** `notTo`: a destination that is not to get it */
export type PostOwn = (alert: Readonly<Record<string, unknown>>, notTo?: string) => Promise<Posted>

/** It may name any customer; no sender's address goes on with it. */
const OURSELVES = { name: 'relay', scopes: ['admin'], customers: [], peer: false, inherits: true } as const

/** Posts an alert of the relay itself the way that all alerts go: policy, blackouts, ledger, routing, journal. */
export function createPostOwn(deps: ReceiveDeps): PostOwn {
  const receive = createReceiveAlert(deps)
  return async (alert, notTo) => {
    const visit: Visit = {
      requestId: deps.ids.id(),
      principal: OURSELVES,
      sender: '',
      hops: [],
      offeredId: undefined,
      offeredStamp: undefined,
      since: deps.clock.monotonic(),
      urlId: '',
      urlNoteId: '',
      parameters: () => new URLSearchParams(),
      body: Buffer.from(JSON.stringify(alert)),
      notTo,
    }
    try {
      await receive(visit)
      return { kind: 'taken' }
    } catch (error) {
      if (error instanceof StoreUnavailable) return { kind: 'later' }
      if (!(error instanceof Refused)) throw error
      return error.status === 503 ? { kind: 'later' } : { kind: 'refused', why: error.message }
    }
  }
}
