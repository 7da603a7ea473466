import { performance } from 'node:perf_hooks'
import type { Clock } from '../base/clock.js'
import type { Took } from './answer-time.js'

/** How long the event loop has waited for others since the start, ms. */
export const idleMs = (): number => performance.eventLoopUtilization().idle

/**
 * Begins now; a call tells how long what we have waited for since can have taken. While the loop was idle it had not come
 * yet; in the rest of the time it may have lain there unread.
 */
export function startWatch(clock: Pick<Clock, 'monotonic'>, idleMs: () => number): () => Took {
  const since = clock.monotonic()
  const idleSince = idleMs()
  return () => {
    const most = clock.monotonic() - since
    return { least: Math.min(most, idleMs() - idleSince), most }
  }
}
