import type { Tx } from '../writer.js'
import type { EndDelivery } from './end-delivery.js'
import type { QueueState } from './queues.js'

export interface Withdrawn {
  readonly destination: string
  readonly state: 'superseded' | 'folded' | 'dead'
}

export type OnWithdrawn = (withdrawn: Withdrawn) => void

/** Settles a delivery that waits, without an attempt; false where it does not wait any more. */
export type Withdraw = (
  tx: Tx,
  queue: QueueState,
  seq: number,
  as: { readonly state: Withdrawn['state']; readonly note: string; readonly bytes?: number; readonly by?: number },
  now: number,
) => boolean

export const createWithdraw =
  (endDelivery: EndDelivery, onWithdrawn: OnWithdrawn): Withdraw =>
  (tx, queue, seq, { state, note, bytes, by }, now) => {
    const ending = { state, note, status: null, tried: undefined, bytes, by }
    if (endDelivery(tx, queue, seq, ending, now) === undefined) return false
    tx.onCommit(() => onWithdrawn({ destination: queue.name, state }))
    return true
  }
