import { systemClock } from '../../src/base/clock.js'
import type { Destination } from '../crash/destination.js'
import type { Dice } from '../crash/dice.js'

/** Long enough to drain what has gathered. */
const AT_LEAST_UP_MS = 10_000
const UP_MS = 20_000
const DOWN_MS = 15_000

/** Takes destinations down and up again, each on its own, until the signal; then all are up. Returns how often. */
export async function outages(destinations: readonly Destination[], dice: Dice, signal: AbortSignal): Promise<number> {
  let times = 0
  const wait = (least: number, more: number): Promise<void> =>
    systemClock.until(Date.now() + least + dice.below(more), signal)
  const one = async (destination: Destination): Promise<void> => {
    while (!signal.aborted) {
      await wait(AT_LEAST_UP_MS, UP_MS)
      if (signal.aborted) return
      await destination.kill()
      times += 1
      await wait(0, DOWN_MS)
      await destination.start()
    }
  }
  await Promise.all(destinations.map(one))
  return times
}
