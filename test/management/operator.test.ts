import { expect, onTestFinished, test } from 'vitest'
import type { Log } from '../../src/base/log.js'
import { createOperatorApp, type OperatorDeps, onSocket } from '../../src/management/operator/app.js'
import type { DiffLine } from '../../src/model/resync.js'
import { StoreUnavailable } from '../../src/store/contract.js'
import { waitFor } from '../support/wait.js'
import { anything } from './anything.js'

const READING: DiffLine = { kind: 'reading', read: 1, told: 2 }

/** The operators' requests of a relay whose diff tells these lines. */
function appOf(lines: () => AsyncGenerator<DiffLine>) {
  const logged: string[] = []
  const note = (_: object, text: string) => void logged.push(text)
  const log: Log = { debug: note, info: note, warn: note, error: note }
  const resyncs = { diff: async () => lines() } as Partial<OperatorDeps['resyncs']>
  const controls = new Map([['mom1', {}]])
  const deps = { store: anything(), record: anything(), version: '0', resyncs, controls, clock: { now: () => 0 }, log }
  return { app: createOperatorApp(deps as unknown as OperatorDeps), logged }
}

test('a diff during which the store fails ends with a line that says so', async () => {
  for (const [error, why] of [
    [new StoreUnavailable('disk is full'), 'The store cannot be written now'],
    [new Error('a bug'), 'An internal error has occurred'],
  ] as const) {
    const { app, logged } = appOf(async function* () {
      yield READING
      throw error
    })
    const answer = await app.request('/diff/mom1', { method: 'POST' }, onSocket())
    const lines = (await answer.text()).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual([READING, { kind: 'failed', why, canBeRead: true }])
    expect(logged).toEqual(['operator request failed'])
  }
})

test('a diff that nobody reads any more cannot end the relay when the store fails', async () => {
  let fail = () => {}
  const broken = new Promise<never>((_, reject) => {
    fail = () => reject(new StoreUnavailable('disk is full'))
  })
  const { app, logged } = appOf(async function* () {
    yield READING
    yield await broken
  })
  const unhandled: unknown[] = []
  const note = (error: unknown) => void unhandled.push(error)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  const { body } = await app.request('/diff/mom1', { method: 'POST' }, onSocket())
  fail()
  await waitFor(
    'the failure to be logged',
    () => logged.length + unhandled.length,
    (count) => count > 0,
  )
  // when all that has been rejected has been looked through
  await new Promise((resolve) => setImmediate(resolve))
  expect(unhandled).toEqual([])
  await body?.cancel()
})
