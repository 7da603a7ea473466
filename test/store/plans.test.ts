import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createAlertIds } from '../../src/store/sqlite/index/alert-ids.js'
import { createAlertIndex } from '../../src/store/sqlite/index/alert-index.js'
import { createMarks } from '../../src/store/sqlite/index/marks.js'
import { openDatabase } from '../../src/store/sqlite/open.js'

let db: ReturnType<typeof openDatabase>
afterEach(() => {
  db.close()
})

test('a new event of a resource with thousands of events looks only at those that correlate with others', () => {
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
  createAlertIndex(watched, { ids: createAlertIds(db), marks: createMarks(db) })
  const correlated = prepared.filter((sql) => sql.includes('json_each(alert.correlate)'))
  expect(correlated).toHaveLength(1)
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${correlated[0]}`).all('r', 'e', '', 'new') as { detail: string }[]
  const lines = plan.map(({ detail }) => detail)
  expect(lines).toContain('SEARCH alert USING INDEX correlating_alert (resource=? AND environment=? AND customer=?)')
  expect(lines.join()).not.toContain('current_alert')
})
