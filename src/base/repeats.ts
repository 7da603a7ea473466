import type { Clock } from './clock.js'
import type { Log } from './log.js'
import { createWakeup } from './wakeup.js'

/** What happens again and again is logged when it begins and when it is over. */
export interface Repeats {
  /**
   * True: it is new, or comes back, and is worth a line of its own; false: it goes on. `of` tells it from others, in texts
   * that stand in the log at its end.
   */
  first(what: string, of: Readonly<Record<string, string>>): boolean
  start(): void
  stop(): Promise<void>
}

/** Without another for so long it is over. */
const QUIET_MS = 60_000
const LOOK_EVERY_MS = 10_000
/** Somebody who tries many keys from many addresses gets no line for each. */
const MOST_AT_ONCE = 256

interface Going {
  readonly what: string
  readonly of: Readonly<Record<string, string>>
  readonly since: number
  last: number
  times: number
}

export function createRepeats({ clock, log }: { readonly clock: Clock; readonly log: Log }): Repeats {
  const going = new Map<string, Going>()
  const wakeup = createWakeup()
  let stopped = false
  let loop: Promise<void> = Promise.resolve()

  function look(): void {
    const now = clock.monotonic()
    for (const [key, { what, of, since, last, times }] of going) {
      if (now - last < QUIET_MS) continue
      going.delete(key)
      if (times > 1) log.info({ what, ...of, times, ms: Math.round(last - since) }, 'repetition ended')
    }
  }

  async function run(): Promise<void> {
    while (!stopped) {
      const armed = wakeup.armed()
      await clock.until(clock.now() + LOOK_EVERY_MS, armed)
      look()
    }
  }

  return {
    first(what, of) {
      const key = JSON.stringify([what, of])
      const now = clock.monotonic()
      const known = going.get(key)
      if (known !== undefined) {
        known.times += 1
        known.last = now
        return false
      }
      if (going.size >= MOST_AT_ONCE) return false
      going.set(key, { what, of, since: now, last: now, times: 1 })
      return true
    },
    start() {
      loop = run()
    },
    async stop() {
      stopped = true
      wakeup.wake()
      await loop
    },
  }
}
