import { systemClock } from '../../src/base/clock.js'
import { createDecide } from '../../src/routing/decide.js'
import type { Held } from '../../src/store/arranged.js'
import type { Store } from '../../src/store/contract.js'
import { openSqlite } from '../../src/store/sqlite/store.js'
import { route } from '../contract/bench.js'
import { queueOf, rulesFor } from '../support/rules.js'

export interface Opened {
  readonly store: Store
  readonly held: readonly Held[]
}

/** Opens a database with one destination, mom1; why it holds everything stands in `held`. */
export async function openAt(path: string): Promise<Opened> {
  const held: Held[] = []
  const store = await openSqlite({
    path,
    lockWaitMs: 100,
    clock: systemClock,
    owner: 'one',
    onHeld: (why) => void held.push(why),
    destinations: [queueOf(route('mom1'), { rows: 100_000, bytes: 100_000_000 })],
    decide: createDecide([route('mom1')]),
    rules: rulesFor([route('mom1')]),
  })
  return { store, held }
}
