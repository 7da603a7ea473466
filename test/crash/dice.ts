/** Chance that can be had again: the same seed gives the same throws. */
export interface Dice {
  /** 0 to 1 */
  next(): number
  /** a whole number from 0 to limit - 1 */
  below(limit: number): number
  oneOf<T>(list: readonly T[]): T
}

/** mulberry32: small, and good enough to choose moments and victims. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return { next, below, oneOf: (list) => list[below(list.length)] as never }
}
