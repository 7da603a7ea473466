import type { Backoff } from './backoff.js'

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

export function createPace(backoff: Backoff): Pace {
  let pausedUntil = 0
  let rounds = 0
  return {
    busy(now, until) {
      // Attempts that were under way together get the same answer: one round, one step of the backoff.
      if (now >= pausedUntil) rounds += 1
      pausedUntil = Math.max(pausedUntil, until ?? (now >= pausedUntil ? now + backoff.wait(rounds) : 0))
    },
    success() {
      rounds = 0
    },
    forget() {
      pausedUntil = 0
      rounds = 0
    },
    pausedUntil: () => pausedUntil,
  }
}
