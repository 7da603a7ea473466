import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createAlertIds } from '../../src/store/sqlite/index/alert-ids.js'
import { createAlertIndex } from '../../src/store/sqlite/index/alert-index.js'
import { createMarks } from '../../src/store/sqlite/index/marks.js'
import { createIsOverruled } from '../../src/store/sqlite/index/overruled.js'
import { openDatabase } from '../../src/store/sqlite/open.js'
import { createQueues } from '../../src/store/sqlite/outbox/queues.js'
import { createStories } from '../../src/store/sqlite/reads/stories.js'

let db: ReturnType<typeof openDatabase>
afterEach(() => {
  db.close()
})

/** The database, and the statements that are prepared with it. */
function opened(): { watched: typeof db; prepared: string[] } {
  db = openDatabase(join(mkdtempSync(join(tmpdir(), 'relay-')), 'relay.db'))
  const prepared: string[] = []
  const watched = new Proxy(db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...values: unknown[]) => {
        if (name === 'prepare') prepared.push(String(values[0]))
        return value.apply(target, values)
      }
    },
  })
  return { watched, prepared }
}

test('a new event of a resource with thousands of events looks only at those that correlate with others', () => {
  const { watched, prepared } = opened()
  createAlertIndex(watched, { ids: createAlertIds(db), marks: createMarks(db) })
  const correlated = prepared.filter((sql) => sql.includes('json_each(alert.correlate)'))
  expect(correlated).toHaveLength(1)
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${correlated[0]}`).all('r', 'e', '', 'new') as { detail: string }[]
  const lines = plan.map(({ detail }) => detail)
  expect(lines).toContain('SEARCH alert USING INDEX correlating_alert (resource=? AND environment=? AND customer=?)')
  expect(lines.join()).not.toContain('current_alert')
})

test('a repeat from a server for which 200,000 wait looks only at the messages of its alert', () => {
  const { watched, prepared } = opened()
  createIsOverruled(watched)
  const [sql] = prepared
  const values = { alert: 1, destination: 1, changedSeq: 1 }
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(values) as { detail: string }[]
  expect(plan.map(({ detail }) => detail)).toEqual([
    'SEARCH message USING INDEX message_by_alert (alert=? AND seq>? AND seq<?)',
    'SCALAR SUBQUERY 1',
    'SEARCH outbox USING PRIMARY KEY (destination=?)',
    'SEARCH outbox USING PRIMARY KEY (destination=? AND seq=?)',
  ])
})

test('what is asked about messages searches by an index, whatever the filter, and never a whole table', () => {
  const { watched, prepared } = opened()
  const deps = { db: watched, queues: createQueues(db, []), alertIds: createAlertIds(db), monotonic: () => 0 }
  createStories({ ...deps, ledger: {} as never })
  expect(prepared.length).toBeGreaterThan(15)
  const plans = prepared.map((sql) => ({
    sql,
    plan: db.prepare(`EXPLAIN QUERY PLAN ${sql.replace(/\?|:[a-z]+\b/gi, '1')}`).all() as { detail: string }[],
  }))
  const scans = plans.flatMap(({ sql, plan }) =>
    plan.flatMap(({ detail }) =>
      /^SCAN (?!destination|json_each|CONSTANT)/.test(detail) ? [`${detail}: ${sql}`] : [],
    ),
  )
  // the ends of the journal, which are found at once
  expect(scans.filter((one) => !/coalesce\((min|max)\(seq\), 0\)/.test(one))).toEqual([])
  const used = plans.flatMap(({ plan }) => plan.map(({ detail }) => detail)).join('\n')
  for (const index of [
    'settled_otherwise',
    'dead_letter',
    'message_by_alert',
    'message_by_id',
    'message_by_replayed',
  ]) {
    expect(used).toContain(`INDEX ${index} `)
  }
  for (const index of ['current_alert', 'gone_alert', 'alert_id_by_source']) expect(used).toContain(`INDEX ${index} `)
})
