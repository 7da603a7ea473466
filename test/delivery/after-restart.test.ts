import { expect, test } from 'vitest'
import { createCounters } from '../../src/base/counters.js'
import type { Log } from '../../src/base/log.js'
import { configSchema } from '../../src/config/schema.js'
import { createClockGuard } from '../../src/delivery/clock-guard.js'
import { createHeartbeatWatch, type HeartbeatWatchDeps } from '../../src/delivery/heartbeat-watch.js'
import { createHousekeeping } from '../../src/delivery/housekeeping.js'
import { createUpkeep } from '../../src/delivery/upkeep.js'
import { createDecide } from '../../src/routing/decide.js'
import type { Store } from '../../src/store/contract.js'
import { openSqlite } from '../../src/store/sqlite/store.js'
import { route } from '../contract/bench.js'
import { alertDraft, heartbeatDraft } from '../support/drafts.js'
import { createFakeClock, type FakeClock } from '../support/fake-clock.js'
import { queueOf, rulesFor } from '../support/rules.js'
import { scratchDir } from '../support/scratch.js'

const ROUTE = route('mom1')
const config = configSchema.parse({})
const nothing = () => {}
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }

const openAt = (path: string, clock: FakeClock): Promise<Store> =>
  openSqlite({
    path,
    lockWaitMs: 0,
    clock,
    owner: 'one',
    destinations: [queueOf(ROUTE, { rows: 1_000, bytes: 1_000_000 })],
    decide: createDecide([ROUTE]),
    rules: rulesFor([ROUTE]),
  })

/** In steps, for what waits to have its turn between. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 5_000) {
    await clock.advance(5_000)
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  }
}

async function watched(path: string, clock: FakeClock, ms: number, post: HeartbeatWatchDeps['post']): Promise<void> {
  const store = await openAt(path, clock)
  const heartbeats = { ...config.heartbeats, alert: true }
  const { alerts } = config
  const watch = createHeartbeatWatch({
    ...{ heartbeats: store.heartbeats, config: { heartbeats, alerts }, post, clock, log },
    counters: createCounters(),
  })
  watch.start()
  await pass(clock, ms)
  await watch.stop()
  await store.close()
}

async function heardOf(path: string, clock: FakeClock, ...origins: string[]): Promise<void> {
  const store = await openAt(path, clock)
  for (const origin of origins) await store.append(heartbeatDraft(origin, { acceptedAt: clock.now() }))
  await store.close()
}

test('an origin that stays silent is told once, however often the relay is started again', async () => {
  const path = `${scratchDir('restart-')}/relay.db`
  const clock = createFakeClock()
  const posted: unknown[] = []
  const post: HeartbeatWatchDeps['post'] = async ({ event }) => {
    posted.push(event)
    return { kind: 'taken' }
  }
  await heardOf(path, clock, 'probe1')
  for (const ms of [120_000, 30_000, 30_000, 120_000]) await watched(path, clock, ms, post)
  expect(posted).toEqual(['HeartbeatFail'])
})

test('an origin whose alert has no room does not silence the others', async () => {
  const path = `${scratchDir('restart-')}/relay.db`
  const clock = createFakeClock()
  const posted: unknown[] = []
  await heardOf(path, clock, 'full', 'other')
  await watched(path, clock, 180_000, async ({ resource }) => {
    if (resource === 'full') return { kind: 'later' }
    posted.push(resource)
    return { kind: 'taken' }
  })
  expect(posted).toEqual(['other'])
})

test('after two days away a second start expires and buries nothing either', async () => {
  const path = `${scratchDir('restart-')}/relay.db`
  const clock = createFakeClock(1_700_000_000_000)
  const first = await openAt(path, clock)
  await first.append(alertDraft({ timeout: 3_600 }, { acceptedAt: clock.now() }))
  await first.touch(clock.now())
  await first.close()
  await clock.advance(2 * 86_400_000)

  const seen: unknown[] = []
  for (let start = 0; start < 2; start += 1) {
    const store = await openAt(path, clock)
    const guard = createClockGuard(clock, await store.touchedAt())
    const own = { store, guard, clock, log, counters: createCounters() }
    const retention = { settledMs: 1e10, deadMs: 1e10, seenMs: 1e10, alertMs: 1e10, auditMs: 1e10 }
    const upkeep = createUpkeep({
      ...own,
      maxAgeMs: 86_400_000,
      retention,
      freeBytes: async () => 1e12,
      minFreeBytes: 1,
    })
    const housekeeping = createHousekeeping({ ...own, config: config.housekeeping, wake: nothing })
    await upkeep.start()
    await pass(clock, 30_000)
    const { paused, expired } = await housekeeping.run()
    seen.push([paused !== undefined, expired.length, store.depth('mom1')])
    await upkeep.stop()
    await store.close()
  }
  expect(seen).toEqual([
    [true, 0, 1],
    [true, 0, 1],
  ])
})
