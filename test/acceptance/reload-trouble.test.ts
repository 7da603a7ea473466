import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, expect, test } from 'vitest'
import { waitFor } from '../support/wait.js'
import { runCommand } from './command.js'
import { killAll, type RelayProcess, startRelay } from './relay.js'
import { closeSinks, startSink } from './sink.js'

afterEach(async () => {
  killAll()
  await closeSinks()
})

const underWay = (relay: RelayProcess) =>
  waitFor(
    'the attempt to be under way',
    () => relay.destination('mom1'),
    (one) => (one as { sending?: number }).sending === 1,
  )

test('reloaded while the store cannot be written, no lane stands still afterwards and nothing is sent twice', async () => {
  const sink = await startSink()
  const mom1 = { name: 'mom1', url: sink.url }
  const relay = await startRelay({ destinations: [mom1] })
  sink.behave({ mode: 'delay', ms: 1_500 })
  await relay.alert({ text: '1' })
  await underWay(relay)
  const program = new Database(join(relay.dir, 'relay.db'))
  program.exec('BEGIN IMMEDIATE')
  relay.rewrite({ destinations: [{ ...mom1, timeout: '20s' }] })
  const reloading = runCommand(relay.dir, 'reload')
  await waitFor(
    'the answer that cannot be noted',
    () => relay.log.filter(({ msg }) => msg === 'store cannot write, trying again'),
    (lines) => lines.length > 0,
  )
  program.exec('ROLLBACK')
  program.close()
  expect(await reloading).toMatchObject({ code: 0, stdout: 'changed: mom1\n' })
  sink.obey()
  await relay.alert({ text: '2' })
  await relay.drained()
  expect(sink.requests()).toHaveLength(2)
})

test('stopped while it reloads, time after time, it ends well and in its time', async () => {
  const sink = await startSink()
  const config = { limits: { drain: '1s' } }
  const mom1 = { name: 'mom1', url: sink.url }
  const relay = await startRelay({ destinations: [mom1], config })
  sink.behave({ mode: 'hang' })
  await relay.alert({ text: '1' })
  await underWay(relay)
  for (let time = 0; time < 20; time += 1) {
    relay.rewrite({ destinations: [{ ...mom1, timeout: `${20 + time}s` }], config })
    process.kill(relay.pid, 'SIGHUP')
    await relay.status()
  }
  const since = performance.now()
  expect(await relay.stop()).toBe(0)
  expect(performance.now() - since).toBeLessThan(10_000)
  expect(relay.output()).not.toContain('TypeError')
  const refused = relay.log.filter(({ msg }) => msg === 'configuration not reloaded')
  // all that were asked for while the first waited are one
  expect(refused.length, JSON.stringify(refused)).toBeLessThanOrEqual(1)
})
