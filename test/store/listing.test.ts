import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import type { Draft } from '../../src/model/message.js'
import { createDecide } from '../../src/routing/decide.js'
import type { Store } from '../../src/store/contract.js'
import { LISTED_COLUMNS } from '../../src/store/sqlite/migrations/listed.js'
import { openSqlite } from '../../src/store/sqlite/store.js'
import { route } from '../contract/bench.js'
import { actionDraft, alertDraft, changeDraft, deleteDraft } from '../support/drafts.js'
import { queueOf, rulesFor } from '../support/rules.js'

const HOUR = 3_600_000
const severity = fc.constantFrom('critical', 'minor', 'normal', 'informational')
const reception = fc.record({
  resource: fc.constantFrom('r1', 'r2'),
  event: fc.constantFrom('Down', 'Up'),
  severity,
  correlate: fc.constantFrom<string[]>([], ['Down', 'Up']),
  group: fc.constantFrom('Misc', 'OS'),
  service: fc.constantFrom<string[]>([], ['Web'], ['Web', 'Web', 'Db']),
  createTime: fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-02-01T12:00:00.250Z'),
  timeout: fc.constantFrom(0, 60, 86_400),
})
const action = fc.constantFrom('ack', 'unack', 'shelve', 'close', 'open')
const step = fc.oneof(
  { weight: 5, arbitrary: reception.map((alert) => ({ kind: 'alert' as const, alert })) },
  fc.record({ kind: fc.constant('action' as const), action, of: fc.nat(3) }),
  fc.record({ kind: fc.constant('status' as const), status: fc.constantFrom('open', 'ack', 'closed'), of: fc.nat(3) }),
  fc.record({ kind: fc.constant('delete' as const), of: fc.nat(3) }),
  fc.record({ kind: fc.constant('tidy' as const), hours: fc.nat(20) }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** What the lists should have, taken from the ledger itself. */
function listsOf(path: string) {
  const db = new Database(path, { readonly: true })
  const held = `iif(ledger.status IN ('ack', 'shelved'), ledger.state ->> '$.statusUntil', 0)`
  const current = 'FROM ledger JOIN alert ON alert.id = ledger.alert WHERE deleted_at IS NULL AND cleared_at IS NULL'
  const rows = (sql: string) => db.prepare(sql).raw().all()
  try {
    return {
      listed: rows('SELECT * FROM listed ORDER BY alert'),
      shouldBeListed: rows(
        `SELECT ${LISTED_COLUMNS('ledger')}, ledger.state ->> '$.timeout', ${held} ${current} ORDER BY ledger.alert`,
      ),
      served: rows('SELECT alert, service FROM listed_service ORDER BY alert, service'),
      shouldBeServed: rows(
        `SELECT DISTINCT ledger.alert, value FROM (SELECT ledger.* ${current}) AS ledger,
           json_each(ledger.state, '$.service') ORDER BY ledger.alert, value`,
      ),
    }
  } finally {
    db.close()
  }
}

async function play(store: Store, steps: readonly Step[]): Promise<void> {
  const ids: string[] = []
  let now = 1_000
  for (const step of steps) {
    now += 30_000
    if (step.kind === 'tidy') {
      now += step.hours * HOUR
      await store.tidy({
        ...{ now, expiredMs: 2 * HOUR, infoMs: 12 * HOUR, infoSeverity: 'informational' },
        ...{ after: 0, looked: 1_000, limit: 100 },
      })
      continue
    }
    const draft = draftOf(step, ids, now)
    if (draft === undefined) continue
    const appended = await store.append(draft)
    if (appended.kind === 'accepted' && appended.current !== undefined) ids.push(appended.current.state.id)
  }
}

function draftOf(step: Exclude<Step, { kind: 'tidy' }>, ids: readonly string[], acceptedAt: number): Draft | undefined {
  if (step.kind === 'alert') return alertDraft(step.alert, { acceptedAt })
  const id = ids[ids.length - 1 - step.of]
  if (id === undefined) return undefined
  if (step.kind === 'action') return actionDraft(id, step.action, { acceptedAt })
  if (step.kind === 'delete') return deleteDraft(id, { acceptedAt })
  return changeDraft(id, { kind: 'status', status: step.status, text: '' }, { acceptedAt })
}

test('whatever happens to alerts, the lists have them as the ledger does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30, size: 'max' }), async (steps) => {
      const folder = mkdtempSync(join(tmpdir(), 'relay-'))
      const path = join(folder, 'relay.db')
      const store = await openSqlite({
        ...{ path, lockWaitMs: 100, clock: systemClock, owner: 'one' },
        destinations: [queueOf(route('mom1'), { rows: 1_000, bytes: 1_000_000 })],
        decide: createDecide([route('mom1')]),
        rules: rulesFor([route('mom1')]),
      })
      await play(store, steps)
      const { listed, shouldBeListed, served, shouldBeServed } = listsOf(path)
      await store.close()
      rmSync(folder, { recursive: true })
      expect(listed).toEqual(shouldBeListed)
      expect(served).toEqual(shouldBeServed)
    }),
    { numRuns: 60 },
  )
})
