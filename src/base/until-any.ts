import { setMaxListeners } from 'node:events'
import type { Clock } from './clock.js'

/** Resolves when one of them aborts, or at `at` (epoch ms); leaves no listener behind. */
export async function untilAny(
  clock: Pick<Clock, 'until'>,
  signals: readonly AbortSignal[],
  at = Number.MAX_SAFE_INTEGER,
): Promise<void> {
  if (signals.some(({ aborted }) => aborted)) return
  // many wait for the same: that is no leak
  setMaxListeners(0, ...signals)
  const either = new AbortController()
  const end = () => either.abort()
  for (const signal of signals) signal.addEventListener('abort', end)
  await clock.until(at, either.signal)
  for (const signal of signals) signal.removeEventListener('abort', end)
}
