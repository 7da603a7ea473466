import { afterEach, expect, test } from 'vitest'
import { waitFor } from '../support/wait.js'
import { type Serving, serve, stopServing } from './serving.js'
import { askOperators, openOperators } from './socket-request.js'

afterEach(stopServing)

/** Nobody listens there. */
const AWAY = 'http://127.0.0.1:9'

test('the status has those in trouble first, with why, what holds them up and what happens next', async () => {
  const relay = await serve({
    destinations: [
      { name: 'idle', url: AWAY, match: { severity: 'security' } },
      { name: 'away', url: AWAY, auth: { type: 'basic', username: 'u', password: 'hidden' }, insecure: true },
    ],
  })
  expect(await askOperators(relay.database, '/status')).toMatchObject({
    relay: { wrong: [], acceptedPerSecond: 0, databaseBytes: expect.any(Number), freeBytes: expect.any(Number) },
    destinations: [
      { name: 'idle', trouble: null, slowestLane: null, next: null },
      { name: 'away', trouble: null },
    ],
  })
  for (let n = 0; n < 6; n += 1) await relay.alert({ resource: `web${n}` })
  const status = await waitFor(
    'the breaker to open',
    () => askOperators(relay.database, '/status'),
    ({ destinations }) => (destinations as { state: string }[])[0]?.state === 'breaker open',
  )
  expect(status).toMatchObject({
    relay: { acceptedPerSecond: expect.closeTo(6, -1) },
    destinations: [
      {
        name: 'away',
        queued: 6,
        url: AWAY,
        trouble: { what: expect.stringContaining('connection refused') },
        slowestLane: { lane: 'Production/web0', attempts: 1, note: expect.stringContaining('refused') },
        next: { what: 'probe' },
      },
      { name: 'idle', trouble: null },
    ],
  })
  expect(JSON.stringify(status)).not.toContain('hidden')
})

test('queues are told by age, and one by its lanes', async () => {
  const relay = await serve({ destinations: [{ name: 'away', url: AWAY }] })
  for (const resource of ['web1', 'web1', 'web2']) await relay.alert({ resource, event: `Event${resource}` })
  expect(await askOperators(relay.database, '/queue')).toMatchObject({
    ages: [60, 300, 1_200, 3_600, 14_400, 86_400],
    queues: [{ name: 'away', counts: [expect.any(Number), 0, 0, 0, 0, 0, 0] }],
  })
  const { lanes, oldest } = await askOperators(relay.database, '/queue/away')
  expect([lanes, oldest]).toMatchObject([2, [{ lane: 'Production/web1' }, { lane: 'Production/web2', rows: 1 }]])
  expect(await askOperators(relay.database, '/queue/nobody')).toMatchObject({ code: 404 })
})

test('senders are told with what they had accepted and why they were refused, and never with what they offered', async () => {
  const relay = await serve({ auth: { api_keys: [{ key: 'k1', scopes: ['write:alerts'], text: 'probe' }] } })
  const post = (key: string, body: object) => relay.send('POST', '/alert', body, key)
  const alert = { resource: 'web01', event: 'NodeDown', environment: 'Production' }
  expect((await post('k1', alert)).status).toBe(201)
  expect((await post('k1', { resource: 'web01' })).status).toBe(400)
  expect((await post('secret-guess', alert)).status).toBe(401)
  expect((await relay.get('/management/status', 'k1')).status).toBe(403)
  const told = await askOperators(relay.database, '/senders')
  expect(told.senders).toMatchObject([
    {
      credential: 'key probe',
      known: true,
      accepted: 1,
      refused: { 400: 1, 403: 1 },
      lastError: { httpStatus: 403, why: 'Missing required scope: read:management' },
    },
    { credential: 'key', known: false, address: '127.0.0.1', accepted: 0, refused: { 401: 1 } },
  ])
  const feed = await openOperators(relay.database, '/activity?level=debug&text=credential%20refused&last=9')
  for await (const chunk of feed) {
    expect(String(chunk)).toContain('"what":"credential refused","request"')
    expect(String(chunk) + JSON.stringify(told)).not.toContain('secret-guess')
    break
  }
})

/** The events of the feed until one of them says this. */
async function readUntil(relay: Serving, path: string, headers: Record<string, string>, said: string): Promise<string> {
  let all = ''
  for await (const chunk of await openOperators(relay.database, path, headers)) {
    all += chunk
    if (all.includes(said)) break
  }
  return all
}

test('the activity goes on where its reader has stopped, and says so where that is not possible', async () => {
  const relay = await serve({ destinations: [] })
  await relay.alert({ resource: 'web01' })
  const first = await readUntil(relay, '/activity?last=1', {}, '"what":"message accepted"')
  const place = /^id: (\S+)$/m.exec(first)?.[1] ?? ''
  await relay.alert({ resource: 'web02' })
  const rest = await readUntil(relay, '/activity', { 'last-event-id': place }, '"what":"message accepted"')
  expect(rest.match(/"what":"message accepted"/g)).toHaveLength(1)
  expect(rest).not.toContain('event: gap')
  const restarted = await relay.restart({ destinations: [] })
  expect(await readUntil(restarted, '/activity', { 'last-event-id': place }, 'gap')).toContain('data: {"missed":null}')
  expect(await askOperators(restarted.database, '/activity?level=loud')).toMatchObject({ code: 400 })
})

test('so many may look on that others can still do something', async () => {
  const relay = await serve()
  const open = await Promise.all(Array.from({ length: 33 }, () => openOperators(relay.database, '/activity')))
  const statuses = open.map(({ statusCode }) => statusCode)
  expect(statuses.filter((status) => status === 200)).toHaveLength(32)
  expect(statuses.filter((status) => status === 503)).toHaveLength(1)
  for (const one of open) one.destroy()
  await waitFor(
    'their places to be free',
    () => openOperators(relay.database, '/activity'),
    (answer) => {
      answer.destroy()
      return answer.statusCode === 200
    },
  )
})

test('an alert is explained as it would go, and nothing comes of it', async () => {
  const relay = await serve({
    reject: { allowed_environments: ['Production'] },
    destinations: [
      { name: 'all', url: 'http://127.0.0.1:9/api', auth: { type: 'key', key: 'hidden' }, insecure: true },
      { name: 'worst', url: AWAY, base_url: 'http://worst.example.com', match: { severity: ['critical', '!x'] } },
      { name: 'acks', url: AWAY, forward: ['actions'] },
    ],
  })
  const alert = { resource: 'web01', event: 'NodeDown', environment: 'Production', severity: 'minor' }
  const explain = (body: object) => askOperators(relay.database, '/explain', body)
  const told = await explain({ alert })
  expect(told).toMatchObject({
    ingress: 'taken',
    httpStatus: 201,
    known: false,
    added: ['id', 'createTime'],
    verdicts: [
      {
        destination: 'all',
        goes: true,
        request: 'POST http://127.0.0.1:9/api/alert',
        credential: 'key',
        lane: 'Production/web01',
      },
      { destination: 'worst', goes: false, why: 'severity is minor, wanted is critical or !x' },
      { destination: 'acks', goes: false, why: 'forward [actions] has no word for it' },
    ],
  })
  expect(JSON.stringify(told)).not.toContain('hidden')
  expect(await explain({ alert, loop: 'http://worst.example.com' })).toMatchObject({
    verdicts: [
      { goes: true },
      { why: 'it came from there or passed there: http://worst.example.com stands in X-Alerta-Loop' },
      { goes: false },
    ],
  })
  expect(await explain({ alert: { ...alert, environment: 'Lab' } })).toMatchObject({
    ingress: 'refused',
    httpStatus: 403,
    why: expect.stringContaining('[POLICY]'),
    verdicts: [],
  })
  expect(await explain({ alert: { resource: 'web01' } })).toMatchObject({ ingress: 'refused', httpStatus: 400 })
  expect(await explain({ id: 'nobody-has-it' })).toMatchObject({ code: 404 })
  const status = await askOperators(relay.database, '/status')
  expect(status.destinations).toMatchObject([{ queued: 0 }, { queued: 0 }, { queued: 0 }])
  const { counters } = (await (await relay.get('/management/status', 'admin')).json()) as { counters: object }
  expect(counters).toEqual({})
})

test('an alert that was sent somewhere before goes there again, and that is why', async () => {
  const relay = await serve({ destinations: [{ name: 'worst', url: AWAY, match: { severity: 'critical' } }] })
  const { id } = (await (await relay.alert({ severity: 'critical' })).json()) as { id: string }
  const minor = { resource: 'web01', event: 'NodeDown', environment: 'Production', severity: 'minor' }
  expect(await askOperators(relay.database, '/explain', { alert: minor })).toMatchObject({
    known: true,
    verdicts: [{ goes: true, why: expect.stringMatching(/sent there before.*though severity is minor/) }],
  })
  expect(await askOperators(relay.database, '/explain', { id: id.slice(0, 8) })).toMatchObject({
    alert: { severity: 'critical' },
    verdicts: [{ goes: true, why: 'the match holds: severity critical' }],
  })
})
