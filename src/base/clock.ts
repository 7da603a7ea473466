/** The only source of time. Wall time in epoch milliseconds; monotonic time for measuring spans. */
export interface Clock {
  now(): number
  monotonic(): number
  /** Resolves at `at` (epoch ms) or when the signal aborts, whichever is first; never rejects. */
  until(at: number, signal?: AbortSignal): Promise<void>
  /** Rings at `at` (epoch ms), not before this returns; what it returns makes it silent. Cheaper than a signal. */
  alarm(at: number, ring: () => void): () => void
}

/** setTimeout overflows above 2^31-1 ms and would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  until(at, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, waitUntil(at))
      signal?.addEventListener('abort', done, { once: true })
    })
  },
  alarm(at, ring) {
    const timer = setTimeout(ring, waitUntil(at))
    return () => clearTimeout(timer)
  },
}

const waitUntil = (at: number): number => Math.min(Math.max(at - Date.now(), 0), LONGEST_TIMER_MS)

/** ISO 8601 UTC with milliseconds, the form Alerta prints and accepts. */
export const iso = (ms: number): string => new Date(ms).toISOString()
