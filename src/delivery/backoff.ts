export interface Backoff {
  /** Milliseconds to wait after the nth failure in a row (n from 1): exponential with full jitter. */
  wait(n: number): number
  /** A peer's Retry-After, kept between our floor and a ceiling. */
  retryAfter(ms: number): number
  /** No wait is longer, ms. */
  readonly longestMs: number
}

/** A peer that asks for more than this has a clock or configuration fault; asking it again is cheap. */
const RETRY_AFTER_CEILING_MS = 10 * 60_000

/** Waits lie between half of `firstMs` and min(ceilingMs, firstMs * 2^(n-1)). */
export function createBackoff(firstMs: number, ceilingMs: number, random: () => number): Backoff {
  const floor = firstMs / 2
  return {
    wait(n) {
      const cap = Math.min(ceilingMs, firstMs * 2 ** Math.min(n - 1, 30))
      return Math.round(Math.max(floor, random() * cap))
    },
    retryAfter: (ms) => Math.round(Math.min(Math.max(ms, floor), RETRY_AFTER_CEILING_MS)),
    longestMs: Math.max(ceilingMs, RETRY_AFTER_CEILING_MS),
  }
}
