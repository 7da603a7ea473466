import { afterEach, expect, test } from 'vitest'
import { waitFor } from '../support/wait.js'
import { KEY, killAll, type RelayProcess, startRelay } from './relay.js'
import { closeSinks, startSink, type TestSink } from './sink.js'

afterEach(killAll)
afterEach(closeSinks)

async function ask(relay: RelayProcess, method: string, path: string, body?: object) {
  const answer = await fetch(relay.url + path, {
    method,
    headers: { authorization: `Key ${KEY}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}
const told = (sink: TestSink): readonly string[] =>
  sink
    .requests()
    .filter(({ path }) => path === '/alert')
    .map(({ body }) => (JSON.parse(body) as { event: string }).event)

test('an origin that falls silent is told to the destinations, and so is its return after kill -9', async () => {
  const sink = await startSink()
  const relay = await startRelay({
    destinations: [{ name: 'mom1', url: sink.url }],
    config: { heartbeats: { alert: true } },
  })
  const beat = () => ask(relay, 'POST', '/heartbeat', { origin: 'probe1', timeout: 1 })
  const { body } = await beat()
  await waitFor(
    'the alert',
    () => told(sink),
    (events) => events.length > 0,
    30_000,
  )
  await relay.kill()
  await relay.restart()
  const kept = await ask(relay, 'GET', `/heartbeat/${body.id}`)
  expect(kept.body).toMatchObject({ heartbeat: { origin: 'probe1', timeout: 1, status: 'expired' } })

  const beatAndLook = async () => {
    await beat()
    return told(sink)
  }
  await waitFor('its return', beatAndLook, (events) => events.length > 1)
  expect(told(sink).slice(0, 2)).toEqual(['HeartbeatFail', 'HeartbeatOK'])
}, 90_000)

test('housekeeping ends what has run out, here and where it is named, and a crash does not undo it', async () => {
  const [all, named] = [await startSink(), await startSink()]
  const relay = await startRelay({
    destinations: [
      { name: 'all', url: all.url },
      { name: 'named', url: named.url, forward: ['alerts', 'expired', 'timeout'] },
    ],
    config: { housekeeping: { every: '0s' } },
  })
  await relay.alert({ id: 'gone', resource: 'gone', timeout: 1 })
  await relay.alert({ id: 'acked', resource: 'acked' })
  await ask(relay, 'PUT', '/alert/acked/action', { action: 'ack', text: '', timeout: 1 })
  const done = await waitFor(
    'housekeeping to find them',
    () => ask(relay, 'GET', '/management/housekeeping').then(({ body }) => body),
    ({ count }) => (count as number) > 0,
  )
  await relay.kill()
  await relay.restart()
  await ask(relay, 'POST', '/management/housekeeping')
  const statusOf = async (id: string) =>
    ((await ask(relay, 'GET', `/alert/${id}`)).body.alert as { status: string } | undefined)?.status
  await waitFor(
    'both',
    () => Promise.all(['gone', 'acked'].map(statusOf)),
    (s) => s.join() === 'expired,open',
  )
  expect(done).toMatchObject({ status: 'ok' })
  await relay.drained()
  expect(named.got().toSorted()).toEqual(expect.arrayContaining(['expired', 'timeout']))
  expect(all.got().filter((text) => ['expired', 'timeout'].includes(text))).toEqual([])
}, 60_000)
