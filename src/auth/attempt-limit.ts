import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../base/clock.js'

/** Wrong passwords within the window, of one sender for one user, and of one sender for all. */
const PER_USER = 10
const PER_SENDER = 100
const WINDOW_MS = 5 * 60_000
/** Senders and users remembered; whoever has more addresses than that is not stopped by counting. */
const REMEMBERED = 20_000

/** Counts tries to log in, so that nobody can guess for long. */
export interface AttemptLimit {
  /** Takes one try; answers how long to wait where there is none left, ms. */
  take(sender: string, username: string): number | undefined
  /** It was the right password: it does not count. */
  giveBack(sender: string, username: string): void
}

export function createAttemptLimit(clock: Pick<Clock, 'monotonic'>): AttemptLimit {
  const windows = new LRUCache<string, { used: number; readonly since: number }>({ max: REMEMBERED })

  const limitsOf = (sender: string, username: string) => [
    { key: sender, most: PER_SENDER },
    {
      key: createHash('sha256')
        .update(JSON.stringify([sender, username]))
        .digest('base64'),
      most: PER_USER,
    },
  ]
  function windowOf(key: string) {
    const known = windows.get(key)
    if (known !== undefined && clock.monotonic() - known.since < WINDOW_MS) return known
    const window = { used: 0, since: clock.monotonic() }
    windows.set(key, window)
    return window
  }

  return {
    take(sender, username) {
      const limits = limitsOf(sender, username).map(({ key, most }) => ({ window: windowOf(key), most }))
      const full = limits.find(({ window, most }) => window.used >= most)
      if (full !== undefined) return full.window.since + WINDOW_MS - clock.monotonic()
      for (const { window } of limits) window.used += 1
      return undefined
    },
    giveBack(sender, username) {
      for (const { key } of limitsOf(sender, username)) {
        const window = windowOf(key)
        window.used = Math.max(0, window.used - 1)
      }
    },
  }
}
