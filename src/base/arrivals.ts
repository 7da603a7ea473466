/** Counts what has begun to come in from outside, before anybody knows what it is. */
export interface Arrivals {
  /** Something begins to come in: a connection was made. */
  begun(): void
  count(): number
}

export function createArrivals(): Arrivals {
  let count = 0
  return {
    begun() {
      count += 1
    },
    count: () => count,
  }
}
