import type { Client } from '../egress/client.js'
import type { Concurrency } from './concurrency.js'

/** As many as two batches hold; more would be claimed for nothing, and claiming keeps others waiting. */
const MOST_SHARED = 512

/**
 * Where deliveries share requests, as many more of them may be under way. How long one took then tells how long it waited
 * for others, not how hard the destination is pressed: of requests it has a few at a time, however many deliveries are in
 * them. Only what fails lowers the limit there, and what is answered widens it.
 */
export function widened(concurrency: Concurrency, { perRequest }: Pick<Client, 'perRequest'>): Concurrency {
  const wide = (limit: number): number => Math.max(limit, Math.min(MOST_SHARED, limit * perRequest()))
  return {
    ...concurrency,
    limit: () => wide(concurrency.limit()),
    answered(begun, took) {
      const isAlone = perRequest() === 1 || begun.inFlight === 1
      const usual = isAlone ? undefined : (concurrency.state().usualAnswerMs ?? took.most)
      concurrency.answered(begun, usual === undefined ? took : { least: usual, most: usual })
    },
    state() {
      const state = concurrency.state()
      return { ...state, concurrency: wide(state.concurrency), concurrencyMax: wide(state.concurrencyMax) }
    },
  }
}
