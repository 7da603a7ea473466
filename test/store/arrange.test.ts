import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { createDecide } from '../../src/routing/decide.js'
import type { Arranged } from '../../src/store/arranged.js'
import type { ConfiguredQueue, Store } from '../../src/store/contract.js'
import { isSameServer } from '../../src/store/sqlite/start/servers.js'
import { openSqlite } from '../../src/store/sqlite/store.js'
import { delivered, route } from '../contract/bench.js'
import { actionDraft, alertDraft } from '../support/drafts.js'
import { queueOf, rulesFor } from '../support/rules.js'

type Wanted = Partial<ConfiguredQueue> & { readonly name: string }

async function openAt(path: string, wanted: readonly Wanted[]): Promise<{ store: Store; arranged: Arranged[] }> {
  const arranged: Arranged[] = []
  const routes = wanted.map(({ name }) => route(name))
  const store = await openSqlite({
    path,
    lockWaitMs: 100,
    clock: systemClock,
    owner: 'one',
    onArranged: (one) => void arranged.push(one),
    destinations: wanted.map((one) => queueOf(route(one.name), { rows: 1_000, bytes: 1_000_000 }, one)),
    decide: createDecide(routes),
    rules: rulesFor(routes),
  })
  return { store, arranged }
}
const scratch = () => join(mkdtempSync(join(tmpdir(), 'relay-')), 'relay.db')

/** An alert, delivered under the id `theirs`, and its ack, which waits. */
async function waiting(path: string, name: string, more: object = {}): Promise<void> {
  const { store } = await openAt(path, [{ name, ...more }])
  await store.append(alertDraft({}, { alertId: 'ours' }))
  const [alert] = (await store.claim(name, 1, 10_000)).deliveries
  if (alert === undefined) throw new Error('nothing waits')
  await store.settle(alert, { ...delivered, alias: 'theirs' }, 10_000)
  await store.append(actionDraft('ours', 'ack'))
  await store.close()
}
const claimed = async (store: Store, name: string) => (await store.claim(name, 1, 10_000)).deliveries

test('a destination that is renamed keeps its queue and the ids that its server has told', async () => {
  const path = scratch()
  await waiting(path, 'old')
  const { store, arranged } = await openAt(path, [{ name: 'new', formerly: ['older', 'old'] }])
  expect(arranged).toEqual([{ kind: 'renamed', destination: 'new', before: 'old', rows: 1 }])
  expect(await claimed(store, 'new')).toMatchObject([{ alias: 'theirs', message: { action: 'ack' } }])
  await store.close()
  const again = await openAt(path, [{ name: 'new', formerly: ['older', 'old'] }])
  expect(again.arranged, 'once').toEqual([])
  await again.store.close()
})

test('a name that was forgotten for one start is still taken over, where the new one has nothing yet', async () => {
  const path = scratch()
  await waiting(path, 'old')
  const forgotten = await openAt(path, [{ name: 'new' }])
  expect(forgotten.arranged).toEqual([{ kind: 'removed', destination: 'old', rows: 1 }])
  await forgotten.store.close()
  const { store, arranged } = await openAt(path, [{ name: 'new', formerly: ['old'] }])
  expect(arranged.map(({ kind }) => kind)).toEqual(['renamed', 'put back'])
  expect((await store.gate('new')).gate.state).toBe('flowing')
  expect(await claimed(store, 'new')).toHaveLength(1)
  await store.close()
})

test('two queues are not made one behind the back of whoever configured them so', async () => {
  const path = scratch()
  await waiting(path, 'old')
  await waiting(path, 'new')
  await expect(openAt(path, [{ name: 'new', formerly: ['old'] }])).rejects.toMatchObject({
    code: 'store_refused',
    message: expect.stringContaining('both have a queue'),
    hint: expect.stringContaining('alerta-relay move old new'),
  })
  const { store } = await openAt(path, [{ name: 'new' }])
  expect(store.moves.names()).toEqual([
    { name: 'old', configured: false },
    { name: 'new', configured: true },
  ])
  await store.close()
})

test('what waits for a destination that was removed is held, and flows when it is put back', async () => {
  const path = scratch()
  await waiting(path, 'mom1')
  const removed = await openAt(path, [])
  expect(removed.arranged).toEqual([{ kind: 'removed', destination: 'mom1', rows: 1 }])
  expect((await removed.store.gate('mom1')).gate).toMatchObject({
    state: 'held',
    why: expect.stringMatching(/^removed from/),
  })
  await removed.store.close()
  const back = await openAt(path, [{ name: 'mom1' }])
  expect(back.arranged).toEqual([{ kind: 'put back', destination: 'mom1', rows: 1 }])
  expect((await back.store.gate('mom1')).gate).toEqual({ state: 'flowing' })
  await back.store.close()
})

test('the hold of an operator outlives the removal of a destination', async () => {
  const path = scratch()
  await waiting(path, 'mom1')
  const first = await openAt(path, [{ name: 'mom1' }])
  await first.store.saveGate('mom1', { state: 'held', why: 'broken', since: 5_000 }, 5_000)
  await first.store.close()
  await (await openAt(path, [])).store.close()
  const back = await openAt(path, [{ name: 'mom1' }])
  expect((await back.store.gate('mom1')).gate).toMatchObject({ state: 'held', why: 'broken' })
  await back.store.close()
})

test('the ids of a server mean nothing to another one that has its name', async () => {
  const path = scratch()
  await waiting(path, 'mom1', { urls: ['http://a:9101/api'] })
  const other = await openAt(path, [{ name: 'mom1', urls: ['http://a:9101'] }])
  expect(other.arranged).toEqual([])
  await other.store.close()
  const same = await openAt(path, [{ name: 'mom1', urls: ['http://b:9102', 'https://a:9101'] }])
  expect(same.arranged, 'it is still known by its old address').toEqual([])
  expect(await claimed(same.store, 'mom1')).toMatchObject([{ alias: 'theirs' }])
  await same.store.close()
  const moved = await openAt(path, [{ name: 'mom1', urls: ['http://b:9102'] }])
  expect(moved.arranged, 'its new address is known by now').toEqual([])
  await moved.store.close()
  const { store, arranged } = await openAt(path, [{ name: 'mom1', urls: ['http://c:9102'] }])
  expect(arranged).toEqual([
    { kind: 'another server', destination: 'mom1', before: ['http://b:9102'], now: ['http://c:9102'], aliases: 1 },
  ])
  const [ack] = await claimed(store, 'mom1')
  expect(ack?.alias).toBeUndefined()
  expect(ack?.sent, 'it is healed, or given the alert').toBe(true)
  await store.close()
})

test.each([
  [['http://a'], ['https://a/api'], true],
  [['http://a:80'], ['http://a'], true],
  [['http://a:9101'], ['http://a:9102'], false],
  [['http://a', 'http://b'], ['http://c', 'http://b'], true],
  [['http://a'], ['http://aa'], false],
])('%j and %j: one server is %s', (some, others, same) => {
  expect(isSameServer(some, others)).toBe(same)
})

test('a destination that is configured for the first time has its server noted at once', async () => {
  const path = scratch()
  await (await openAt(path, [{ name: 'mom1', urls: ['http://a'] }])).store.close()
  const { store, arranged } = await openAt(path, [{ name: 'mom1', urls: ['http://b'] }])
  expect(arranged).toMatchObject([{ kind: 'another server', before: ['http://a'], aliases: 0 }])
  await store.close()
})

test('a destination that gets another name while the relay runs keeps its queue', async () => {
  const path = scratch()
  await waiting(path, 'old')
  const { store, arranged } = await openAt(path, [{ name: 'old' }])
  const queue = queueOf(route('new'), { rows: 1_000, bytes: 1_000_000 }, { formerly: ['old'] })
  const failing = () => {
    throw new Error('no')
  }
  await expect(store.configure([queue], failing, () => {})).rejects.toThrow('no')
  expect(arranged).toEqual([])
  expect(store.depth('old'), 'nothing of it has happened').toBe(1)
  await store.configure(
    [queue],
    () => {},
    () => {},
  )
  expect(arranged).toEqual([{ kind: 'renamed', destination: 'new', before: 'old', rows: 1 }])
  expect(store.depth('new')).toBe(1)
  expect((await store.status()).map(({ destination }) => destination)).toEqual(['new'])
  expect(await claimed(store, 'new')).toMatchObject([{ alias: 'theirs', message: { action: 'ack' } }])
  await store.close()
  const again = await openAt(path, [{ name: 'new', formerly: ['old'] }])
  expect(again.store.depth('new')).toBe(1)
  await again.store.close()
})

const settingsOf = (...wanted: readonly Wanted[]) =>
  wanted.map((one) => queueOf(route(one.name), { rows: 1_000, bytes: 1_000_000 }, one))
const nothing = () => {}

test('a name that was forgotten for one reload is still taken over, and delivered from', async () => {
  const path = scratch()
  await waiting(path, 'old')
  const { store } = await openAt(path, [{ name: 'old' }])
  await store.configure(settingsOf({ name: 'new' }), nothing, nothing)
  await store.configure(settingsOf({ name: 'new', formerly: ['old'] }), nothing, nothing)
  expect(store.depth('new')).toBe(1)
  expect(await claimed(store, 'new')).toMatchObject([{ alias: 'theirs', message: { action: 'ack' } }])
  await store.close()
})

test('what was read before a destination is renamed by a reload, and is asked for after it, is its queue', async () => {
  const path = scratch()
  await waiting(path, 'old')
  const { store } = await openAt(path, [{ name: 'old' }])
  const [status] = await store.status()
  for (const [name, ...formerly] of [
    ['newer', 'old'],
    ['newest', 'newer', 'old'],
  ] as const) {
    await store.configure(settingsOf({ name, formerly }), nothing, nothing)
  }
  expect(status?.destination).toBe('old')
  expect(await store.expire('old', { now: 10_000, maxAgeMs: 1, limit: 10 })).toBe(1)
  expect(store.depth('newest')).toBe(0)
  expect(() => store.depth('never')).toThrow('no destination is named never')
  await store.close()
})
