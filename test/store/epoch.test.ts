import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import type { Store } from '../../src/store/contract.js'
import { MIGRATIONS } from '../../src/store/sqlite/migrations/migrations.js'
import { alertDraft } from '../support/drafts.js'
import { type Opened, openAt } from './opened.js'

const scratch = () => join(mkdtempSync(join(tmpdir(), 'relay-')), 'relay.db')

/** Accepts so many alerts; returns the journal's number of the last delivery that waits. */
async function accept(store: Store, count: number): Promise<number> {
  await Promise.all(Array.from({ length: count }, (_, n) => store.append(alertDraft({ event: `${n}` }))))
  return lastOf(store)
}
async function lastOf(store: Store): Promise<number> {
  let last = 0
  for (let after: number | undefined = 0; after !== undefined; ) {
    const { next } = await store.moves.export('mom1', 'queued', after)
    last = next ?? last
    after = next
  }
  return last
}

/** What VACUUM INTO would make, or a copy of a relay that is stopped. */
const backUp = (path: string, to: string) => {
  const db = new Database(path)
  db.prepare('VACUUM INTO ?').run(to)
  db.close()
}
const restore = (backup: string, path: string) => {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
  copyFileSync(backup, path)
}
const gateOf = async ({ store }: Opened) => (await store.gate('mom1')).gate
/** The number that the next message gets. */
async function nextNumber(path: string, { store }: Opened): Promise<number> {
  await store.append(alertDraft({ event: 'next' }))
  await store.close()
  const db = new Database(path, { readonly: true })
  const seq = db.prepare('SELECT max(seq) FROM message').pluck().get() as number
  db.close()
  return seq
}

test('a first start, and many after it, hold nothing', async () => {
  const path = scratch()
  for (let n = 0; n < 5; n += 1) {
    const { store, held } = await openAt(path)
    expect(held).toEqual([])
    await accept(store, 3)
    await store.close()
  }
})

test('an upgrade of a database that had no epoch holds nothing, and the next start neither', async () => {
  const path = scratch()
  const db = new Database(path)
  const before = MIGRATIONS.findIndex((sql) => sql.includes('CREATE TABLE epoch'))
  for (const sql of MIGRATIONS.slice(0, before)) db.exec(sql)
  db.pragma(`user_version = ${before}`)
  db.exec(`INSERT INTO sqlite_sequence (name, seq) VALUES ('message', 700)`)
  db.close()
  for (const time of ['upgraded', 'again']) {
    const opened = await openAt(path)
    expect(opened.held, time).toEqual([])
    await opened.store.close()
  }
})

test('a backup that is put back holds everything, also where only one message came in since', async () => {
  const path = scratch()
  const first = await openAt(path)
  await accept(first.store, 20)
  backUp(path, `${path}.backup`)
  await accept(first.store, 1)
  await first.store.close()

  restore(`${path}.backup`, path)
  const second = await openAt(path)
  expect(second.held).toEqual(['restored'])
  expect(await gateOf(second)).toMatchObject({
    state: 'held',
    why: expect.stringMatching(/^restored: .*discard-queued/),
  })
  expect(await nextNumber(path, second), 'no number is given twice').toBe(22)

  const third = await openAt(path)
  expect(third.held, 'it is told once').toEqual([])
  expect(await gateOf(third), 'and stays held until an operator decides').toMatchObject({ state: 'held' })
  await third.store.close()
})

test('a backup from before the last start is known for one, although nothing came in since', async () => {
  const path = scratch()
  const first = await openAt(path)
  await accept(first.store, 20)
  backUp(path, `${path}.backup`)
  await first.store.close()
  await (await openAt(path)).store.close()
  restore(`${path}.backup`, path)
  const opened = await openAt(path)
  expect(opened.held).toEqual(['restored'])
  await opened.store.close()
})

test('a backup is known for one after a crash too, when more came in than the file covers ahead', async () => {
  const path = scratch()
  const { store } = await openAt(path)
  await accept(store, 20)
  backUp(path, `${path}.backup`)
  for (let n = 0; n < 12; n += 1) await accept(store, 1_000)
  // as it stands when the process is killed
  copyFileSync(`${path}.epoch`, `${path}.epoch.then`)
  const { mark } = JSON.parse(readFileSync(`${path}.epoch.then`, 'utf8'))
  expect(mark).toBeGreaterThan(12_020)
  await store.close()
  copyFileSync(`${path}.epoch.then`, `${path}.epoch`)
  restore(`${path}.backup`, path)
  const opened = await openAt(path)
  expect(opened.held).toEqual(['restored'])
  expect(await nextNumber(path, opened)).toBe(mark + 1)
})

test('a database that is copied elsewhere holds everything, the one that it was copied from nothing', async () => {
  const path = scratch()
  const first = await openAt(path)
  await accept(first.store, 3)
  await first.store.close()
  const copy = scratch()
  copyFileSync(path, copy)
  const opened = await openAt(copy)
  expect(opened.held).toEqual(['copied'])
  expect(await gateOf(opened)).toMatchObject({ state: 'held', why: expect.stringMatching(/^copied: /) })
  await opened.store.close()
  const again = await openAt(copy)
  expect(again.held).toEqual([])
  await again.store.close()
  const original = await openAt(path)
  expect(original.held).toEqual([])
  await original.store.close()

  // over another relay's database, whose epoch file stays
  restore(path, copy)
  const over = await openAt(copy)
  expect(over.held).toEqual(['copied'])
  await over.store.close()
})

test('a relay that is moved with its epoch file goes on', async () => {
  const path = scratch()
  const first = await openAt(path)
  await accept(first.store, 3)
  await first.store.close()
  const there = scratch()
  for (const suffix of ['', '.epoch']) copyFileSync(`${path}${suffix}`, `${there}${suffix}`)
  const opened = await openAt(there)
  expect(opened.held).toEqual([])
  await opened.store.close()
})

test('an empty database where another one was begins anew', async () => {
  const path = scratch()
  const first = await openAt(path)
  await accept(first.store, 3)
  await first.store.close()
  rmSync(path)
  const opened = await openAt(path)
  expect(opened.held).toEqual([])
  await accept(opened.store, 1)
  await opened.store.close()
})

test('an epoch file that cannot be read is as good as none', async () => {
  const path = scratch()
  const first = await openAt(path)
  await accept(first.store, 3)
  await first.store.close()
  writeFileSync(`${path}.epoch`, '{"database":"x"')
  const opened = await openAt(path)
  expect(opened.held).toEqual(['copied'])
  await opened.store.close()
})

test('what an operator held stays held for his reason too, and by no time that runs out', async () => {
  const path = scratch()
  const first = await openAt(path)
  await accept(first.store, 3)
  await first.store.saveGate('mom1', { state: 'held', why: 'upgrade', since: 5_000, until: 6_000 }, 5_000)
  await first.store.close()
  rmSync(`${path}.epoch`)
  const opened = await openAt(path)
  const gate = await gateOf(opened)
  expect(gate).toMatchObject({
    state: 'held',
    since: 5_000,
    why: expect.stringMatching(/; held before: upgrade$/),
  })
  expect(gate).not.toHaveProperty('until')
  await opened.store.close()
})
