import { afterEach, expect, test } from 'vitest'
import { closeSinks, startSink } from '../acceptance/sink.js'
import { waitFor } from '../support/wait.js'
import { type Serving, serve, stopServing } from './serving.js'

afterEach(async () => {
  await stopServing()
  await closeSinks()
})

/** Every time as it stands in status and dead letters. */
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const FAST = { backoff: { first: '10ms', ceiling: '20ms' } }

interface Shown {
  readonly state: string
  readonly queued: number
  readonly dead: number
  readonly concurrency: number
  readonly usualAnswerMs: number | null
}

async function destination({ get }: Serving): Promise<Shown> {
  const { destinations } = (await (await get('/management/status', 'read:management')).json()) as {
    destinations: Shown[]
  }
  return destinations[0] as Shown
}

const drained = (relay: Serving) =>
  waitFor(
    'the queue to drain',
    () => destination(relay),
    ({ queued }) => queued === 0,
  )
const inState = (relay: Serving, state: string) =>
  waitFor(
    state,
    () => destination(relay),
    (seen) => seen.state === state,
  )

test.each(['/management/status', '/api/management/status', '/management/dead/mom1', '/api/management/dead/mom1'])(
  'GET %s wants read:management: bare read, write and admin include it, other scopes do not',
  async (path) => {
    const { get } = await serve({ destinations: [{ name: 'mom1', url: 'http://127.0.0.1:9' }] })
    expect((await get(path)).status).toBe(401)
    expect((await get(path, 'nobody')).status).toBe(401)
    for (const key of ['read:management', 'read', 'admin']) expect((await get(path, key)).status, key).toBe(200)
    for (const key of ['read:alerts', 'write:alerts', 'write:heartbeats']) {
      const answer = await get(path, key)
      expect(answer.status, key).toBe(403)
      expect(await answer.json()).toMatchObject({ message: 'Missing required scope: read:management' })
    }
  },
)

test('a relay that has done nothing yet', async () => {
  const { get } = await serve({ destinations: [{ name: 'mom1', url: 'http://127.0.0.1:9' }] })
  expect(await (await get('/management/status', 'admin')).json()).toEqual({
    status: 'ok',
    application: 'alerta-relay',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    time: expect.any(Number),
    uptime: expect.any(Number),
    destinations: [
      {
        name: 'mom1',
        state: 'flowing',
        queued: 0,
        queuedBytes: 0,
        sending: 0,
        dead: 0,
        oldest: null,
        oldestAgeSeconds: null,
        concurrency: 2,
        concurrencyMax: 32,
        usualAnswerMs: null,
        slowed: null,
        lastSuccess: null,
        lastFailure: null,
      },
    ],
    expiringKeys: [],
    counters: {},
    metrics: [
      { group: 'queued', name: 'mom1', title: 'Waiting for mom1', type: 'gauge', value: 0 },
      { group: 'dead', name: 'mom1', title: 'Dead letters of mom1', type: 'gauge', value: 0 },
    ],
  })
})

test('what was delivered is counted, and the destination tells its last success', async () => {
  const sink = await startSink()
  const relay = await serve({ destinations: [{ name: 'mom1', url: sink.url }] })
  await relay.alert()
  await drained(relay)
  const status = await (await relay.get('/management/status', 'admin')).json()
  expect(status).toMatchObject({
    destinations: [{ lastSuccess: TIME, lastFailure: null }],
    counters: { 'accepted.alert': 1, 'attempt.delivered.mom1': 1, 'delivered.mom1': 1 },
  })
})

test('a suspended destination tells why, since when, what to do and when it is tried again', async () => {
  const sink = await startSink()
  sink.behave({ mode: 'status', status: 401 })
  const relay = await serve({ destinations: [{ name: 'mom1', url: sink.url, ...FAST }] })
  await relay.alert()
  expect(await inState(relay, 'suspended')).toMatchObject({
    why: expect.stringContaining('told to misbehave'),
    hint: expect.stringContaining('credential'),
    since: TIME,
    nextProbe: TIME,
    queued: 1,
    queuedBytes: expect.any(Number),
    oldest: TIME,
    oldestAgeSeconds: 0,
    lastFailure: { at: TIME, note: expect.any(String) },
  })
})

test('a busy destination is paused until it said', async () => {
  const sink = await startSink()
  sink.behave({ mode: 'status', status: 503, retryAfter: 60 })
  const relay = await serve({ destinations: [{ name: 'mom1', url: sink.url }] })
  await relay.alert()
  const slowed = { at: TIME, why: 'answered 503: told to misbehave' }
  expect(await inState(relay, 'paused')).toMatchObject({ until: TIME, queued: 1, concurrency: 1, slowed })
})

test('a destination that answers well gets more at once the more waits, and tells how long it usually takes', async () => {
  const sink = await startSink()
  sink.behave({ mode: 'delay', ms: 5 })
  const relay = await serve({ destinations: [{ name: 'mom1', url: sink.url }] })
  await Promise.all(Array.from({ length: 120 }, (_, i) => relay.alert({ resource: `web${i}` })))
  await drained(relay)
  const { concurrency, usualAnswerMs } = await destination(relay)
  expect(concurrency).toBeGreaterThan(2)
  expect(usualAnswerMs).toBeGreaterThanOrEqual(5)
})

test('a destination that is down opens its breaker and tells when it is tried again', async () => {
  const relay = await serve({ destinations: [{ name: 'mom1', url: 'http://127.0.0.1:9' }] })
  for (let i = 0; i < 10; i += 1) await relay.alert({ resource: `web${i}` })
  expect(await inState(relay, 'breaker open')).toMatchObject({
    nextProbe: TIME,
    queued: 10,
    lastFailure: { note: expect.stringContaining('connection refused') },
  })
})

test('a destination that was taken out of the configuration is shown as long as something waits for it', async () => {
  const first = await serve({ destinations: [{ name: 'old', url: 'http://127.0.0.1:9' }] })
  await first.alert()
  const second = await first.restart({ destinations: [{ name: 'new', url: 'http://127.0.0.1:9' }] })
  const status = async ({ get }: Serving) => (await get('/management/status', 'admin')).json()
  const old = { name: 'old', state: 'removed', queued: 1, concurrency: 0, lastSuccess: null, lastFailure: null }
  expect(await status(second)).toMatchObject({ destinations: expect.arrayContaining([expect.objectContaining(old)]) })
  expect((await second.get('/management/dead/old', 'admin')).status).toBe(404)

  const sink = await startSink()
  const third = await second.restart({ destinations: [{ name: 'old', url: sink.url }] })
  await drained(third)
  const fourth = await third.restart({ destinations: [{ name: 'new', url: 'http://127.0.0.1:9' }] })
  expect((await status(fourth)) as { destinations: object[] }).toMatchObject({ destinations: [{ name: 'new' }] })
})

test('a restart forgets the counters, not the suspension', async () => {
  const sink = await startSink()
  sink.behave({ mode: 'status', status: 401 })
  const settings = { destinations: [{ name: 'mom1', url: sink.url }] }
  const relay = await serve(settings)
  await relay.alert()
  const before = await inState(relay, 'suspended')
  const again = await relay.restart(settings)
  expect(await destination(again)).toMatchObject({
    state: 'suspended',
    queued: 1,
    since: (before as { since?: string }).since,
  })
})

test('dead letters: the newest first, at most 20, with their reasons', async () => {
  const sink = await startSink()
  sink.behave({ mode: 'status', status: 422, match: { resource: 'bad' } })
  const relay = await serve({ destinations: [{ name: 'mom1', url: sink.url, ...FAST }] })
  for (let i = 0; i < 24; i += 1) {
    await relay.alert({ id: `a${i}`, resource: 'bad', event: `fault ${i}` })
    // one between is taken, or twenty deaths in a row would suspend the destination
    if (i % 10 === 9) {
      await drained(relay)
      await relay.alert({ resource: 'well' })
      await drained(relay)
    }
  }
  await drained(relay)
  const { dead } = (await (await relay.get('/management/dead/mom1', 'admin')).json()) as { dead: { alert: string }[] }
  expect(dead.map(({ alert }) => alert)).toEqual(Array.from({ length: 20 }, (_, i) => `a${23 - i}`))
  expect(dead[0]).toEqual({
    message: expect.stringMatching(/^[0-9a-f-]{36}$/),
    kind: 'alert',
    alert: 'a23',
    action: null,
    acceptedAt: TIME,
    diedAt: TIME,
    attempts: 1,
    httpStatus: 422,
    reason: 'told to misbehave',
  })
})

test('a destination without dead letters has an empty list, an unknown one is 404', async () => {
  const { get } = await serve({ destinations: [{ name: 'mom1', url: 'http://127.0.0.1:9' }] })
  expect(await (await get('/management/dead/mom1', 'admin')).json()).toEqual({ status: 'ok', dead: [] })
  const unknown = await get('/management/dead/mom2', 'admin')
  expect(unknown.status).toBe(404)
  expect(await unknown.json()).toMatchObject({ status: 'error', message: 'not found', code: 404 })
})
