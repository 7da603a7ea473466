import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { createDecide } from '../../src/routing/decide.js'
import { openSqlite } from '../../src/store/sqlite/store.js'
import { route } from '../contract/bench.js'
import { alertDraft } from '../support/drafts.js'
import { queueOf, rulesFor } from '../support/rules.js'
import { scratchDir } from '../support/scratch.js'

const DESTINATIONS = 40
const MESSAGES = 5_000
const ONE_SCREEN_MS = 1_000
/** Senders notice no more than this. */
const AWAY_MS = 250

test('200,000 queued deliveries of 40 destinations are told within a second, while everybody else goes on', async () => {
  const routes = Array.from({ length: DESTINATIONS }, (_, i) => route(`mom${i}`))
  const store = await openSqlite({
    path: join(scratchDir('relay-'), 'relay.db'),
    lockWaitMs: 150,
    clock: systemClock,
    owner: 'one',
    destinations: routes.map((one) => queueOf(one, { rows: 1_000_000, bytes: 1e9 })),
    decide: createDecide(routes),
    rules: rulesFor(routes),
  })
  for (let from = 0; from < MESSAGES; from += 250) {
    const batch = Array.from({ length: 250 }, (_, i) =>
      alertDraft({ resource: `web${(from + i) % 1_000}`, event: `${from + i}` }, { acceptedAt: 1_000 * (from + i) }),
    )
    await Promise.all(batch.map((draft) => store.append(draft)))
  }

  let over = false
  let longest = 0
  const others = (async () => {
    for (let at = performance.now(); !over; ) {
      await new Promise((resolve) => setImmediate(resolve))
      longest = Math.max(longest, performance.now() - at)
      at = performance.now()
    }
  })()
  const timed = async <T>(ask: () => Promise<T>): Promise<T> => {
    const since = performance.now()
    const told = await ask()
    expect(performance.now() - since).toBeLessThan(ONE_SCREEN_MS)
    return told
  }
  const now = 1_000 * MESSAGES
  const ages = await timed(() => store.queueReads.ages([60_000, 3_600_000], now))
  expect(ages).toHaveLength(DESTINATIONS)
  expect(ages[7]?.counts).toEqual([59, 3_540, 1_401])
  expect(await timed(() => store.queueReads.lanes('mom7', 10))).toMatchObject({ lanes: 1_000, rows: MESSAGES })
  await timed(() => Promise.all(routes.map(({ name }) => store.queueReads.oldest(name))))
  over = true
  await others
  expect(longest).toBeLessThan(AWAY_MS)
  await store.close()
})
