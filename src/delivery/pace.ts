import type { Backoff } from './backoff.js'
import type { Concurrency } from './concurrency.js'

/** How a destination's own word "busy" (429, 503 …) slows the whole destination, not one lane. */
export interface Pace {
  /** `until`: what its Retry-After asked for, epoch ms */
  busy(now: number, until: number | undefined): void
  success(): void
  /** An operator knows that it is ready. */
  forget(): void
  /** epoch ms */
  pausedUntil(): number
}

export function createPace(backoff: Backoff, concurrency: Concurrency): Pace {
  let pausedUntil = 0
  let rounds = 0
  return {
    busy(now, until) {
      // Attempts that were under way together get the same answer: one round, one step of the backoff.
      if (now >= pausedUntil) {
        rounds += 1
        concurrency.halve()
      }
      pausedUntil = Math.max(pausedUntil, until ?? (now >= pausedUntil ? now + backoff.wait(rounds) : 0))
    },
    success() {
      rounds = 0
      concurrency.grow()
    },
    forget() {
      pausedUntil = 0
      rounds = 0
    },
    pausedUntil: () => pausedUntil,
  }
}
