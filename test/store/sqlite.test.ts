import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { createDecide } from '../../src/routing/decide.js'
import { type Store, StoreRefused } from '../../src/store/contract.js'
import { openDatabase } from '../../src/store/sqlite/open.js'
import { openSqlite } from '../../src/store/sqlite/store.js'
import { type Engine, type OpenOptions, route } from '../contract/bench.js'
import { storeContract } from '../contract/store.js'
import { alertDraft } from '../support/drafts.js'
import { queueOf, rulesFor } from '../support/rules.js'

const LOCK_WAIT_MS = 150
const budget = { rows: 1_000, bytes: 1_000_000 }

async function createEngine(): Promise<Engine> {
  const dir = mkdtempSync(join(tmpdir(), 'relay-'))
  let opened = 0
  let store: Store | undefined
  return {
    async open(options: OpenOptions) {
      opened += 1
      store = await openSqlite({
        ...options,
        path: join(dir, 'relay.db'),
        lockWaitMs: LOCK_WAIT_MS,
        clock: systemClock,
        owner: `owner-${opened}`,
      })
      return store
    },
    // Claims, retries and memory of the old store are gone; its commits are in the file. kill -9 itself is tested in acceptance.
    async crash() {
      await store?.close()
    },
    async end() {
      await store?.close()
      rmSync(dir, { recursive: true })
    },
  }
}

storeContract('sqlite', createEngine)

const scratch = () => mkdtempSync(join(tmpdir(), 'relay-'))
const optionsFor = (path: string, owner: string) => ({
  path,
  lockWaitMs: LOCK_WAIT_MS,
  clock: systemClock,
  owner,
  destinations: [queueOf(route('mom1'), budget)],
  decide: createDecide([route('mom1')]),
  rules: rulesFor([route('mom1')]),
})

test('every connection writes with synchronous=FULL, also on reopening', () => {
  const path = join(scratch(), 'relay.db')
  for (const time of ['first', 'reopened']) {
    const db = openDatabase(path)
    expect(db.pragma('synchronous', { simple: true }), time).toBe(2)
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
    db.close()
  }
})

test('a second relay on the same database waits, then is refused with a hint', async () => {
  const path = join(scratch(), 'relay.db')
  const first = await openSqlite(optionsFor(path, 'one'))
  await expect(openSqlite(optionsFor(path, 'two'))).rejects.toMatchObject({
    code: 'store_refused',
    hint: expect.stringContaining('one relay per database'),
  })
  await first.close()
  await (await openSqlite(optionsFor(path, 'two'))).close()
})

test('a database of a newer relay is refused, not damaged', () => {
  const path = join(scratch(), 'relay.db')
  const db = openDatabase(path)
  db.pragma('user_version = 99')
  db.close()
  expect(() => openDatabase(path)).toThrow(StoreRefused)
})

test('a broken message answers alone: those beside it in the commit stand', async () => {
  const path = join(scratch(), 'relay.db')
  const store = await openSqlite(optionsFor(path, 'one'))
  const broken = { ...alertDraft(), body: null }
  const results = await Promise.allSettled([
    store.append(alertDraft()),
    store.append(broken),
    store.append(alertDraft()),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect((await store.status())[0]?.rows).toBe(2)
  await store.close()
})

test('when the commit fails everybody in it gets 503 and the memory is as before', async () => {
  const path = join(scratch(), 'relay.db')
  const store = await openSqlite(optionsFor(path, 'one'))
  await store.append(alertDraft())
  const other = new Database(path)
  other.exec('BEGIN IMMEDIATE') // as a backup tool or an operator's shell might
  const blocked = await Promise.allSettled([store.append(alertDraft()), store.append(alertDraft())])
  expect(blocked.map((one) => one.status === 'rejected' && one.reason.code)).toEqual(Array(2).fill('store_unavailable'))
  expect((await store.status())[0]?.rows).toBe(1)
  other.exec('COMMIT')
  other.close()
  expect(await store.append(alertDraft())).toMatchObject({ kind: 'accepted' })
  expect((await store.status())[0]?.rows).toBe(2)
  await store.close()
})
