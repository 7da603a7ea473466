import type { Clock } from '../../src/base/clock.js'

/** Time that passes only when told to; wall and monotonic clock can be set apart. */
export interface FakeClock extends Clock {
  /** Both clocks go on; waits that end meanwhile resolve, in order. */
  advance(ms: number): Promise<void>
  /** Only the wall clock jumps. */
  jump(ms: number): void
}

interface Wait {
  readonly at: number
  readonly done: () => void
}

export function createFakeClock(start = 1_000_000): FakeClock {
  let wall = start
  let monotonic = 0
  let waits: Wait[] = []
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
  return {
    now: () => wall,
    monotonic: () => monotonic,
    until(at, signal) {
      return new Promise((resolve) => {
        if (signal?.aborted || at <= wall) return resolve()
        const onAbort = () => {
          waits = waits.filter((one) => one !== wait)
          resolve()
        }
        const done = () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        }
        const wait = { at, done }
        waits.push(wait)
        signal?.addEventListener('abort', onAbort, { once: true })
      })
    },
    alarm(at, ring) {
      const wait = { at, done: ring }
      waits.push(wait)
      return () => {
        waits = waits.filter((one) => one !== wait)
      }
    },
    async advance(ms) {
      const end = wall + ms
      for (;;) {
        await settled()
        const next = waits.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        monotonic += Math.max(0, next.at - wall)
        wall = Math.max(wall, next.at)
        waits = waits.filter((one) => one !== next)
        next.done()
      }
      monotonic += end - wall
      wall = end
      await settled()
    },
    jump(ms) {
      wall += ms
    },
  }
}
