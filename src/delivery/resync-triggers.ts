import type { Clock } from '../base/clock.js'
import type { PeerReader } from '../egress/peer-reader.js'
import type { ResyncPlan } from '../model/resync.js'
import type { Store } from '../store/contract.js'

export interface TriggerDeps {
  readonly destination: string
  readonly store: Pick<Store, 'depth' | 'resyncs'>
  /** undefined: not to be asked whether it is empty */
  readonly reader: Pick<PeerReader, 'count'> | undefined
  /** whether deliveries are made there */
  readonly flows: () => boolean
  readonly clock: Clock
}

/** A server that is being rebuilt may answer before its alerts are back; so long twice empty, it is. */
const EMPTY_AGAIN_MS = 5 * 60_000

/** Why a destination wants a resync now by itself; undefined: it does not. */
export function createTrigger(
  deps: TriggerDeps,
): (signal: AbortSignal) => Promise<Pick<ResyncPlan, 'why' | 'since'> | undefined> {
  const { destination, store, clock, reader } = deps
  const { resyncs } = store
  let askAt = clock.now()
  /** times in a row that it was empty, and should not have been */
  let empty = 0

  async function isEmpty(reader: Pick<PeerReader, 'count'>, signal: AbortSignal): Promise<boolean> {
    const before = clock.now() - EMPTY_AGAIN_MS
    const asked = await reader.count(signal)
    // an answer that did not come neither counts nor ends the row
    if (asked.kind !== 'read') return false
    if (asked.value > 0 || !(await resyncs.hasOpen(destination, before))) {
      empty = 0
      return false
    }
    empty += 1
    // once: what keeps nothing of what it is sent is not filled again and again
    return empty === 2
  }

  return async (signal) => {
    if (!deps.flows()) return undefined
    const overflowedAt = resyncs.overflowedAt(destination)
    if (overflowedAt !== undefined) {
      return store.depth(destination) === 0 ? { why: 'overflow', since: overflowedAt } : undefined
    }
    if (reader === undefined || clock.now() < askAt) return undefined
    askAt = clock.now() + EMPTY_AGAIN_MS
    return (await isEmpty(reader, signal)) ? { why: 'empty there', since: null } : undefined
  }
}
