/** How many attempts a destination gets at once: one more after each round that went well, half after a timeout. */
export interface Concurrency {
  limit(): number
  grow(): void
  halve(): void
}

export function createConcurrency({ start, max }: { readonly start: number; readonly max: number }): Concurrency {
  let limit = start
  return {
    limit: () => Math.floor(limit),
    grow() {
      limit = Math.min(max, limit + 1 / limit)
    },
    halve() {
      limit = Math.max(1, limit / 2)
    },
  }
}
