import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import {
  DELIVERY_STATES,
  type Delivery,
  NO_PROGRESS,
  SETTLED_STATES,
  type Settlement,
} from '../../src/model/delivery.js'
import type { Draft } from '../../src/model/message.js'
import { createDecide } from '../../src/routing/decide.js'
import type { Store } from '../../src/store/contract.js'
import { ALL_QUEUED } from '../../src/store/moves.js'
import { openDatabase } from '../../src/store/sqlite/open.js'
import { openSqlite } from '../../src/store/sqlite/store.js'
import { route } from '../contract/bench.js'
import { alertDraft, heartbeatDraft } from '../support/drafts.js'
import { queueOf, rulesFor } from '../support/rules.js'
import { blocks, page, section, table } from './pages.js'

const LIFE = section(page('architecture.md'), 'The life of a delivery')
const [diagram = ''] = blocks(LIFE, 'mermaid')
const START = '[*]'

const transitions = [...diagram.matchAll(/^ {2}(\S+) --> (\S+?)(?::|$)/gm)].map(([, from, to]) => `${from} -> ${to}`)
const rows = table(LIFE, 'state', 'table').map(([state = '', tables = '', endedBy = '']) => ({
  state,
  tables,
  endedBy,
}))

function schema(): { settledStates: string[]; tables: string[] } {
  const dir = mkdtempSync(join(tmpdir(), 'architecture-'))
  const path = join(dir, 'relay.db')
  openDatabase(path).close()
  const db = new Database(path, { readonly: true })
  const tables = db.prepare<[], { name: string; sql: string }>(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'table'",
  )
  const found = tables.all()
  db.close()
  rmSync(dir, { recursive: true })
  const settled = found.find(({ name }) => name === 'settled')?.sql ?? ''
  const [, states = ''] = /\bstate TEXT NOT NULL CHECK \(state IN \(([^)]*)\)/.exec(settled) ?? []
  return {
    settledStates: [...states.matchAll(/'(\w+)'/g)].map(([, state]) => state as string),
    tables: found.map(({ name }) => name),
  }
}

test('every line of the diagram is understood here', () => {
  const lines = diagram.trim().split('\n').slice(1)
  expect(transitions).toHaveLength(lines.length)
})

test('the states of the diagram, of the table and of the code are the same', () => {
  const inDiagram = new Set(transitions.flatMap((one) => one.split(' -> ')).filter((state) => state !== START))
  expect([...inDiagram].toSorted()).toEqual(DELIVERY_STATES.toSorted())
  expect(rows.map(({ state }) => state).toSorted()).toEqual(DELIVERY_STATES.toSorted())
})

test('the states that the database knows as ends are those of the code, and stand in the table as such', () => {
  const { settledStates, tables } = schema()
  expect(settledStates.toSorted()).toEqual(SETTLED_STATES.toSorted())
  const ends = rows.filter((row) => /^settled$/.test(row.tables.replaceAll('`', '')))
  expect(ends.map(({ state }) => state).toSorted()).toEqual(SETTLED_STATES.toSorted())
  for (const row of rows) {
    const named = row.tables.match(/\w+(?=`|$)/g) ?? []
    expect(tables, row.state).toEqual(expect.arrayContaining(named.filter((name) => /^[a-z]+$/.test(name))))
  }
})

test('nothing leaves an end, and every end says what leads there', () => {
  const ends: readonly string[] = SETTLED_STATES
  expect(transitions.filter((one) => ends.includes(one.split(' -> ')[0] as string))).toEqual([])
  for (const row of rows.filter(({ state }) => ends.includes(state))) expect(row.endedBy, row.state).not.toBe('')
})

const NOW = 10_000
const END = { status: null, note: 'a reason' } as const
const claimed = async (store: Store): Promise<Delivery> => {
  const [delivery] = (await store.claim('mom1', 1, NOW)).deliveries
  if (delivery === undefined) throw new Error('there was nothing to claim')
  return delivery
}
const settle = (settlement: Settlement) => async (store: Store) =>
  void (await store.settle(await claimed(store), settlement, NOW))

/** What the store is asked, after the message was appended, for each transition of the diagram. */
const HOW: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  '[*] -> queued': async () => {},
  'queued -> sending': claimed,
  'sending -> queued': settle({ to: 'queued', notBefore: 0, spent: true, progress: NO_PROGRESS, ...END }),
  'sending -> delivered': settle({ to: 'delivered', ...END }),
  'sending -> suppressed': settle({ to: 'suppressed', ...END }),
  'sending -> superseded': settle({ to: 'superseded', ...END }),
  'sending -> dead': settle({ to: 'dead', ...END }),
  'queued -> superseded': (store) => store.append(heartbeatDraft('probe1')),
  'queued -> folded': async (store) => {
    for (let i = 0; i < 2; i += 1) await store.append(alertDraft())
    await settle({ to: 'delivered', ...END })(store)
    await claimed(store)
  },
  'queued -> dead': (store) => store.expire('mom1', { now: NOW, maxAgeMs: 1, limit: 10 }),
  'queued -> discarded': (store) =>
    store.moves.discard('mom1', { selection: ALL_QUEUED, after: 0, dryRun: false, now: NOW }, 'no longer wanted'),
}

/** The delivery that a transition is about, by the number of its message: the first of a run is never folded. */
const whichOf = (transition: string): number => (transition === 'queued -> folded' ? 2 : 1)

test('the transitions of the diagram are those that the store can make', () => {
  expect(transitions.toSorted()).toEqual(Object.keys(HOW).toSorted())
})

test.each(Object.entries(HOW))(
  '%s: the delivery then stands in the table that the page names',
  async (transition, act) => {
    const dir = mkdtempSync(join(tmpdir(), 'architecture-'))
    const path = join(dir, 'relay.db')
    const store = await openSqlite({
      path,
      lockWaitMs: 0,
      clock: systemClock,
      owner: 'test',
      destinations: [queueOf(route('mom1'), { rows: 10, bytes: 10_000 }, { fold: true })],
      decide: createDecide([route('mom1')]),
      rules: rulesFor([route('mom1')]),
    })
    const draft: Draft = transition === 'queued -> superseded' ? heartbeatDraft('probe1') : alertDraft()
    await store.append(draft)
    await act(store)
    expect(stateIn(path, whichOf(transition))).toBe(transition.split(' -> ')[1])
    await store.close()
    rmSync(dir, { recursive: true })
  },
)

/** The state of a message's delivery: the table in which it stands. */
function stateIn(path: string, seq: number): unknown {
  const db = new Database(path, { readonly: true })
  const inTable = (table: string) => db.prepare(`SELECT 1 FROM ${table} WHERE seq = ?`).get(seq) !== undefined
  const settled = db.prepare('SELECT state FROM settled WHERE seq = ?').pluck().get(seq)
  const queued = inTable('sending') ? 'sending' : 'queued'
  const state = inTable('outbox') ? queued : settled
  db.close()
  return state
}
