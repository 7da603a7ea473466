import { afterEach, expect, test } from 'vitest'
import { closeSinks, startSink, type TestSink } from '../acceptance/sink.js'
import { createFakeClock, type FakeClock } from '../support/fake-clock.js'
import { waitFor } from '../support/wait.js'
import { type Serving, serve, stopServing } from './serving.js'

afterEach(stopServing)
afterEach(closeSinks)

const START = Date.parse('2026-11-21T09:00:00.000Z')
const SECOND = 1_000
const HOUR = 3_600_000
const ALERTING = { heartbeats: { alert: true } }

interface World {
  readonly clock: FakeClock
  readonly sink: TestSink
  relay: Serving
}

async function world(settings: object = ALERTING): Promise<World & { readonly settings: object }> {
  const clock = createFakeClock(START)
  const sink = await startSink()
  const all = { destinations: [{ name: 'mom1', url: sink.url }], ...settings }
  return { clock, sink, settings: all, relay: await serve(all, { clock }) }
}

const beat = ({ relay }: World, more: object = {}) =>
  relay.send('POST', '/heartbeat', { origin: 'probe1', timeout: 60, ...more })

interface Shown {
  readonly event: string
  readonly status: string
  readonly severity: string
  readonly duplicateCount: number
}
async function alerts({ relay }: World): Promise<readonly Shown[]> {
  const answer = await relay.get('/alerts', 'admin')
  return ((await answer.json()) as { alerts: Shown[] }).alerts
}

const told = (sink: TestSink): readonly string[] =>
  sink
    .requests()
    .filter(({ path }) => path === '/alert')
    .map(({ body }) => (JSON.parse(body ?? '{}') as { event: string }).event)

async function advance({ clock }: World, ms: number): Promise<void> {
  // the relay looks every five seconds, and its answers come over real sockets
  for (let passed = 0; passed < ms; passed += 5 * SECOND) {
    await clock.advance(5 * SECOND)
    for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve))
  }
}

test('an origin that falls silent raises one alert, which goes to the destinations, and clears it when it is back', async () => {
  const here = await world()
  await beat(here)
  await advance(here, 60 * SECOND)
  expect(await alerts(here)).toEqual([])
  await advance(here, 10 * SECOND)
  await waitFor(
    'the alert',
    () => told(here.sink),
    (events) => events.length === 1,
  )
  await advance(here, 10 * 60 * SECOND)
  expect(await alerts(here)).toMatchObject([
    { event: 'HeartbeatFail', status: 'open', severity: 'major', duplicateCount: 0, resource: 'probe1', timeout: 0 },
  ])
  await beat(here)
  await advance(here, 10 * SECOND)
  await waitFor(
    'its end',
    () => told(here.sink),
    (events) => events.length === 2,
  )
  expect(told(here.sink)).toEqual(['HeartbeatFail', 'HeartbeatOK'])
  expect(await alerts(here)).toMatchObject([{ event: 'HeartbeatOK', status: 'closed', severity: 'normal' }])
})

test('nothing is raised unless it is switched on', async () => {
  const here = await world({})
  await beat(here)
  await advance(here, 90 * SECOND)
  expect(await alerts(here)).toEqual([])
  const list = (await (await here.relay.get('/heartbeats?status=expired', 'admin')).json()) as { total: number }
  expect(list.total).toBe(1)
})

test('a relay that was down has heard nobody: silence counts from its start, and is told once across restarts', async () => {
  const here = await world()
  await beat(here)
  const again = await here.relay.restart(here.settings, () => void here.clock.jump(HOUR))
  here.relay = again
  await advance(here, 55 * SECOND)
  expect(await alerts(here)).toEqual([])
  expect(await (await again.get('/management/healthcheck')).text()).toBe('OK')
  await advance(here, 15 * SECOND)
  expect(await alerts(here)).toMatchObject([{ event: 'HeartbeatFail' }])
  here.relay = await again.restart(here.settings)
  await advance(here, 120 * SECOND)
  expect(await alerts(here)).toMatchObject([{ event: 'HeartbeatFail', duplicateCount: 0 }])
})

test('a clock that jumps silences nobody', async () => {
  const here = await world()
  await beat(here)
  await advance(here, 10 * SECOND)
  here.clock.jump(2 * HOUR)
  expect(await (await here.relay.get('/management/healthcheck')).text()).toBe('OK')
  await advance(here, 50 * SECOND)
  expect(await alerts(here)).toEqual([])
  await advance(here, 20 * SECOND)
  expect(await alerts(here)).toMatchObject([{ event: 'HeartbeatFail' }])
})

test('deleting a heartbeat ends the alert about it', async () => {
  const here = await world()
  const { id } = (await (await beat(here)).json()) as { id: string }
  await advance(here, 70 * SECOND)
  expect(await alerts(here)).toMatchObject([{ status: 'open' }])
  expect((await here.relay.send('DELETE', `/heartbeat/${id}`)).status).toBe(200)
  expect(await alerts(here)).toMatchObject([{ event: 'HeartbeatOK', status: 'closed', text: 'Heartbeat deleted' }])
  expect((await here.relay.get(`/heartbeat/${id}`, 'admin')).status).toBe(404)
  expect((await here.relay.send('DELETE', `/heartbeat/${id}`)).status).toBe(404)
})

test('the healthcheck tells who has been silent for four times its timeout, control characters aside', async () => {
  const here = await world({})
  await beat(here, { origin: 'lab/\u001b[31mred', timeout: 10 })
  await beat(here, { origin: 'never', timeout: 0 })
  await advance(here, 40 * SECOND)
  expect((await here.relay.get('/management/healthcheck')).status).toBe(200)
  await advance(here, 5 * SECOND)
  const answer = await here.relay.get('/management/healthcheck')
  expect([answer.status, await answer.text()]).toEqual([503, 'HEARTBEAT_STALE: lab/?[31mred'])
  expect((await here.relay.get('/management/gtg')).status).toBe(200)
})

test('an alert named Heartbeat is a heartbeat, here and for the destinations, as by Alerta', async () => {
  const here = await world({})
  const sent = { event: 'Heartbeat', origin: 'probe9', severity: 'major', tags: ['x'], timeout: 30 }
  const answer = await here.relay.alert(sent)
  const body = (await answer.json()) as { id: string }
  expect([answer.status, body]).toEqual([202, { status: 'ok', id: body.id, message: 'Alert converted to Heartbeat' }])
  const told = (await (await here.relay.get(`/heartbeat/${body.id}`, 'admin')).json()) as { heartbeat: object }
  const attributes = { environment: 'Production', severity: 'major', service: [], group: 'Misc' }
  expect(told.heartbeat).toMatchObject({ origin: 'probe9', tags: ['x'], timeout: 30, attributes, status: 'ok' })
  expect(await alerts(here)).toEqual([])
  await waitFor(
    'it to arrive',
    () => here.sink.requests(),
    (requests) => requests.length === 1,
  )
  expect(here.sink.requests()[0]).toMatchObject({ method: 'POST', path: '/heartbeat' })
  expect(JSON.parse(here.sink.requests()[0]?.body ?? '')).toEqual({
    ...{
      origin: 'probe9',
      tags: ['x'],
      attributes,
      timeout: 30,
      createTime: '2026-11-21T09:00:00.000Z',
      customer: null,
    },
  })
})

test('other events may be named, or none', async () => {
  const here = await world({ heartbeats: { events: ['Ping'] } })
  expect((await here.relay.alert({ event: 'Heartbeat' })).status).toBe(201)
  expect((await here.relay.alert({ event: 'Ping' })).status).toBe(202)
})
