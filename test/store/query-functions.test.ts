import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { addQueryFunctions } from '../../src/store/sqlite/reads/query-functions.js'

const MANY =
  'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT count(*) FROM n WHERE'

test.each([
  `${MANY} matches(i, 'x')`,
  `${MANY} contains(i, 'x')`,
  `${MANY} in_time()`,
  `SELECT 1 WHERE 1 IN (${MANY} matches(i, 'x'))`,
])('whoever asks for what takes long gets no answer, and others can go on: %s', (sql) => {
  const db = new Database(':memory:')
  let now = 0
  const look = addQueryFunctions(db, () => {
    now += 10
    return now
  })
  const ask = () => db.prepare(sql).all()
  expect(() => look(ask)).toThrow('The query takes too long')
  expect(ask, 'what the relay itself asks has no end').not.toThrow()
  db.close()
})
