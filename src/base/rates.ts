import type { Clock } from './clock.js'
import { createWakeup } from './wakeup.js'

type Counts = Readonly<Record<string, number>>

/** How fast counts grow, found by looking at them now and then: those who count do nothing for it. */
export interface Rates {
  start(): void
  stop(): Promise<void>
  /** A second, over the last minute, or since the start where that is shorter; by the names of the counts. */
  perSecond(): (name: string) => number
}

const EVERY_MS = 5_000
const SPAN_MS = 60_000
/** Over a shorter time a rate says nothing. */
const LEAST_MS = 1_000

export function createRates(read: () => Counts, clock: Clock): Rates {
  const wakeup = createWakeup()
  let looks = [{ at: clock.monotonic(), counts: read() }]
  let stopped = false
  let loop: Promise<void> = Promise.resolve()

  async function run(): Promise<void> {
    while (!stopped) {
      const armed = wakeup.armed()
      await clock.until(clock.now() + EVERY_MS, armed)
      look()
    }
  }

  function look(): void {
    const at = clock.monotonic()
    // the newest that is a minute old is kept: the rate is over a minute
    const old = looks.filter((one) => at - one.at >= SPAN_MS).at(-1)
    looks = [...looks.filter((one) => at - one.at < SPAN_MS || one === old), { at, counts: read() }]
  }

  return {
    start() {
      loop = run()
    },
    async stop() {
      stopped = true
      wakeup.wake()
      await loop
    },
    perSecond() {
      const now = clock.monotonic()
      const counts = read()
      const since = looks.filter((one) => now - one.at >= SPAN_MS).at(-1) ?? looks[0]
      const elapsed = Math.max(now - (since?.at ?? now), LEAST_MS)
      return (name) => {
        const grown = (counts[name] ?? 0) - (since?.counts[name] ?? 0)
        return Math.max(0, Math.round((grown / elapsed) * 100_000) / 100)
      }
    },
  }
}
