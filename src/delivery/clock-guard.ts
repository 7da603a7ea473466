import type { Clock } from '../base/clock.js'

/** Tells when ages cannot be trusted: the wall clock jumped, or the machine was away for hours. */
export interface ClockGuard {
  /** Compares the clocks since the last look; returns what is suspicious, once. */
  look(): string | undefined
  /** While true nothing is expired and nothing pruned; also from the moment that the next look would find suspicious. */
  guarding(): boolean
  /** What the store is to note as the time: while guarding that of the last run, or a restart would end it. */
  noted(): number
}

const JUMP_MS = 5 * 60_000
const AWAY_MS = 6 * 3_600_000
const GUARD_MS = 3_600_000

/** `lastTouchedAt`: when the store last noted the time in an earlier run (epoch ms). */
export function createClockGuard(clock: Clock, lastTouchedAt: number | undefined): ClockGuard {
  let wall = clock.now()
  let monotonic = clock.monotonic()
  let guardedUntil = Number.NEGATIVE_INFINITY
  let first = lastTouchedAt !== undefined && Math.abs(wall - lastTouchedAt) > AWAY_MS
  return {
    look() {
      const jump = jumped()
      wall = clock.now()
      monotonic = clock.monotonic()
      if (!first && Math.abs(jump) <= JUMP_MS) return undefined
      guardedUntil = monotonic + GUARD_MS
      if (!first) return `the wall clock jumped by ${Math.round(jump / 1000)} s`
      first = false
      return `the last commit was ${Math.round((wall - (lastTouchedAt ?? wall)) / 3_600_000)} h ago`
    },
    guarding,
    noted: () => (guarding() ? (lastTouchedAt ?? clock.now()) : clock.now()),
  }

  function guarding(): boolean {
    return first || Math.abs(jumped()) > JUMP_MS || clock.monotonic() < guardedUntil
  }

  function jumped(): number {
    return Math.round(clock.now() - wall - (clock.monotonic() - monotonic))
  }
}
