import type { Clock } from '../../base/clock.js'
import type { CensusSlice, Vitals } from '../../store/vitals.js'

/** Rows that one look at the table takes: a millisecond or two, and then others have their turn. */
const SLICE = 5_000
/** The table is walked again no sooner. */
const GOOD_FOR_MS = 60_000

/**
 * How many alerts have each status. They are counted slice by slice, at most once a minute, and only when somebody asks;
 * who asks meanwhile gets what was counted last.
 */
export function createCensus(
  store: Pick<Vitals, 'census'>,
  clock: Pick<Clock, 'monotonic'>,
): () => Promise<ReadonlyMap<string, number>> {
  let last: ReadonlyMap<string, number> | undefined
  let counting: Promise<ReadonlyMap<string, number>> | undefined
  let againAt = Number.NEGATIVE_INFINITY

  async function count(): Promise<ReadonlyMap<string, number>> {
    const sums = new Map<string, number>()
    try {
      for (let after: number | undefined = 0; after !== undefined; ) {
        const slice: CensusSlice = await store.census(after, SLICE)
        for (const [status, n] of slice.counts) sums.set(status, (sums.get(status) ?? 0) + n)
        after = slice.next
        // a promise alone would keep others waiting: their requests come in as events
        if (after !== undefined) await new Promise((resolve) => setImmediate(resolve))
      }
      // one that has become empty is 0, and not what it was
      for (const status of last?.keys() ?? []) if (!sums.has(status)) sums.set(status, 0)
      last = sums
      againAt = clock.monotonic() + GOOD_FOR_MS
      return sums
    } finally {
      counting = undefined
    }
  }

  return async () => {
    if (clock.monotonic() >= againAt) counting ??= count()
    // the first time there is nothing else to tell
    return last ?? (await counting) ?? new Map()
  }
}
