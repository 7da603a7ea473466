import type { Clock } from '../../base/clock.js'

/** So much longer than a reading took, its answer is good enough: reading takes at most a hundredth of all time. */
const SHARE = 100

/** Reads again only when that costs little beside the time since the last reading; who asks meanwhile shares it. */
export function createThrifty<T>(read: () => Promise<T>, clock: Pick<Clock, 'monotonic'>): () => Promise<T> {
  let reading: Promise<T> | undefined
  let last: { readonly value: T } | undefined
  let againAt = Number.NEGATIVE_INFINITY

  async function readNow(): Promise<T> {
    const since = clock.monotonic()
    try {
      const value = await read()
      const now = clock.monotonic()
      againAt = now + (now - since) * SHARE
      last = { value }
      return value
    } finally {
      reading = undefined
    }
  }

  return async () => {
    if (last !== undefined && clock.monotonic() < againAt) return last.value
    reading ??= readNow()
    return reading
  }
}
