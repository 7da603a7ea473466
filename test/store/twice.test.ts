import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import type { Delivery } from '../../src/model/delivery.js'
import { createDecide } from '../../src/routing/decide.js'
import type { Store } from '../../src/store/contract.js'
import { openSqlite } from '../../src/store/sqlite/store.js'
import { delivered, retryAt, route } from '../contract/bench.js'
import { actionDraft, alertDraft, deleteDraft, heartbeatDraft } from '../support/drafts.js'
import { queueOf, rulesFor } from '../support/rules.js'
import { PATIENCE_MS, runs } from '../support/search.js'

/** Where one unit of a transaction fails, all the others run a second time: nobody may notice. */

const does = <What extends string>(what: What) => fc.constant(what)
const few = (max: number) => fc.nat({ max })
const destination = fc.constantFrom('mom1', 'mom2')
const via = fc.option(fc.constantFrom('http://mom1', 'http://mom2'), { nil: undefined, freq: 3 })
const severity = fc.constantFrom('critical', 'major', 'normal')
const unit = fc.oneof(
  { weight: 8, arbitrary: fc.record({ does: does('alert'), of: few(4), id: few(8), severity, via }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: does('action'), id: few(8), action: fc.constantFrom('ack', 'close'), via }),
  },
  { weight: 1, arbitrary: fc.record({ does: does('delete'), id: few(8), via }) },
  { weight: 1, arbitrary: fc.record({ does: does('heartbeat'), of: few(4) }) },
  { weight: 5, arbitrary: fc.record({ does: does('claim'), destination }) },
  { weight: 5, arbitrary: fc.record({ does: does('settle'), how: few(3) }) },
  { weight: 1, arbitrary: fc.record({ does: does('expire'), destination }) },
  { weight: 1, arbitrary: fc.record({ does: does('prune') }) },
  { weight: 1, arbitrary: fc.record({ does: does('tidy') }) },
)
type Unit = typeof unit extends fc.Arbitrary<infer One> ? One : never
const history = fc.array(fc.array(unit, { minLength: 1, maxLength: 8, size: 'max' }), { maxLength: 30, size: 'max' })

const ROUTES = [route('mom1'), route('mom2', { orderBy: 'alert' })]
const SMALL = { pageRows: 8, rowsPerTake: 16, parkedPerLane: 3, parked: 20, lanes: 10, refillSpan: 8, fresh: 5 }
const idOf = (n: number) => `id-${n}-abcdefgh`

const openAt = (path: string): Promise<Store> =>
  openSqlite({
    path,
    lockWaitMs: 100,
    clock: systemClock,
    owner: 'one',
    destinations: ROUTES.map((one) => queueOf(one, { rows: 30, bytes: 1_000_000 }, { fold: true, overflow: 'resync' })),
    decide: createDecide(ROUTES),
    rules: rulesFor(ROUTES),
    windowLimits: SMALL,
  })

/** All that is on the disk but ids and times of the day. */
function onDisk(path: string): unknown {
  const db = new Database(path, { readonly: true })
  const rows = (sql: string) => db.prepare(sql).all()
  const found = {
    messages: rows('SELECT seq, kind, alert, alert_id, accepted_at, repeats, skipped FROM message ORDER BY seq'),
    outbox: rows('SELECT destination, seq, lane FROM outbox ORDER BY 1, 2'),
    sending: rows('SELECT destination, lane, seq, attempt FROM sending ORDER BY 1, 2'),
    retries: rows('SELECT destination, seq, attempts, not_before FROM retry ORDER BY 1, 2'),
    settled: rows('SELECT destination, seq, state, attempts FROM settled ORDER BY 1, 2'),
    queues: rows('SELECT id, queued_rows, queued_bytes, overflowed_at FROM destination ORDER BY id'),
    alerts: rows('SELECT id, resource, first_id, deleted_at, updated_at FROM alert ORDER BY id'),
    ids: rows('SELECT id, alert, source, n, seen_at FROM alert_id ORDER BY id'),
    ledger: rows('SELECT alert, severity, status, changed_seq FROM ledger ORDER BY 1'),
    marks: rows('SELECT * FROM mark ORDER BY 1, 2'),
    listed: rows('SELECT alert, severity, status, duplicates FROM listed ORDER BY 1'),
  }
  db.close()
  return found
}

/** Plays it, with a unit that fails in each transaction or without; what is on the disk after each, and what went out. */
async function play(steps: readonly (readonly Unit[])[], isFailing: boolean): Promise<unknown> {
  const dir = mkdtempSync(join(tmpdir(), 'twice-'))
  const path = join(dir, 'relay.db')
  const store = await openAt(path)
  const inFlight: Delivery[] = []
  const wentOut: string[] = []
  const after: unknown[] = []
  let now = 10_000

  async function claim(name: string): Promise<void> {
    for (const delivery of (await store.claim(name, 3, now)).deliveries) {
      inFlight.push(delivery)
      wentOut.push(`${name} ${delivery.ref}`)
    }
  }
  const settle = (delivery: Delivery, how: number) => {
    const alias = { ...delivered, alias: `theirs-${delivery.ref % 5}` }
    const dead = { to: 'dead', status: 400, note: 'bad' } as const
    return store.settle(delivery, [delivered, alias, dead, retryAt(now + 700)][how] ?? delivered, now)
  }
  const run = (one: Unit): Promise<unknown> => {
    const told = { acceptedAt: now, ...('via' in one && one.via !== undefined ? { via: one.via } : {}) }
    const old = { now, maxAgeMs: 8_000, settledMs: 5_000, deadMs: 5_000, seenMs: 5_000, alertMs: 20_000, auditMs: 0 }
    const over = { after: 0, looked: 100, expiredMs: 5_000, infoMs: 0, infoSeverity: 'informational' }
    switch (one.does) {
      case 'alert': {
        const alert = { resource: `r${one.of}`, severity: one.severity, value: idOf(one.id) }
        return store.append(alertDraft(alert, { alertId: idOf(one.id), ...told }))
      }
      case 'action':
        return store.append(actionDraft(idOf(one.id), one.action, told))
      case 'delete':
        return store.append(deleteDraft(idOf(one.id), told))
      case 'heartbeat':
        return store.append(heartbeatDraft(`o${one.of}`, told))
      case 'claim':
        return claim(one.destination)
      case 'settle': {
        const delivery = inFlight.shift()
        return delivery === undefined ? Promise.resolve() : settle(delivery, one.how)
      }
      case 'expire':
        return store.expire(one.destination, { ...old, limit: 5 })
      case 'prune':
        return store.prune({ ...old, limit: 7 })
      case 'tidy':
        return store.tidy({ ...over, now, limit: 10 })
    }
  }

  for (const units of steps) {
    now += 500
    const running = units.map(run)
    // the last, so that all the others have been done once
    const failing = isFailing ? store.moves.discard('nobody', NOTHING, 'for the test') : Promise.reject(new Error())
    await Promise.all([...running, expect(failing).rejects.toThrow()])
    after.push(onDisk(path))
    expect(ROUTES.map(({ name }) => store.depth(name))).toEqual(depths(path))
  }
  await store.close()
  rmSync(dir, { recursive: true })
  return { after, wentOut }
}

const NOTHING = { dryRun: false, now: 0, selection: { lane: null, alert: null, before: null }, after: 0 } as never

function depths(path: string): readonly unknown[] {
  const db = new Database(path, { readonly: true })
  const found = db
    .prepare('SELECT (SELECT count(*) FROM outbox WHERE destination = destination.id) FROM destination ORDER BY name')
    .pluck()
    .all()
  db.close()
  return found
}

test(
  'a unit of work that fails in each transaction changes nothing for the others',
  async () => {
    const property = fc.asyncProperty(history, async (steps) => {
      expect(await play(steps, true)).toEqual(await play(steps, false))
    })
    await fc.assert(property, { numRuns: runs(12) })
  },
  PATIENCE_MS,
)
