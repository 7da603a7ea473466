import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ALERT, killAll, type RelayProcess } from '../acceptance/relay.js'
import { closeSinks, type TestSink } from '../acceptance/sink.js'
import { whole } from '../crash/whole.js'
import { bytesOf, type HostileRequest, hostileRequest, ROUTES } from './generated.js'
import { ask, type RawAnswer } from './raw.js'
import { SECRETS, secretsIn, startWorld } from './world.js'

/** HOSTILE_RUNS=100000 for a long search; the default takes some seconds. */
const RUNS = whole('HOSTILE_RUNS', 1_200)

let relay: RelayProcess
let sink: TestSink
beforeAll(async () => {
  ;({ relay, sink } = await startWorld())
})
afterAll(async () => {
  killAll()
  await closeSinks()
})

/** Answered 201: the request id under which it arrives at the receiver, and what was sent. */
const accepted = new Map<string, { readonly body: Buffer; readonly heartbeat: boolean }>()
const statuses = new Map<number, number>()
/** The same of webhooks, whose bytes and path nobody here understands. */
const webhooks = new Map<string, { readonly body: Buffer; readonly target: string }>()

test('a request of whatever kind gets one answer in the right shape: no 500, no crash, no secret', async () => {
  const { pid } = relay
  await fc.assert(
    fc.asyncProperty(hostileRequest, async (request) => {
      const answers = await ask(relay.port, bytesOf(request), request.method === 'HEAD')
      expect(answers).toHaveLength(1)
      const answer = answers[0] as RawAnswer
      rightShape(request, answer)
      expect(secretsIn(JSON.stringify(answer))).toEqual([])
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      note(request, answer)
    }),
    { numRuns: RUNS },
  )
  expect(relay.pid).toBe(pid)
  expect((await fetch(`${relay.url}/management/gtg`)).status).toBe(200)
})

const TEXT = 'text/plain; charset=UTF-8'

function rightShape({ method }: HostileRequest, { status, headers, body }: RawAnswer): void {
  // so is the one that tells of an origin whose heartbeats have stopped
  if (body.startsWith('HEARTBEAT_STALE: ')) return expect([status, headers['content-type']]).toEqual([503, TEXT])
  if (status >= 500) {
    expect([status, body], 'a failure that the sender cannot know to be passing').toEqual([503, expect.any(String)])
    expect(headers['retry-after']).toMatch(/^\d+$/)
  }
  // of HEAD there is only the head; OPTIONS says all in Allow
  if ((method === 'HEAD' && body === '') || status === 204) return expect(body).toBe('')
  if (body.startsWith('# HELP ')) {
    return expect(headers['content-type']).toMatch(/^(text\/plain|application\/openmetrics-text); /)
  }
  // the health pages are made for load balancers
  if (body === 'OK') return expect([status, headers['content-type']]).toEqual([200, TEXT])
  expect(headers['content-type']).toBe('application/json')
  const said = JSON.parse(body) as Record<string, unknown>
  // a bulk request's task says how it stands
  if (status < 400) return expect(['ok', 'pending']).toContain(said.status ?? 'ok')
  expect(said).toEqual({
    status: 'error',
    message: expect.any(String),
    code: status,
    errors: null,
    requestId: headers['x-request-id'] ?? null,
  })
  // what a sender wrote comes back in parts at most
  expect(body.length).toBeLessThan(1_000)
}

function note(
  { method, target, headers: sent, body }: HostileRequest,
  { status, headers, body: text }: RawAnswer,
): void {
  // one of its own would not tell it from others
  if (method !== 'POST' || status !== 201 || sent.some(([name]) => name === 'X-Request-ID')) return
  const said = JSON.parse(text) as { message?: string }
  if (said.message?.startsWith('webhook ')) webhooks.set(headers['x-request-id'] as string, { body, target })
  if (!('alert' in said || 'heartbeat' in said)) return
  accepted.set(headers['x-request-id'] as string, { body, heartbeat: 'heartbeat' in said })
}

test('the search has met what it is meant to meet', () => {
  // most of it comes up at once; a run of another length may miss a rare one
  for (const status of [200, 201, 400, 401, 404, 405, 415]) expect([...statuses.keys()]).toContain(status)
  expect(accepted.size).toBeGreaterThan(RUNS / 50)
  expect(ROUTES.length).toBeGreaterThan(8)
})

test('what was accepted arrives as it was posted, with no more than id and createTime put in', async () => {
  await relay.drained()
  const arrived = new Map(sink.requests().map((request) => [request.headers['x-request-id'], request]))
  const missing = [...accepted].filter(([requestId]) => !arrived.has(requestId))
  // on a slow machine heartbeats wait, and only the latest of an origin goes out
  expect(missing.filter(([, { heartbeat }]) => !heartbeat)).toEqual([])
  expect(missing.length).toBeLessThanOrEqual((await relay.status()).counters['superseded.mom1'] ?? 0)
  for (const [requestId, { body, heartbeat }] of accepted) {
    const got = arrived.get(requestId)
    if (got === undefined) continue
    const put = heartbeat ? ['createTime'] : ['id', 'createTime']
    expect(got.bodyBase64, 'UTF-8 as it was').toBeUndefined()
    const [before, after] = [parsed(body.toString()), parsed(got.body)]
    const filled = Object.fromEntries(put.filter((name) => !isText(before[name])).map((name) => [name, after[name]]))
    expect(Object.values(filled).every(isText), JSON.stringify(filled)).toBe(true)
    // null or a number stood where a text belongs: it is in that place, which is not worth a second parser here
    const replaced = Object.keys(filled).some((name) => Object.hasOwn(before, name))
    if (replaced) expect(after).toEqual({ ...before, ...filled })
    else expect(got.body).toBe(withInFront(body.toString(), filled, Object.keys(before).length > 0))
  }
})

test('a webhook arrives with its bytes, under /webhooks and nowhere else, without a credential in its address', async () => {
  await relay.drained()
  const arrived = new Map(sink.requests().map((request) => [request.headers['x-request-id'], request]))
  expect(webhooks.size).toBeGreaterThan(RUNS / 100)
  for (const [requestId, { body, target }] of webhooks) {
    const got = arrived.get(requestId)
    const bytes = got?.bodyBase64 === undefined ? Buffer.from(got?.body ?? '') : Buffer.from(got.bodyBase64, 'base64')
    expect(bytes.equals(body), target).toBe(true)
    expect(got?.path, target).toMatch(/^\/webhooks\/(prometheus|slack|graylog|grafana)(\/|\?|$)/)
    expect(new URL(got?.path ?? '', 'http://x').pathname).toBe(got?.path.replace(/\?.*$/, ''))
    expect(got?.path).not.toMatch(/[?&]api-key/i)
  }
})

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
/** A byte order mark is no JSON, but is taken, as Alerta does. */
const parsed = (text: string): Record<string, unknown> => JSON.parse(text.replace(/^\ufeff/, ''))

function withInFront(text: string, members: object, others: boolean): string {
  const front = Object.entries(members).map(([name, value]) => `"${name}":${JSON.stringify(value)}`)
  return text.replace('{', () => `{${front.join(',')}${front.length > 0 && others ? ',' : ''}`)
}

test('no secret stands in the log, and no bug', () => {
  expect(relay.log.length).toBeGreaterThan(RUNS / 5)
  expect(secretsIn(relay.output())).toEqual([])
  expect(relay.log.filter(({ level }) => level === 'error')).toEqual([])
})

test('after all that a plain alert is the alert that it was before', async () => {
  const alert = { ...ALERT, resource: 'untouched', id: 'plain', createTime: '2026-11-21T09:08:09.664Z' }
  const answer = await relay.alert(alert)
  expect(answer.status).toBe(201)
  expect(answer.body.alert).toEqual({
    ...alert,
    ...{ correlate: [], status: 'open', group: 'Misc', value: null, text: '', tags: [], attributes: {}, origin: null },
    ...{ type: 'exceptionAlert', timeout: 86_400, rawData: null, customer: null, duplicateCount: 0, repeat: false },
    ...{ href: `${relay.url}/alert/plain`, lastReceiveId: 'plain', history: [expect.any(Object)] },
    ...{ previousSeverity: 'indeterminate', trendIndication: 'moreSevere' },
    ...{ receiveTime: expect.any(String), lastReceiveTime: expect.any(String), updateTime: expect.any(String) },
  })
  await relay.drained()
  expect(sink.requests().at(-1)?.body).toBe(JSON.stringify(alert))
})

test('the secrets that are looked for are found where they are', () => {
  const { key } = SECRETS
  for (const form of [key, `x${btoa(`user:${key}!`)}`, btoa(`a${key}`), btoa(`ab${key}`)]) {
    expect(secretsIn(`before ${form} after`)).toEqual([key])
  }
})
