import { performance } from 'node:perf_hooks'
import type { Store } from '../store/contract.js'
import type { Dispatcher } from './dispatcher.js'

/** Share of the time since the last call in which the event loop was busy, 0 to 1. */
export function createUtilisation(): () => number {
  let last = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, last)
    last = now
    return utilization
  }
}

/** The deepest queue of those destinations that had a success since the last call. */
export function createDeepestMoving(
  store: Pick<Store, 'depth'>,
  dispatchers: ReadonlyMap<string, Pick<Dispatcher, 'state'>>,
): () => number {
  const lastWell = new Map<string, number>()
  return () => {
    let deepest = 0
    for (const [name, dispatcher] of dispatchers) {
      const { lastWellAt } = dispatcher.state()
      if (lastWellAt > (lastWell.get(name) ?? 0)) deepest = Math.max(deepest, store.depth(name))
      lastWell.set(name, lastWellAt)
    }
    return deepest
  }
}
