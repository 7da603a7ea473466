import type Database from 'better-sqlite3'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ALERTA_SEVERITIES } from '../../src/model/alert.js'
import { severityGroups } from '../../src/model/alert-query.js'
import { readQuery, readSort } from '../../src/reading/query.js'
import { type AlertReads, QueryTooMuch } from '../../src/store/alert-reads.js'
import { createAlertIds } from '../../src/store/sqlite/index/alert-ids.js'
import { openDatabase } from '../../src/store/sqlite/open.js'
import { createAlertReads } from '../../src/store/sqlite/reads/alert-reads.js'
import { openAlerts } from './alerts.js'

let filled: Awaited<ReturnType<typeof openAlerts>>
let db: Database.Database
let reads: AlertReads
/** How SQLite goes about every statement that was run, a line each. */
let plans: string[]
let now: () => number

beforeAll(async () => {
  filled = await openAlerts()
})
afterAll(() => filled.close())

beforeEach(() => {
  db = openDatabase(filled.path)
  plans = []
  now = () => 0
  const watched = new Proxy(db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      if (name !== 'prepare') return value.bind(target)
      return (sql: string) => {
        const statement = target.prepare(sql)
        const all = statement.all.bind(statement)
        statement.all = (...values: unknown[]) => {
          const rows = target.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[]
          plans.push(...rows.map(({ detail }) => detail))
          return all(...values)
        }
        return statement
      }
    },
  })
  reads = createAlertReads({
    db: watched,
    alertIds: createAlertIds(watched),
    ledger: { current: () => undefined },
    notes: { of: () => [] },
    severities: severityGroups(ALERTA_SEVERITIES),
    monotonic: () => now(),
  })
})
afterEach(() => {
  db.close()
})

async function planned(asked: string, customers: readonly string[] = []): Promise<readonly string[]> {
  const parameters = new URLSearchParams(asked)
  const query = readQuery(parameters, customers)
  const paging = { offset: 0, limit: 50, rawData: false, history: false }
  await reads.counts(query)
  await reads.page({ ...query, sort: readSort(parameters), ...paging })
  expect(plans.length).toBeGreaterThan(1)
  return plans
}

const UI = 'sort-by=severity&sort-by=lastReceiveTime&page-size=20'
const PEER = 'sort-by=environment&sort-by=resource&sort-by=event&sort-by=customer&page-size=500'

describe('what is asked most often is read through an index, in its order where there are many', () => {
  test.each([
    ['the list as it opens', '', 'listed_by_severity'],
    ['the web UI every five seconds', `status=open&status=ack&${UI}`, 'listed_by_severity'],
    ['the web UI in one environment', `status=open&environment=Production&${UI}`, 'listed_by_severity'],
    ['a search', `q=severity:major&${UI}`, 'listed_by_severity'],
    ['a peer that reads all', PEER, 'listed_by_key'],
  ])('%s', async (_, asked, index) => {
    const lines = await planned(asked)
    expect(lines.filter((line) => line.includes(index)).length).toBeGreaterThan(0)
    expect(lines.filter((line) => /^SCAN listed(?! USING)/.test(line))).toEqual([])
    expect(lines.filter((line) => line === 'USE TEMP B-TREE FOR ORDER BY')).toEqual([])
  })

  test.each([
    ['one resource', 'resource=web1', /SEARCH listed USING INDEX listed_by_(resource|key)/],
    ['one service', 'service=Web', /SEARCH listed_service USING PRIMARY KEY/],
    ['one event', 'event=Event1', /SEARCH listed USING INDEX listed_by_event/],
    ['one alert', 'id=id-of-12', /SEARCH alert_id USING PRIMARY KEY/],
  ])('%s', async (_, asked, used) => {
    const lines = await planned(`${asked}&sort-by=resource`)
    expect(lines.filter((line) => used.test(line)).length).toBeGreaterThan(0)
    expect(lines.filter((line) => /^SCAN listed\b/.test(line))).toEqual([])
  })

  test('the newest history of all is read in its order', async () => {
    await reads.history(readQuery(new URLSearchParams(), []), { offset: 0, limit: 50 })
    expect(plans.filter((line) => line.includes('history USING INDEX history_by_time'))).toHaveLength(1)
    expect(plans.filter((line) => line.includes('TEMP B-TREE'))).toEqual([])
  })

  test('whoever is bound to a customer does not wait for those of others', async () => {
    expect((await planned('sort-by=resource', ['acme'])).join()).toContain('listed_by_customer')
  })
})

describe('nobody waits for long: a look that takes more than a second ends', () => {
  test.each([
    ['a text anywhere', 'q=nothing'],
    ['a pattern', 'resource=~x.*y.*z'],
    ['an attribute', 'attributes.none=1'],
  ])('%s', async (_, asked) => {
    let looked = 0
    now = () => 20 * looked++
    await expect(reads.counts(readQuery(new URLSearchParams(asked), []))).rejects.toThrow(QueryTooMuch)
    expect(looked).toBeLessThan(60)
  })

  test('a history of which nothing is found', async () => {
    let looked = 0
    now = () => 20 * looked++
    const history = reads.history(readQuery(new URLSearchParams('environment=None'), []), { offset: 0, limit: 50 })
    await expect(history).rejects.toThrow(QueryTooMuch)
  })

  test('tags, tops', async () => {
    let looked = 0
    now = () => 20 * looked++
    const every = readQuery(new URLSearchParams(), [])
    await expect(reads.tags(every)).rejects.toThrow(QueryTooMuch)
    looked = 0
    await expect(reads.top(every, 'flapping', 'event', 10)).rejects.toThrow(QueryTooMuch)
  })
})
