import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { alertLane } from '../../src/model/order.js'
import { createDecide } from '../../src/routing/decide.js'
import { MIGRATIONS } from '../../src/store/sqlite/migrations/migrations.js'
import { openSqlite } from '../../src/store/sqlite/store.js'
import { route } from '../contract/bench.js'
import { alertDraft, changeDraft, fields } from '../support/drafts.js'
import { queueOf, rulesFor } from '../support/rules.js'

const PRUNED = 7

/** A database as the first relay left it: an alert, its ack and a heartbeat wait for mom1; earlier messages are pruned. */
function firstDatabase(path: string): void {
  const db = new Database(path)
  db.exec(MIGRATIONS[0] as string)
  db.pragma('user_version = 1')
  const lane = alertLane(fields(), 'resource')
  const body = JSON.stringify({ id: 'x', ...fields() })
  db.exec(`
    INSERT INTO destination (id, name, order_by, queued_rows, queued_bytes) VALUES (1, 'mom1', 'resource', 3, 1000);
    INSERT INTO alert (id, environment, resource, event, customer, lane_resource, lane_alert, first_id, updated_at,
        last_alert_id, last_digest, last_hops, last_at)
      VALUES (1, 'Production', 'web01', 'NodeDown', '', ${lane}, ${lane}, 'x', 1000, 'x', '', '', 1000);
    INSERT INTO alert_id (id, alert, seen_at) VALUES ('x', 1, 1000);
    INSERT INTO mark (alert, destination, state, sent) VALUES (1, 1, 'open', 1);
  `)
  const insert = db.prepare(
    `INSERT INTO message (message_id, kind, accepted_at, alert, alert_id, action, timeout, request_id, hops, sender,
       credential, body) VALUES (?, ?, ?, ?, ?, ?, ?, 'r', '', '192.0.2.1', 'key test', ?)`,
  )
  const write = (kind: string, alert: number | null, id: string, action: string | null, text: string | null) => {
    const timeout = kind === 'heartbeat' ? 60 : null
    const at = 1_000
    return insert.run(Buffer.alloc(16, kind), kind, at, alert, id, action, timeout, text && Buffer.from(text))
  }
  const queue = db.prepare('INSERT INTO outbox (destination, seq, lane) VALUES (1, ?, ?)')
  queue.run(write('alert', 1, 'x', null, body).lastInsertRowid, lane)
  queue.run(write('action', 1, 'x', 'ack', '{"action":"ack"}').lastInsertRowid, lane)
  queue.run(write('heartbeat', null, 'probe', null, '{"origin":"probe"}').lastInsertRowid, 5)
  for (let n = 0; n < PRUNED; n += 1) write('delete', 1, 'x', null, null)
  db.exec(`DELETE FROM message WHERE kind = 'delete'`)
  db.close()
}

const openAt = (path: string, onFill = (_: number) => {}) =>
  openSqlite({
    path,
    lockWaitMs: 100,
    clock: systemClock,
    owner: 'one',
    onFill,
    destinations: [queueOf(route('mom1'), { rows: 1_000, bytes: 1_000_000 })],
    decide: createDecide([route('mom1')]),
    rules: rulesFor([route('mom1')]),
  })

test('what waited in the database of an earlier relay is delivered, in order, and new kinds after it', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'relay-')), 'relay.db')
  firstDatabase(path)
  const store = await openAt(path)
  await store.append(changeDraft('x', { kind: 'tag', tags: ['new'] }))
  const got: { kind: string; ref: number; body: string }[] = []
  for (;;) {
    const { deliveries } = await store.claim('mom1', 10, 10_000)
    if (deliveries.length === 0) break
    for (const delivery of deliveries) {
      const { kind, body } = delivery.message
      got.push({ kind, ref: delivery.ref, body: String(body) })
      await store.settle(delivery, { to: 'delivered', status: 200, note: null }, 10_000)
    }
  }
  await store.close()
  expect(got.map(({ kind }) => kind).filter((kind) => kind !== 'heartbeat')).toEqual(['alert', 'action', 'tag'])
  expect(got.map(({ kind }) => kind)).toContain('heartbeat')
  expect(got.find(({ kind }) => kind === 'action')?.body).toBe('{"action":"ack"}')
  // numbers of pruned messages are not given again
  expect(got.find(({ kind }) => kind === 'tag')?.ref).toBe(3 + PRUNED + 1)
})

const REPEATS = 1_200

/** As the first relay left it: what was journalled of alerts by resource, of which only the messages here are left. */
function firstJournal(
  path: string,
  alerts: Readonly<Record<string, readonly (readonly [kind: string, id: string])[]>>,
) {
  const db = new Database(path)
  db.exec(MIGRATIONS[0] as string)
  db.pragma('user_version = 1')
  const alert = db.prepare(
    `INSERT INTO alert (environment, resource, event, customer, lane_resource, lane_alert, first_id, updated_at,
       deleted_at, last_alert_id, last_digest, last_hops, last_at)
     VALUES ('Production', ?, 'NodeDown', '', 1, 1, ?, 1000, ?, ?, '', '', 1000)`,
  )
  const known = db.prepare('INSERT INTO alert_id (id, alert, seen_at) VALUES (?, ?, 1000)')
  const message = db.prepare(
    `INSERT INTO message (message_id, kind, accepted_at, alert, alert_id, action, request_id, hops, sender, credential,
       body) VALUES (randomblob(16), ?, 1000, ?, ?, ?, 'r', '', '192.0.2.1', 'key test', ?)`,
  )
  db.transaction(() => {
    for (const [resource, messages] of Object.entries(alerts)) {
      const isGone = messages.some(([kind]) => kind === 'delete')
      const first = `first-${resource}`
      const { lastInsertRowid: number } = alert.run(resource, first, isGone ? 1000 : null, first)
      known.run(first, number)
      for (const [kind, id] of messages) {
        const [body, action] = {
          alert: [JSON.stringify({ id, ...fields({ resource, tags: [id] }) }), null],
          delete: [null, null],
        }[kind] ?? [JSON.stringify({ action: kind, text: '' }), kind]
        const isKind = kind === 'alert' || kind === 'delete'
        message.run(isKind ? kind : 'action', number, id, action, body && Buffer.from(body))
      }
    }
  })()
  db.close()
}

test('after an upgrade the alerts are there as they stood, under the ids they had', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'relay-')), 'relay.db')
  firstJournal(path, {
    open: [['alert', 'first-open']],
    acked: [
      ['alert', 'first-acked'],
      ['ack', 'first-acked'],
    ],
    deleted: [
      ['alert', 'first-deleted'],
      ['delete', 'first-deleted'],
    ],
    // what came before is pruned
    shortened: [
      ['close', 'first-shortened'],
      ['alert', 'later'],
    ],
    pruned: [],
    repeated: Array.from({ length: 1 + REPEATS }, (_, n) => ['alert', `repeat-${n % 5}`] as const),
  })
  const store = await openAt(path)
  const stateOf = async (resource: string) => {
    const current = await store.alerts.get(`first-${resource}`, [])
    return current === undefined || current === 'ambiguous' ? undefined : current.state
  }
  const statusOf = async (resource: string) => {
    const state = await stateOf(resource)
    return state && `${state.id} ${state.status}`
  }
  expect(await statusOf('open')).toBe('first-open open')
  expect(await statusOf('acked')).toBe('first-acked ack')
  expect(await statusOf('deleted')).toBeUndefined()
  expect(await statusOf('shortened')).toBe('first-shortened open')
  expect(await statusOf('pruned')).toBeUndefined()
  expect(await stateOf('repeated')).toMatchObject({ id: 'first-repeated', duplicateCount: REPEATS })
  expect((await stateOf('repeated'))?.tags).toHaveLength(5)
  expect(store.depth('mom1'), 'none of it is relayed').toBe(0)
  const repeat = await store.append(alertDraft({ resource: 'acked' }, { alertId: 'new' }))
  expect(repeat).toMatchObject({ current: { state: { id: 'first-acked', status: 'ack', duplicateCount: 1 } } })
  await store.close()
})

test('an alert that housekeeping took away after the upgrade does not come back with the next start', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'relay-')), 'relay.db')
  firstJournal(path, { info: [['alert', 'first-info']] })
  const told: number[] = []
  const tell = (alerts: number) => void told.push(alerts)
  await (await openAt(path, tell)).close()
  const db = new Database(path)
  expect(db.prepare('DELETE FROM ledger').run().changes).toBe(1)
  db.close()
  const store = await openAt(path, tell)
  expect(await store.alerts.get('first-info', [])).toBeUndefined()
  expect(told, 'told once').toEqual([1])
  await store.close()
})
