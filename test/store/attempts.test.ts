import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import type { Delivery, Try } from '../../src/model/delivery.js'
import { createDecide } from '../../src/routing/decide.js'
import { openSqlite } from '../../src/store/sqlite/store.js'
import { delivered, retryAt, route } from '../contract/bench.js'
import { alertDraft } from '../support/drafts.js'
import { queueOf, rulesFor } from '../support/rules.js'
import { scratchDir } from '../support/scratch.js'

const arrived: Try = { outcome: 'delivered', status: 201, note: null, ms: 3 }

async function opened() {
  const path = `${scratchDir('attempts-')}/relay.db`
  const store = await openSqlite({
    ...{ path, lockWaitMs: 100, clock: systemClock, owner: 'one' },
    destinations: [queueOf(route('mom1'), { rows: 1_000, bytes: 1_000_000 })],
    decide: createDecide([route('mom1')]),
    rules: rulesFor([route('mom1')]),
  })
  const db = new Database(path, { readonly: true })
  onTestFinished(async () => {
    db.close()
    await store.close()
  })
  const kept = () => db.prepare('SELECT count(*) FROM attempt').pluck().get()
  const claim = async () => (await store.claim('mom1', 1, 10_000)).deliveries[0] as Delivery
  return { store, kept, claim }
}

test('a delivery that arrives at its first try costs no row beside the one it had', async () => {
  const { store, kept, claim } = await opened()
  await store.append(alertDraft())
  await store.settle(await claim(), delivered, 10_000, arrived)
  expect(kept()).toBe(0)
})

test('a delivery that is tried for weeks fills the disk with no more than fifty attempts, and they go with it', async () => {
  const { store, kept, claim } = await opened()
  await store.append(alertDraft())
  for (let i = 0; i < 80; i += 1) {
    await store.settle(await claim(), retryAt(1), 10_000, { ...arrived, outcome: 'retry', status: 503 })
  }
  expect(kept()).toBe(50)
  await store.settle(await claim(), delivered, 10_000, arrived)
  const retention = { now: 1_000_000, settledMs: 1, deadMs: 1, seenMs: 1, alertMs: 1, auditMs: 1, limit: 100 }
  while (await store.prune(retention)) {
    // slice by slice
  }
  expect(kept()).toBe(0)
})
