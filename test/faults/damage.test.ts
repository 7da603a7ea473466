import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, expect, test } from 'vitest'
import { KEY, killAll, type RelayProcess, startRelay } from '../acceptance/relay.js'
import { closeSinks, startSink, type TestSink } from '../acceptance/sink.js'
import { waitFor } from '../support/wait.js'
import { QUICK } from './attempts.js'

afterEach(async () => {
  killAll()
  await closeSinks()
})

const PAGE = 4_096
const LONG = 'z'.repeat(20 * PAGE)

interface World {
  readonly relay: RelayProcess
  readonly sink: TestSink
  /** Ends the relay, works on its database, and starts it again. */
  operate(work: (db: Database.Database, path: string) => void): Promise<void>
}

/** Alerts that wait for a destination that is away, each in a lane of its own; their text is their number from 0. */
async function waiting(): Promise<World> {
  const sink = await startSink()
  await sink.down()
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url, ...QUICK }] })
  for (let i = 0; i < ALERTS; i += 1) {
    await relay.alert({ resource: `r${i}`, text: `${i}`, rawData: i === UNREADABLE ? LONG : '' })
  }
  return {
    relay,
    sink,
    async operate(work) {
      await relay.kill()
      const path = join(relay.dir, 'relay.db')
      const db = new Database(path)
      db.pragma('wal_checkpoint(TRUNCATE)')
      db.pragma('ignore_check_constraints = true')
      work(db, path)
      db.close()
      await sink.up()
      await relay.restart()
    },
  }
}

/** The messages that are damaged, by number, with how. */
const UNREADABLE = 6
const CHANGES: readonly (readonly [number: number, change: string, why: RegExp])[] = [
  [1, 'DELETE FROM message', /its message is missing in the database/],
  [2, `UPDATE message SET kind = 'alept'`, /its kind is unknown/],
  [3, 'UPDATE message SET body = NULL', /its body is missing/],
  [4, `UPDATE message SET message_id = x'0102'`, /its message id is none/],
  [5, 'UPDATE message SET hops = char(10, 0, 300)', /its hops or sender are no text/],
]
const ALERTS = 9
const WELL = [0, 7, 8]

/** Breaks the chain of pages in which the long body of a message goes on: each begins with the number of the next. */
function breakBody(path: string): void {
  const file = openSync(path, 'r+')
  const page = Buffer.alloc(PAGE)
  let at = 0
  while (readSync(file, page, 0, PAGE, at) === PAGE && !page.subarray(4).equals(Buffer.alloc(PAGE - 4, 'z'))) at += PAGE
  writeSync(file, Buffer.from([0x7f, 0xff, 0xff, 0xff]), 0, 4, at)
  closeSync(file)
}

function breakRoot(db: Database.Database, path: string, table: string): void {
  const root = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table) as number
  db.close()
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.alloc(PAGE, 0xff), 0, PAGE, (root - 1) * PAGE)
  closeSync(file)
}

test('messages damaged in the journal: each is set aside as dead and told, the rest flows', async () => {
  const { relay, sink, operate } = await waiting()
  await operate((db, path) => {
    const seqs = db.prepare('SELECT seq FROM message ORDER BY seq').pluck().all() as number[]
    for (const [number, change] of CHANGES) db.prepare(`${change} WHERE seq = ?`).run(seqs[number])
    db.close()
    breakBody(path)
  })
  await relay.drained()
  expect(sink.got().toSorted()).toEqual(WELL.map((number) => `r${number} critical ${number}`))
  const reasons = [...CHANGES.map(([, , why]) => why), /its message cannot be read in the database/]
  expect(await relay.destination('mom1')).toMatchObject({ state: 'flowing', queued: 0, dead: reasons.length })
  expect((await relay.status()).counters['damaged.mom1']).toBe(reasons.length)
  const reports = () =>
    relay.log.filter(({ msg, level }) => msg === 'damage in the database, set aside' && level === 'error')
  const told = await waitFor('the reports', reports, (lines) => lines.length >= reasons.length)
  const letters = await deadLetters(relay)
  for (const why of reasons) {
    expect(told).toContainEqual(expect.objectContaining({ why: expect.stringMatching(why), destination: 'mom1' }))
  }
  for (const why of reasons.slice(1))
    expect(letters).toContainEqual(expect.objectContaining({ reason: expect.stringMatching(why) }))

  expect(await relay.alert({ text: 'after' })).toMatchObject({ status: 201 })
  await relay.drained()
  expect(await relay.stop(), 'set aside once and for all').toBe(0)
  await relay.restart()
  expect(await relay.destination('mom1')).toMatchObject({ state: 'flowing', queued: 0, dead: reasons.length })
})

const deadLetters = async (relay: RelayProcess) => {
  const answer = await fetch(`${relay.url}/management/dead/mom1`, { headers: { authorization: `Key ${KEY}` } })
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { dead: { reason: string }[] }).dead
}

test('a gate and the correlations of alerts that cannot be read: the queue flows, later alerts are accepted', async () => {
  const { relay, sink, operate } = await waiting()
  await operate((db) => {
    db.exec(`UPDATE destination SET gate = '{"state":"susp'`)
    db.exec(`UPDATE alert SET correlate = '["half'`)
  })
  expect(relay.log).toContainEqual(expect.objectContaining({ level: 'error', what: 'gate', destination: 'mom1' }))
  expect(await relay.alert({ resource: 'r0', text: 'again' })).toMatchObject({ status: 201 })
  expect(await relay.alert({ resource: 'r0', text: 'new', event: 'NodeUp' })).toMatchObject({ status: 201 })
  await relay.drained()
  expect(sink.got()).toHaveLength(ALERTS + 2)
})

test('a gate that cannot be read of a destination that an operator holds: it stays held', async () => {
  const { relay, operate } = await waiting()
  await operate((db) => {
    db.exec(`UPDATE destination SET gate = 'held'`)
    db.exec('INSERT INTO hold (destination, since) SELECT id, 1000 FROM destination')
  })
  expect(await relay.destination('mom1')).toMatchObject({ state: 'held', queued: ALERTS })
})

test('a table that no sender can do without is damaged: 503 and the reason in the log, and what is queued flows', async () => {
  const { relay, sink, operate } = await waiting()
  await operate((db, path) => breakRoot(db, path, 'seen'))
  const { pid } = relay
  for (let i = 0; i < 3; i += 1) {
    expect(await relay.alert({ text: 'x' })).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
  }
  await relay.drained()
  expect(sink.got()).toHaveLength(ALERTS)
  await waitFor('the reason in the log', relay.output, (log) => log.includes('database disk image is malformed'))
  expect(relay.pid).toBe(pid)
  expect(await relay.stop()).toBe(0)
})

test('a queue that cannot be read at all: the relay says so and what can be done, and does not start', async () => {
  const { operate } = await waiting()
  await expect(operate((db, path) => breakRoot(db, path, 'outbox'))).rejects.toThrow(
    /cannot open .*relay\.db: database disk image is malformed.*\n +hint: the file is damaged/,
  )
})
