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

/** Which of the destinations that had a success since the last call has the deepest queue. */
export function createDeepestMoving(
  store: Pick<Store, 'depth'>,
  dispatchers: ReadonlyMap<string, Pick<Dispatcher, 'state'>>,
): () => string | undefined {
  const lastWell = new Map<string, number>()
  return () => {
    let deepest: { readonly name: string; readonly depth: number } | undefined
    for (const [name, dispatcher] of dispatchers) {
      const { lastWellAt } = dispatcher.state()
      const depth = store.depth(name)
      if (lastWellAt > (lastWell.get(name) ?? 0) && depth >= (deepest?.depth ?? 0)) deepest = { name, depth }
      lastWell.set(name, lastWellAt)
    }
    return deepest?.name
  }
}
