import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/base/clock.js'
import type { AlertFields } from '../../src/model/alert.js'
import { readQuery, readSort } from '../../src/reading/query.js'
import { createDecide } from '../../src/routing/decide.js'
import type { Store } from '../../src/store/contract.js'
import { openSqlite } from '../../src/store/sqlite/store.js'
import { alertDraft, fields } from '../support/drafts.js'
import { rulesFor } from '../support/rules.js'

/** An alert as it was posted, and what the relay makes of it. */
export interface Known extends AlertFields {
  readonly id: string
  /** the how manieth it is */
  readonly n: number
}

const of = <T>(list: readonly T[], n: number): T => list[n % list.length] as T

const RESOURCES = ['web1', 'web2.example.com', 'DB1', 'db-2', 'a"b', 'x']
const TEXTS = ['the disk is full', 'Disk', 'web web', '', 'a.b c (d)', 'full of "quotes"', 'back\\slash']
const ATTRIBUTES = [{ region: 'EU' }, { region: 'us-east', n: 5 }, {}, { flag: true, n: 51 }, { 'a b': null }]

/** All different, and each field with a rhythm of its own. */
export const ALERTS: readonly Known[] = Array.from({ length: 84 }, (_, n) => ({
  ...fields({
    resource: of(RESOURCES, n),
    event: `Event${Math.floor(n / RESOURCES.length)}`,
    environment: of(['Production', 'Development', ''], n >> 2),
    severity: of(['critical', 'major', 'warning', 'indeterminate'], n >> 1),
    service: of([['Web'], ['Web', 'Shop'], ['DB'], []], n),
    tags: of([['a'], ['b', 'disk full'], [], ['k=v']], n >> 1),
    group: of(['OS', 'Misc', 'Net'], n),
    value: of(['5', null, 'high', '50%'], n),
    text: of(TEXTS, n),
    attributes: of<Record<string, unknown>>(ATTRIBUTES, n),
    timeout: n % 6,
    customer: of([null, 'acme', 'bolt'], n),
  }),
  id: `id-of-${n}`,
  n,
}))

const START = Date.UTC(2026, 5, 1)

/** The numbers of the alerts that are asked for, in the order in which they come. */
export type Ask = (parameters: URLSearchParams) => Promise<readonly number[]>

/** A database with all of ALERTS. */
export async function openAlerts(): Promise<{ path: string; ask: Ask; store: Store; close(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'reading-'))
  const path = join(dir, 'relay.db')
  const store = await openSqlite({
    path,
    lockWaitMs: 0,
    clock: systemClock,
    owner: 'test',
    destinations: [],
    decide: createDecide([]),
    rules: rulesFor([]),
  })
  for (const { id, n, ...alert } of ALERTS) {
    await store.append(alertDraft(alert, { alertId: id, acceptedAt: START + n * 1_000 }))
  }
  return {
    path,
    store,
    async ask(parameters) {
      const paging = { offset: 0, limit: ALERTS.length, rawData: false, history: false }
      const page = await store.alerts.page({ ...readQuery(parameters, []), sort: readSort(parameters), ...paging })
      return page.map(({ state }) => Number(state.id.slice('id-of-'.length)))
    },
    async close() {
      await store.close()
      rmSync(dir, { recursive: true })
    },
  }
}
