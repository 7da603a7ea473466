import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { actionFields } from '../../src/ingress/action.js'
import { alertFields } from '../../src/ingress/alert.js'
import { parseObject } from '../../src/ingress/json-object.js'
import { createLedger } from '../../src/ledger/ledger.js'
import type { AlertState, HistoryEntry } from '../../src/model/ledger.js'
import type { Draft } from '../../src/model/message.js'
import { createDecide } from '../../src/routing/decide.js'
import type { Store } from '../../src/store/contract.js'
import { openSqlite } from '../../src/store/sqlite/store.js'
import { delivered, route } from '../contract/bench.js'
import { actionDraft, alertDraft, deleteDraft } from '../support/drafts.js'
import { ALERT_RULES, queueOf, rulesFor } from '../support/rules.js'
import { OPTIONS } from './recorded.js'

/** An alert as the ledger has it. */
interface Kept {
  readonly state: AlertState
  /** oldest first */
  readonly history: readonly HistoryEntry[]
}

const PEER = 'http://mom1'
const IDS = ['aaaaaaaa-1', 'aaaaaaaa-2', 'bbbbbbbb-1', 'cccccccc-1']

const alerts = fc.record({
  step: fc.constant('alert' as const),
  id: fc.constantFrom(...IDS, undefined),
  resource: fc.constantFrom('web', 'db'),
  event: fc.constantFrom('Down', 'Up'),
  correlate: fc.constantFrom([], ['Down', 'Up']),
  severity: fc.constantFrom('critical', 'critical', 'minor', 'normal'),
  status: fc.constantFrom('open', 'open', 'open', 'ack', 'closed', 'blackout'),
  value: fc.constantFrom(null, '1', '2'),
  tags: fc.subarray(['a', 'b', 'c']),
  attributes: fc.dictionary(fc.constantFrom('x', 'y'), fc.nat(3)),
  timeout: fc.constantFrom(0, 86_400),
})
const actions = fc.record({
  step: fc.constant('action' as const),
  // the beginning of several ids, too
  id: fc.constantFrom(...IDS, 'bbbbbbbb', 'aaaaaaaa', 'nobody'),
  action: fc.constantFrom('ack', 'unack', 'shelve', 'unshelve', 'close', 'open', 'assign', 'expired', 'createIssue'),
  text: fc.constantFrom('', 'seen'),
  timeout: fc.constantFrom(null, 60),
})
const deletes = fc.record({ step: fc.constant('delete' as const), id: fc.constantFrom(...IDS, 'nobody') })
const deliveries = fc.record({ step: fc.constant('deliver' as const) })

/** Also by the destination itself, so that changes cross and the relay sends states of its own. */
const steps = fc.array(
  fc.record({
    what: fc.oneof(
      { weight: 5, arbitrary: alerts },
      { weight: 3, arbitrary: actions },
      { weight: 1, arbitrary: deletes },
      { weight: 2, arbitrary: deliveries },
    ),
    via: fc.constantFrom(undefined, undefined, PEER),
    /** ms since the step before; clocks also go back */
    later: fc.constantFrom(0, 1, 1_000, -500),
  }),
  { minLength: 5, maxLength: 40, size: 'max' },
)

type Step = typeof steps extends fc.Arbitrary<(infer One)[]> ? One : never

function draftOf({ what, via }: Step, acceptedAt: number): Draft | undefined {
  const about = { acceptedAt, ...(via === undefined ? {} : { via }) }
  switch (what.step) {
    case 'alert': {
      const { step: _, id, ...fields } = what
      return alertDraft(fields, { ...about, ...(id === undefined ? {} : { alertId: id }) })
    }
    case 'action': {
      const { action, text, timeout } = what
      const body = Buffer.from(JSON.stringify({ action, text, timeout }))
      return { ...actionDraft(what.id, action, { ...about, body }), text, timeout } as Draft
    }
    case 'delete':
      return deleteDraft(what.id, about)
    case 'deliver':
      return undefined
  }
}

async function deliver(store: Store, now: number): Promise<void> {
  const { deliveries } = await store.claim('mom1', 1, now)
  for (const delivery of deliveries) await store.settle(delivery, delivered, now)
}

/** What is in the tables `ledger` and `history`, by alert. */
function keptIn(db: Database.Database): ReadonlyMap<number, Kept> {
  const rows = db.prepare<[], { alert: number; severity: string; status: string; state: string }>(
    'SELECT alert, severity, status, state FROM ledger ORDER BY alert',
  )
  const history = db.prepare<[number], string>('SELECT entry FROM history WHERE alert = ? ORDER BY n').pluck()
  return new Map(
    rows.all().map(({ alert, severity, status, state }) => {
      const kept = JSON.parse(state) as AlertState
      expect([severity, status], 'the columns say what the state says').toEqual([kept.severity, kept.status])
      return [alert, { state: kept, history: history.all(alert).map((entry) => JSON.parse(entry) as HistoryEntry) }]
    }),
  )
}

interface Row {
  readonly kind: 'alert' | 'action' | 'delete'
  readonly alert: number
  readonly alert_id: string
  readonly accepted_at: number
  readonly credential: string
  readonly body: Buffer | null
}

type Applicable = Extract<Draft, { kind: 'alert' | 'action' }>

/** What the rows of the journal, in their order, make of an empty ledger. */
function replay(db: Database.Database): ReadonlyMap<number, Kept> {
  const ledger = createLedger(OPTIONS)
  const kept = new Map<number, Kept>()
  const known = new Set<string>()
  const early = new Map<string, Applicable[]>()
  const apply = (alert: number, draft: Applicable): void => {
    const before = kept.get(alert)
    const { state, entry } =
      draft.kind === 'alert' ? ledger.apply(draft, before?.state) : ledger.apply(draft, before?.state as AlertState)
    kept.set(alert, { state, history: [...(before?.history ?? []), ...(entry === undefined ? [] : [entry])] })
  }
  // what the relay sends by itself tells a destination the state, and is no news
  const rows = db.prepare<[], Row>("SELECT * FROM message WHERE credential <> 'relay' ORDER BY seq")
  for (const row of rows.all()) {
    const draft = draftFrom(row)
    if (draft === undefined) continue
    // an action under an id that nobody knows counts from the reception on that brings the id
    const id = `${row.alert} ${draft.alertId}`
    if (draft.kind === 'action' && !known.has(id)) {
      early.set(id, [...(early.get(id) ?? []), draft])
      continue
    }
    apply(row.alert, draft)
    known.add(id)
    for (const action of early.get(id) ?? []) apply(row.alert, action)
    early.delete(id)
  }
  return new Map([...kept].toSorted(([a], [b]) => a - b))
}

/** The message as ingress read it from the same bytes; undefined: a delete, which leaves the state as it was. */
function draftFrom(row: Row): Applicable | undefined {
  const parsed = parseObject(row.body ?? Buffer.alloc(0))
  if (row.kind === 'delete' || !parsed.ok) return undefined
  const about = { acceptedAt: row.accepted_at, credential: row.credential }
  if (row.kind === 'action') {
    const action = { ...actionDraft(row.alert_id, ''), ...actionFields(parsed.value), ...about }
    return action as Extract<Draft, { kind: 'action' }>
  }
  const { createTime } = JSON.parse(String(row.body)) as { createTime: string }
  const alert = alertFields(parsed.value, { createTime, customer: null }, ALERT_RULES)
  return { ...alertDraft(alert, { alertId: row.alert_id }), ...about } as Extract<Draft, { kind: 'alert' }>
}

test('the journal, read again from its beginning, makes the same ledger', async () => {
  let changes = 0
  let own = 0
  await fc.assert(
    fc.asyncProperty(steps, async (given) => {
      const dir = mkdtempSync(join(tmpdir(), 'replay-'))
      const path = join(dir, 'relay.db')
      const routes = [route('mom1'), route('mom2')]
      const store = await openSqlite({
        ...{ path, lockWaitMs: 0, clock: systemClock, owner: 'test' },
        destinations: routes.map((one) => queueOf(one, { rows: 1_000, bytes: 1_000_000 }, { fold: true })),
        decide: createDecide(routes),
        rules: rulesFor(routes),
      })
      let now = 1_000_000
      for (const step of given) {
        now += step.later
        const draft = draftOf(step, now)
        await (draft === undefined ? deliver(store, now) : store.append(draft))
      }
      await store.close()

      const db = new Database(path, { readonly: true })
      const kept = keptIn(db)
      changes += [...kept.values()].reduce((sum, { history }) => sum + history.length, 0)
      own += db.prepare("SELECT count(*) FROM message WHERE credential = 'relay'").pluck().get() as number
      const again = replay(db)
      db.close()
      rmSync(dir, { recursive: true })
      expect([...again]).toEqual([...kept])
    }),
    { numRuns: 80 },
  )
  expect(changes, 'there was something to replay').toBeGreaterThan(200)
  expect(own, 'the relay sent states of its own').toBeGreaterThan(5)
}, 120_000)
