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

/** Where large messages come in, a look may fall between two answers; one that is down counts for so long at most. */
const LATELY_MS = 250

/** The deepest queue of those destinations that had a success lately. */
export function createDeepestMoving(
  store: Pick<Store, 'depth'>,
  dispatchers: ReadonlyMap<string, Pick<Dispatcher, 'state'>>,
  now: () => number,
): () => number {
  return () => {
    let deepest = 0
    for (const [name, dispatcher] of dispatchers) {
      // also where the clock was set back
      const isMoving = Math.abs(now() - dispatcher.state().lastWellAt) < LATELY_MS
      if (isMoving) deepest = Math.max(deepest, store.depth(name))
    }
    return deepest
  }
}
