import { afterEach, expect, test } from 'vitest'
import { waitFor } from '../support/wait.js'
import { runCommand } from './command.js'
import { killAll, type RelayProcess, startRelay } from './relay.js'
import { closeSinks, startSink, type TestSink } from './sink.js'

afterEach(async () => {
  killAll()
  await closeSinks()
})

const DEAD = { mode: 'status', status: 422 } as const

async function world(config: object = {}): Promise<{ sink: TestSink; relay: RelayProcess; run: Run }> {
  const sink = await startSink()
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url, ...config }] })
  return { sink, relay, run: (...args) => runCommand(relay.dir, ...args) }
}
type Run = (...args: string[]) => ReturnType<typeof runCommand>

const reach = (relay: RelayProcess, state: string) =>
  waitFor(
    `the state ${state}`,
    () => relay.destination('mom1'),
    (destination) => destination.state === state,
  )

test('a destination that is held gets nothing, also after a restart, until it is released', async () => {
  const { sink, relay, run } = await world()
  expect(await run('hold', 'mom1', '--reason', 'upgrade of mom1')).toMatchObject({
    code: 0,
    stdout: 'mom1 is held: upgrade of mom1\n',
  })
  await relay.alert({ text: '1' })
  await relay.kill()
  await relay.restart()
  await relay.alert({ text: '2' })
  const { stdout } = await run('status')
  expect(stdout).toMatch(/\nmom1 +held +2 .*\n {2}upgrade of mom1\n/)
  expect(await run('retry', 'mom1')).toMatchObject({ code: 1, stderr: expect.stringMatching(/held/) })
  expect(sink.got()).toEqual([])
  expect(await run('release', 'mom1')).toMatchObject({
    code: 0,
    stdout: 'mom1 is released, 2 messages are queued for it\n',
  })
  await relay.drained()
  expect(sink.got()).toHaveLength(2)
  expect(await run('release', 'mom1')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/neither held nor suspended/),
  })
})

test('a hold for a while ends by itself', async () => {
  const { sink, relay, run } = await world()
  await run('hold', 'mom1', '--reason', 'a moment', '--for', '2s')
  await relay.alert({ text: '1' })
  expect(await relay.destination('mom1')).toMatchObject({ state: 'held', why: 'a moment', queued: 1 })
  await relay.drained()
  expect(sink.got()).toHaveLength(1)
})

test('a destination that is back is tried at once when an operator says so', async () => {
  const { sink, relay, run } = await world({ backoff: { first: '10m', ceiling: '30m' } })
  await sink.down()
  for (const text of ['1', '2', '3', '4', '5', '6']) await relay.alert({ resource: text, text })
  await waitFor(
    'a failure',
    () => relay.destination('mom1'),
    ({ state }) => state === 'breaker open',
  )
  await sink.up()
  expect(await run('retry', 'mom1')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^mom1 is tried now, [0-6] messages? (is|are) queued for it$/m),
  })
  await relay.drained()
  expect(sink.got()).toHaveLength(6)
})

test('a suspended destination is released by hand, without waiting for its probe', async () => {
  const { sink, relay, run } = await world({ backoff: { first: '10m', ceiling: '30m' } })
  sink.behave({ mode: 'status', status: 401 })
  await relay.alert({ text: '1' })
  await reach(relay, 'suspended')
  sink.obey()
  expect((await run('release', 'mom1')).code).toBe(0)
  await relay.drained()
  expect(sink.got()).toHaveLength(1)
})

test('dead letters are told by reason and sent again, the state of now where that is newer', async () => {
  const { sink, relay, run } = await world()
  sink.behave(DEAD)
  await relay.alert({ resource: 'web', severity: 'critical', text: 'first' })
  await relay.alert({ resource: 'db', severity: 'major', text: 'alone' })
  await waitFor(
    'two deaths',
    () => relay.destination('mom1'),
    ({ dead }) => dead === 2,
  )
  await relay.alert({ resource: 'web', severity: 'minor', text: 'second' })
  await waitFor(
    'three deaths',
    () => relay.destination('mom1'),
    ({ dead }) => dead === 3,
  )
  sink.obey()

  const listed = await run('dead', 'mom1')
  expect(listed.stdout).toMatch(/^mom1: 3 dead\n3 {2}\S+ {2}told to misbehave\n/)
  expect((await run('dead', 'mom1', '--reason', 'nothing like it')).stdout).toBe('mom1: 0 dead\n')
  expect((await run('dead', 'mom1', '--json')).stdout.trim().split('\n')).toHaveLength(3)
  expect((await run('replay', 'mom1', '--dry-run')).stdout).toMatch(/^would be replayed to mom1: 3\n/)
  expect(sink.got()).toEqual([])

  const replayed = await run('replay', 'mom1')
  expect(replayed).toMatchObject({ code: 0 })
  expect(replayed.stdout).toBe('replayed to mom1: 2; 1 are older than what 1 alerts are now, which is sent instead\n')
  await relay.drained()
  expect(sink.got().filter((one) => one.includes('db'))).toEqual(['db major alone'])
  expect(sink.got().at(-1)).toContain('minor')
  expect(await relay.destination('mom1')).toMatchObject({ dead: 0 })
  expect(await run('replay', 'mom1')).toMatchObject({ code: 1, stderr: 'replay: no dead letter of mom1 fits\n' })
})

test('dead letters are discarded only by who means it', async () => {
  const { sink, relay, run } = await world()
  sink.behave(DEAD)
  await relay.alert({ resource: 'web', text: '1' })
  await waitFor(
    'a death',
    () => relay.destination('mom1'),
    ({ dead }) => dead === 1,
  )
  const asked = await run('discard', 'mom1')
  expect(asked).toMatchObject({ code: 1 })
  expect(asked.stdout).toContain('nothing was done; --yes does it')
  expect(await relay.destination('mom1')).toMatchObject({ dead: 1 })
  expect(await run('discard', 'mom1', '--yes', '--why', 'a test')).toMatchObject({
    code: 0,
    stdout: 'discarded at mom1: 1\n',
  })
  expect(await relay.destination('mom1')).toMatchObject({ dead: 0 })
})

test('a name that is no destination is told from those that are', async () => {
  const { run } = await world()
  expect(await run('hold', 'mum', '--reason', 'x')).toMatchObject({
    code: 1,
    stderr: 'hold: no destination is named mum; there are mom1\n',
  })
  expect((await run('hold', 'mom1', '--reason', ' ')).stderr).toContain('tell why')
  expect((await run('hold', 'mom1', '--reason', 'x', '--for', '90d')).stderr).toContain('at most 30d')
})
