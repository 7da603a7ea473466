import { systemClock } from '../../src/base/clock.js'

const EVERY_MS = 500

/** Looks now and then, for looking costs what is measured time too; throws with what was seen last when it takes too long. */
export async function lookUntil<T>(
  what: string,
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
  withinMs: number,
): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const seen = await look()
    if (holds(seen)) return seen
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}; last seen: ${JSON.stringify(seen)}`)
    await systemClock.until(systemClock.now() + EVERY_MS)
  }
}
