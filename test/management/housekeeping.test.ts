import { afterEach, expect, test } from 'vitest'
import { closeSinks, startSink } from '../acceptance/sink.js'
import { createFakeClock, type FakeClock } from '../support/fake-clock.js'
import { waitFor } from '../support/wait.js'
import { type Serving, serve, stopServing } from './serving.js'

afterEach(stopServing)
afterEach(closeSinks)

const START = Date.parse('2026-11-21T09:00:00.000Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE

async function statusOf(relay: Serving, id: string): Promise<string | undefined> {
  const answer = await relay.get(`/alert/${id}`, 'admin')
  return answer.status === 404 ? undefined : ((await answer.json()) as { alert: { status: string } }).alert.status
}
const keep = async (relay: Serving, query = '') =>
  (await (await relay.send('GET', `/management/housekeeping${query}`)).json()) as Record<string, unknown>

/** The relay's own work is done on real files: it needs turns of the event loop besides the time of the clock. */
async function advance(clock: FakeClock, ms: number, step = MINUTE): Promise<void> {
  for (let passed = 0; passed < ms; passed += step) {
    await clock.advance(step)
    for (let i = 0; i < 10; i += 1) await new Promise((resolve) => setImmediate(resolve))
  }
}

test('by itself: an alert expires by its timeout and is taken off the lists two hours later', async () => {
  const clock = createFakeClock(START)
  const relay = await serve({}, { clock })
  await relay.alert({ id: 'a', severity: 'major', timeout: 90 })
  await advance(clock, MINUTE)
  expect(await statusOf(relay, 'a')).toBe('open')
  await advance(clock, MINUTE)
  expect(await statusOf(relay, 'a')).toBe('expired')
  await advance(clock, 2 * HOUR - 2 * MINUTE)
  expect(await statusOf(relay, 'a')).toBe('expired')
  await advance(clock, 2 * MINUTE)
  expect(await statusOf(relay, 'a')).toBeUndefined()
})

test('an ack ends by its timeout', async () => {
  const clock = createFakeClock(START)
  const relay = await serve({}, { clock })
  await relay.alert({ id: 'a', severity: 'major' })
  await relay.send('PUT', '/alert/a/action', { action: 'ack', timeout: 150 })
  await advance(clock, 2 * MINUTE)
  expect(await statusOf(relay, 'a')).toBe('ack')
  await advance(clock, MINUTE)
  expect(await statusOf(relay, 'a')).toBe('open')
})

test('when asked, as the alerta command asks: with hours, and with what is no number', async () => {
  const clock = createFakeClock(START)
  const relay = await serve({ housekeeping: { every: '0s' } }, { clock })
  await relay.alert({ id: 'a', resource: 'a', severity: 'ok' })
  await relay.alert({ id: 'b', resource: 'b', severity: 'major', timeout: 1 })
  await clock.advance(HOUR + 1)
  expect(await statusOf(relay, 'b')).toBe('open')
  expect(await keep(relay, '?expired=x&info=0')).toEqual({
    status: 'ok',
    expired: ['b'],
    unshelve: [],
    unack: [],
    count: 1,
  })
  expect(await statusOf(relay, 'a')).toBe('closed')
  expect(await keep(relay, '?expired=1&info=12')).toEqual({
    status: 'ok',
    expired: [],
    unshelve: [],
    unack: [],
    count: 0,
  })
  expect(await statusOf(relay, 'a')).toBeUndefined()
  expect((await relay.send('GET', '/management/housekeeping', undefined, 'read:management')).status).toBe(403)
})

test('what was asked for and ended something is audited; that nothing was to be done is not', async () => {
  const clock = createFakeClock(START)
  const relay = await serve({ housekeeping: { every: '0s' } }, { clock })
  await relay.alert({ id: 'a', severity: 'major', timeout: 1 })
  await clock.advance(MINUTE)
  for (const method of ['GET', 'POST']) await relay.send(method, '/management/housekeeping')
  const { audit } = (await (await relay.get('/operator/audit', 'admin')).json()) as { audit: object[] }
  expect(audit).toMatchObject([
    { command: 'housekeeping', who: 'key 1', from: '127.0.0.1', fields: { expired: 1, unshelved: 0, unacked: 0 } },
  ])
})

test('after two days away nothing is ended for an hour, and then at no destination that does not ask for it', async () => {
  const clock = createFakeClock(START)
  const all = await startSink()
  const named = await startSink()
  const settings = {
    destinations: [
      { name: 'all', url: all.url },
      { name: 'named', url: named.url, forward: ['alerts', 'expired'] },
    ],
  }
  const before = await serve(settings, { clock })
  for (let i = 0; i < 120; i += 1) await before.alert({ id: `a${i}`, resource: `r${i}`, severity: 'major' })
  await waitFor(
    'them to arrive',
    () => all.requests(),
    (got) => got.length === 120,
  )
  await waitFor(
    'them to arrive',
    () => named.requests(),
    (got) => got.length === 120,
  )

  await advance(clock, MINUTE)

  const relay = await before.restart(settings, () => void clock.jump(48 * HOUR))
  expect(await keep(relay)).toMatchObject({ count: 0, message: expect.stringMatching(/pauses/) })
  await advance(clock, HOUR - 2 * MINUTE)
  expect(await statusOf(relay, 'a0')).toBe('open')
  await advance(clock, 3 * MINUTE)
  await waitFor(
    'them to expire',
    () => statusOf(relay, 'a119'),
    (status) => status === 'expired',
  )
  await waitFor(
    'them to arrive',
    () => named.requests(),
    (got) => got.length === 240,
  )
  expect(all.requests()).toHaveLength(120)
})

test('a credential of one customer ends nobody else’s alerts with it', async () => {
  const clock = createFakeClock(START)
  const auth = {
    api_keys: [
      { key: 'admin', scopes: ['admin'] },
      { key: 'acme', scopes: ['admin'], customers: ['acme'] },
    ],
  }
  const relay = await serve({ auth, housekeeping: { every: '0s' } }, { clock })
  await relay.alert({ id: 'b', severity: 'major', timeout: 1 })
  await clock.advance(HOUR)
  expect((await relay.send('POST', '/management/housekeeping?expired=1', undefined, 'acme')).status).toBe(403)
  expect(await statusOf(relay, 'b')).toBe('open')
  expect((await relay.send('POST', '/management/housekeeping?expired=1')).status).toBe(200)
  expect(await statusOf(relay, 'b')).toBe('expired')
})
