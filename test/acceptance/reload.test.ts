import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { freePort } from '../support/ports.js'
import { waitFor } from '../support/wait.js'
import { runCommand } from './command.js'
import { KEY, killAll, type RelayProcess, startRelay } from './relay.js'
import { closeSinks, startSink, type TestSink } from './sink.js'

afterEach(async () => {
  killAll()
  await closeSinks()
})

/** What it was sent, by the last word: alerts by their text. */
const texts = (sink: TestSink) => sink.got().map((one) => one.split(' ').at(-1))
const arrived = (sink: TestSink, count: number) =>
  waitFor(
    `${count} messages`,
    () => texts(sink),
    (all) => all.length >= count,
  )
const reload = (relay: RelayProcess, ...args: string[]) => runCommand(relay.dir, 'reload', ...args)

test('a destination that is added takes part at once, one that is removed keeps what waits for it', async () => {
  const [first, second] = [await startSink(), await startSink()]
  const mom1 = { name: 'mom1', url: first.url }
  const mom2 = { name: 'mom2', url: second.url }
  const relay = await startRelay({ destinations: [mom1] })
  await relay.alert({ text: '1' })
  await arrived(first, 1)

  relay.rewrite({ destinations: [mom1, mom2] })
  expect(await reload(relay)).toMatchObject({ code: 0, stdout: 'added: mom2\n' })
  await relay.alert({ text: '2' })
  await arrived(first, 2)
  expect(await arrived(second, 1)).toEqual(['2'])

  await second.down()
  await relay.alert({ text: '3' })
  await arrived(first, 3)
  relay.rewrite({ destinations: [mom1] })
  expect(await reload(relay)).toMatchObject({ code: 0, stdout: 'removed: mom2\n' })
  await relay.alert({ text: '4' })
  await arrived(first, 4)
  expect(await relay.destination('mom2')).toMatchObject({ queued: 1 })

  await second.up()
  relay.rewrite({ destinations: [mom1, mom2] })
  await reload(relay)
  // what came in while it was out of the configuration was not meant for it
  expect(await arrived(second, 2)).toEqual(['2', '3'])
})

test('a destination that stays as it is does not notice: what is under way there is neither cut off nor sent twice', async () => {
  const [slow, other] = [await startSink(), await startSink()]
  const mom1 = { name: 'mom1', url: slow.url }
  const relay = await startRelay({ destinations: [mom1] })
  slow.behave({ mode: 'delay', ms: 2_000 })
  await relay.alert({ text: '1' })
  await waitFor(
    'the attempt to be under way',
    () => relay.destination('mom1'),
    (one) => (one as { sending?: number }).sending === 1,
  )
  relay.rewrite({ destinations: [mom1, { name: 'mom2', url: other.url }] })
  await reload(relay)
  await relay.drained()
  expect(slow.requests()).toHaveLength(1)
  const attempts = await waitFor(
    'the line in the log',
    () => relay.log.filter(({ msg }) => msg === 'delivery attempted'),
    (lines) => lines.length > 0,
  )
  expect(attempts).toMatchObject([{ attempt: 1, to: 'delivered' }])
})

test('a destination with another url gets what waits for it there, in order, while senders go on', async () => {
  const [old, moved] = [await startSink(), await startSink()]
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: old.url, fold: false }] })
  await old.down()
  let sent = 0
  let over = false
  const sending = (async () => {
    while (!over) expect((await relay.alert({ text: String(++sent) })).status).toBe(201)
  })()
  await waitFor(
    'a queue',
    async () => sent,
    (count) => count > 20,
  )
  relay.rewrite({ destinations: [{ name: 'mom1', url: moved.url, fold: false }] })
  expect(await reload(relay)).toMatchObject({ code: 0, stdout: 'changed: mom1\n' })
  const then = sent
  await waitFor(
    'more',
    async () => sent,
    (count) => count > then + 20,
  )
  over = true
  await sending
  await relay.drained()
  expect(texts(moved)).toEqual(Array.from({ length: sent }, (_, i) => String(i + 1)))
  expect(texts(old)).toEqual([])
})

test('with another order_by an ack does not pass its alert, which still waits', async () => {
  const sink = await startSink()
  const mom1 = { name: 'mom1', url: sink.url }
  const relay = await startRelay({ destinations: [{ ...mom1, order_by: 'resource' }] })
  await sink.down()
  const { body } = await relay.alert({ text: '1' })
  relay.rewrite({ destinations: [{ ...mom1, order_by: 'alert' }] })
  await reload(relay)
  await relay.action(String(body.id), 'ack')
  await sink.up()
  await relay.drained()
  expect(texts(sink)).toEqual(['1', 'ack'])
})

test('a wrong file changes nothing and says so, by SIGHUP and by command', async () => {
  const sink = await startSink()
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url }] })
  appendFileSync(join(relay.dir, 'relay.yaml'), 'no_such_key: 1\n')
  process.kill(relay.pid, 'SIGHUP')
  const refused = await waitFor(
    'the refusal',
    () => relay.log.filter(({ msg }) => msg === 'configuration not reloaded'),
    (lines) => lines.length > 0,
  )
  expect(refused).toMatchObject([{ level: 'warn', problems: [{ path: 'no_such_key' }] }])
  expect(await reload(relay)).toMatchObject({ code: 2, stderr: expect.stringMatching(/no_such_key/) })
  await relay.alert({ text: '1' })
  expect(await arrived(sink, 1)).toEqual(['1'])
})

test('SIGHUP brings other credentials into force, and what needs a restart is told', async () => {
  const relay = await startRelay({ destinations: [] })
  const auth = { api_keys: [{ key: 'another-key', scopes: ['admin'], text: 'new' }] }
  relay.rewrite({ destinations: [], config: { auth, limits: { hops: 7 } } })
  process.kill(relay.pid, 'SIGHUP')
  await waitFor(
    'the reload',
    () => relay.log.filter(({ msg }) => msg === 'configuration reloaded'),
    (lines) => lines.length > 0,
  )
  expect((await relay.alert({})).status).toBe(401)
  expect((await relay.alert({}, { authorization: 'Key another-key' })).status).toBe(201)
  expect(await reload(relay)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^at the next start: limits.hops\n/),
  })
  expect(relay.output()).not.toContain('another-key')
  expect(relay.output()).not.toContain(KEY)
})

test('a file that is safe only after a restart lets nobody in before it', async () => {
  const port = await freePort()
  const public_ = { listen: `0.0.0.0:${port}`, base_url: `http://relay.example.com:${port}` }
  const relay = await startRelay({ port, destinations: [], config: public_ })
  const open = { required: false }
  relay.rewrite({ destinations: [], config: { auth: open, listen: `127.0.0.1:${port}` } })
  expect(await reload(relay)).toMatchObject({ code: 2, stderr: expect.stringMatching(/while .*listen.* at the start/) })
  expect((await relay.alert({}, { authorization: '' })).status).toBe(401)
})
