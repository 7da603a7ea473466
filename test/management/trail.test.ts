import { HTTPException } from 'hono/http-exception'
import { expect, test } from 'vitest'
import type { Log } from '../../src/base/log.js'
import { createTrail } from '../../src/management/operator/trail.js'
import type { AuditEntry } from '../../src/store/audit.js'
import { StoreUnavailable } from '../../src/store/contract.js'

const CHANGE = {
  ...{ command: 'hold', operator: { name: 'key ops', from: '192.0.2.1' }, fields: { destination: 'mom1' } },
}

function world() {
  const rows: (AuditEntry & { result: string; why: string | null })[] = []
  const lines: string[] = []
  const logged: { level: string; text: string; fields: Record<string, unknown> }[] = []
  let broken = false
  const checkDisk = () => {
    if (broken) throw new StoreUnavailable('disk is full')
  }
  const write = (level: string) => (fields: object, text: string) =>
    void logged.push({ level, text, fields: { ...fields } })
  const log: Log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  const record = createTrail({
    audit: {
      async begin(entry) {
        checkDisk()
        return rows.push({ ...entry, result: 'begun', why: null }) - 1
      },
      async end(n, result, why, fields) {
        checkDisk()
        Object.assign(rows[n] ?? {}, { result, why, fields })
      },
    },
    file: { write: (line) => void lines.push(JSON.stringify(line)) },
    clock: { now: () => 0 },
    log,
  })
  return { record, rows, lines, logged, fail: () => (broken = true) }
}

test('a change is written before it is made, and what came of it after', async () => {
  const { record, rows, lines, logged } = world()
  const before = await record(CHANGE, async (note) => {
    note({ held: 3 })
    return rows.map(({ result }) => result)
  })
  expect(before).toEqual(['begun'])
  const fields = { destination: 'mom1', held: 3 }
  const entry = { who: 'key ops', from: '192.0.2.1', command: 'hold', fields, result: 'done' }
  expect(rows).toEqual([{ at: 0, ...entry, why: null }])
  expect(lines.map((line) => JSON.parse(line))).toEqual([{ time: '1970-01-01T00:00:00.000Z', ...entry }])
  expect(logged).toEqual([
    {
      ...{ level: 'info', text: 'operator command' },
      fields: { ...fields, command: 'hold', credential: 'key ops', sender: '192.0.2.1' },
    },
  ])
})

test('a changed log level does not take the place of the level of the line that tells of it', async () => {
  const { record, logged } = world()
  await record({ ...CHANGE, command: 'log', fields: { level: 'debug', for: '10m' } }, async () => {})
  expect(logged[0]?.fields).toMatchObject({ command: 'log', logLevel: 'debug', for: '10m' })
  expect(logged[0]?.fields).not.toHaveProperty('level')
})

test.each([
  [new HTTPException(409, { message: 'it is full' }), 'refused', 'it is full'],
  [new StoreUnavailable('disk is full'), 'failed', 'disk is full'],
  [new Error('password is hunter2'), 'failed', 'an internal error, see the log'],
])('what is not done is written with why: %s', async (error, result, why) => {
  const { record, rows, lines, logged } = world()
  const failing = record(CHANGE, async () => {
    throw error
  })
  await expect(failing).rejects.toBe(error)
  expect(rows).toMatchObject([{ result, why }])
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ result, why }])
  expect(logged).toMatchObject([{ level: 'warn', text: 'operator command not done', fields: { why } }])
})

test('a relay whose disk is full can still be operated; file and log have what the database has not', async () => {
  const { record, lines, logged, fail } = world()
  fail()
  expect(await record(CHANGE, async () => 'held')).toBe('held')
  expect(lines).toHaveLength(1)
  expect(logged.map(({ level, text }) => `${level} ${text}`)).toEqual([
    'error audit not written',
    'info operator command',
  ])
})

test('a disk that is full by the time that the change is made leaves it to file and log', async () => {
  const { record, rows, lines, logged, fail } = world()
  await record(CHANGE, async () => void fail())
  expect(rows).toMatchObject([{ result: 'begun' }])
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ command: 'hold', result: 'done' }])
  expect(logged.map(({ text }) => text)).toEqual(['audit not written', 'operator command'])
})

test('nobody can make the log say that somebody else did it', async () => {
  const { record, logged } = world()
  await record({ ...CHANGE, fields: { credential: 'key boss', sender: '::1', command: 'x' } }, async () => {})
  expect(logged[0]?.fields).toEqual({ credential: 'key ops', sender: '192.0.2.1', command: 'hold' })
})

test('of what is long only its length is written', async () => {
  const { record, rows } = world()
  await record({ ...CHANGE, fields: { lines: ['x'.repeat(2_000)], none: undefined } }, async () => {})
  expect(rows[0]?.fields).toEqual({ lines: '2004 characters', none: undefined })
})
