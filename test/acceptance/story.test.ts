import { afterEach, expect, test } from 'vitest'
import { waitFor } from '../support/wait.js'
import { type Ran, runCommand } from './command.js'
import { KEY, killAll, PEER_KEY, type RelayProcess, startRelay } from './relay.js'
import { closeSinks, startSink } from './sink.js'

afterEach(async () => {
  killAll()
  await closeSinks()
})

const lines = ({ stdout }: Ran): readonly string[] => stdout.trim().split('\n')
const objects = (ran: Ran): readonly Record<string, unknown>[] =>
  ran.stdout === '' ? [] : lines(ran).map((line) => JSON.parse(line))
const messages = async ({ dir }: RelayProcess, ...filters: string[]): Promise<readonly string[]> =>
  objects(await runCommand(dir, 'list', '--json', ...filters)).map(({ message }) => String(message))

test('a message that arrived after retries tells each of them, and its alert is well there', async () => {
  const mom1 = await startSink()
  const mom2 = await startSink()
  const relay = await startRelay({
    destinations: [
      { name: 'mom1', url: mom1.url },
      { name: 'mom2', url: mom2.url, match: { severity: ['minor'] } },
    ],
  })
  const run = (...args: string[]) => runCommand(relay.dir, ...args)
  mom1.behave({ mode: 'status', status: 500, times: 2 })
  await relay.alert({ id: 'alert-one', text: 'does not answer' })
  await relay.drained()

  const [message = ''] = await messages(relay, '--destination', 'mom1', '--state', 'delivered')
  const shown = await run('show', message.slice(0, 18))
  expect(lines(shown)[0]).toBe('delivered at mom1; skipped: mom2')
  expect(shown.stdout).toMatch(/^message +\S+, alert critical: does not answer$/m)
  expect(shown.stdout).toMatch(/^from +127\.0\.0\.1, by key test, request \S+$/m)
  expect(shown.stdout).toMatch(/^mom1 {2}delivered \S+ later, at try 3$/m)
  expect(shown.stdout.match(/^ +\d +\S+ +\S+ +(retry|delivered) +(500|201).*$/gm)).toHaveLength(3)
  expect(shown.stdout).toMatch(/^mom2 {2}skipped: match$/m)
  expect(shown.stdout).not.toContain('"resource"')
  expect((await run('show', message, '--body')).stdout).toContain('"resource":"web01"')
  expect(await run('show', 'ffffffff')).toMatchObject({
    code: 1,
    stderr: 'show: no message has an id that begins with ffffffff\n',
  })

  const well = await run('why', 'alert-on', 'mom1')
  expect(well.stdout).toMatch(/^has it +yes: the last to arrive was alert critical: does not answer/m)
  const other = await run('why', 'alert-one', 'mom2')
  expect(other.stdout).toMatch(/^should have it +no: it does not match: severity is critical, wanted is minor/m)
  expect(await run('why', 'alert-one', 'mom3')).toMatchObject({
    code: 1,
    stderr: 'why: no destination is named mom3\n',
  })
  expect(await run('why', 'nobody-has-this', 'mom1')).toMatchObject({ code: 1 })
})

test('a message that died tells why, and with which command it goes out again', async () => {
  const sink = await startSink()
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url }] })
  const run = (...args: string[]) => runCommand(relay.dir, ...args)
  sink.behave({ mode: 'status', status: 422 })
  await relay.alert({ id: 'alert-one' })
  await relay.drained()
  const [message = ''] = await messages(relay, '--state', 'dead')
  expect(lines(await run('show', message))[0]).toBe('dead at mom1')
  const asked = await run('why', 'alert-one', 'mom1')
  expect(asked.stdout).toMatch(/^has it +no/m)
  const [, command = ''] = asked.stdout.match(/^ {2}alerta-relay (replay .*)$/m) ?? []
  expect(command).toBe(`replay mom1 --message ${message}`)
  sink.obey()
  expect((await run(...command.split(' '))).code).toBe(0)
  await relay.drained()

  const [again = ''] = await messages(relay, '--state', 'delivered')
  expect((await run('show', again)).stdout).toContain(`replay of ${message}`)
  expect((await run('show', message)).stdout).toContain(`replayed  as ${again}`)
  expect(await messages(relay, '--state', 'dead')).toEqual([])
})

test('behind a breaker an alert tells what waits, what was answered, and what the relay does next', async () => {
  const sink = await startSink()
  const backoff = { first: '10m', ceiling: '30m' }
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url, backoff, fold: true }] })
  const run = (...args: string[]) => runCommand(relay.dir, ...args)
  await sink.down()
  await relay.alert({ id: 'alert-one', text: 'one' })
  await relay.alert({ id: 'alert-one', text: 'two' })
  await relay.alert({ id: 'alert-one', text: 'three' })
  await relay.action('alert-one', 'ack')
  for (let i = 0; i < 8; i += 1) await relay.alert({ resource: `other${i}` })
  await waitFor(
    'the breaker',
    () => relay.destination('mom1'),
    ({ state }) => state === 'breaker open',
  )
  const { stdout } = await run('why', 'alert-one', 'mom1')
  expect(stdout).toMatch(/^under way +4 messages wait: alert critical: one; /m)
  expect(stdout).toMatch(/^mom1 +breaker open, next probe in /m)
  expect(stdout).toMatch(/^next +breaker open, probe in \S+: the relay probes the destination by itself/m)
  expect(stdout).toMatch(/^ {2}alerta-relay retry mom1$/m)
  expect(await messages(relay, '--alert', 'alert-one', '--state', 'queued')).toHaveLength(4)
  expect(await messages(relay, '--resource', 'other1')).toHaveLength(1)

  await sink.up()
  await run('retry', 'mom1')
  await relay.drained()
  const [last, folded] = (await messages(relay, '--alert', 'alert-one', '--kind', 'alert')) as [string, string]
  const shown = await run('show', folded)
  expect(lines(shown)[0]).toBe('folded at mom1')
  expect(shown.stdout).toContain(`(message ${last.slice(0, 28)})`)
})

test('a trace tells the way of an alert over two relays, and which relay does not tell', async () => {
  const south = await startSink()
  const core = await startRelay({ destinations: [{ name: 'south', url: south.url }] })
  const mute = await startRelay({
    destinations: [],
    config: {
      auth: {
        api_keys: [
          { key: KEY, scopes: ['admin'] },
          { key: 'writer', scopes: ['write:alerts'] },
        ],
      },
    },
  })
  const edge = await startRelay({
    destinations: [
      { name: 'core', kind: 'relay', url: core.url, auth: { type: 'key', key: PEER_KEY } },
      { name: 'mute', kind: 'relay', url: mute.url, auth: { type: 'key', key: 'writer' } },
    ],
  })
  await edge.alert({ id: 'alert-one' })
  await edge.action('alert-one', 'ack')
  await edge.drained()
  await core.drained()

  const traced = await runCommand(edge.dir, 'trace', 'alert-one')
  expect(traced.stdout).toMatch(/^mute: it does not let us ask, .* read:management/m)
  const [, first = '', second = ''] = traced.stdout.split(/^(?=\d\d:\d\d:\d\d)/m)
  expect(first).toMatch(/alert critical/)
  expect(second).toMatch(/action ack/)
  for (const event of [first, second]) {
    expect(event).toMatch(/^ {4}core +delivered \S+ later$/m)
    expect(event).toMatch(/^ {4}core > south +delivered \S+ later$/m)
  }
  const told = objects(await runCommand(edge.dir, 'trace', 'alert-one', '--json'))
  expect(told.map(({ via, relay }) => [via, relay])).toEqual([
    [[], edge.url],
    [['core'], core.url],
    [['mute'], null],
  ])
  const here = objects(await runCommand(edge.dir, 'trace', 'alert-one', '--here', '--json'))
  expect(here).toHaveLength(1)
  expect(await runCommand(edge.dir, 'trace', 'nobody', '--here')).toMatchObject({
    code: 1,
    stderr: 'trace: no alert has the id nobody\n',
  })
})
