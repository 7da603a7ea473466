import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { StoreUnavailable } from '../store/contract.js'

const AGAIN_AFTER_MS = 1_000

/**
 * Repeats a write that the store could not take (disk full …) until it does or the relay stops; a claim not settled
 * by then is rescued at the next start. Undefined: stopped before it was written.
 */
export async function persist<T>(
  write: () => Promise<T>,
  deps: { readonly clock: Clock; readonly log: Log; readonly stopping: AbortSignal },
): Promise<T | undefined> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await write()
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      if (failures === 0) deps.log.error({ error: error.message }, 'store cannot write, trying again')
      if (deps.stopping.aborted) return undefined
      await deps.clock.until(deps.clock.now() + AGAIN_AFTER_MS, deps.stopping)
    }
  }
}
