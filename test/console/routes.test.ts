import { afterEach, expect, test } from 'vitest'
import { closeSinks, startSink } from '../acceptance/sink.js'
import { serve, stopServing } from '../management/serving.js'
import { waitFor } from '../support/wait.js'

afterEach(async () => {
  await stopServing()
  await closeSinks()
})

const FAST = { backoff: { first: '50ms', ceiling: '100ms' } }
type Relay = Awaited<ReturnType<typeof serve>>

async function told<T>(relay: Relay, path: string): Promise<T> {
  return (await (await relay.get(`/operator${path}`, 'admin')).json()) as T
}

interface Alerts {
  readonly total: number
  readonly alerts: readonly {
    readonly id: string
    readonly status: string
    readonly at: readonly { destination: string; is: string }[]
  }[]
}
const placesOf = async (relay: Relay, id: string): Promise<Record<string, string>> => {
  const { alerts } = await told<Alerts>(relay, `/alerts?text=${id}`)
  return Object.fromEntries(alerts[0]?.at.map(({ destination, is }) => [destination, is]) ?? [])
}

test('an alert is in step where it arrived, behind where it waits, and not meant for those that do not match', async () => {
  const mom1 = await startSink()
  const relay = await serve({
    destinations: [
      { name: 'well', url: mom1.url, ...FAST },
      { name: 'away', url: 'http://127.0.0.1:9', ...FAST },
      { name: 'other', url: 'http://127.0.0.1:10', match: { environment: ['Development'] } },
    ],
  })
  await relay.alert({ id: 'alert-one' })
  await waitFor(
    'the alert to arrive',
    () => placesOf(relay, 'alert-one'),
    (at) => at.well === 'in step',
  )
  expect(await placesOf(relay, 'alert-one')).toEqual({ well: 'in step', away: 'behind', other: 'not meant for it' })
  // what is being tried cannot be discarded
  const discard = async () => {
    const answer = await relay.send('POST', '/operator/destinations/away/discard-queued', { why: 'a test' })
    return (await answer.json()) as { discarded: number }
  }
  await relay.send('POST', '/operator/destinations/away/hold', { reason: 'a test' })
  await waitFor('it to be discarded', discard, ({ discarded }) => discarded === 1)
  await waitFor(
    'the alert to be missing',
    () => placesOf(relay, 'alert-one'),
    (at) => at.away === 'missing',
  )
})

test('alerts are found by what they say, page by page', async () => {
  const relay = await serve()
  for (let i = 0; i < 5; i += 1)
    await relay.alert({ id: `a-${i}`, resource: `web${i}`, severity: i < 2 ? 'critical' : 'minor' })
  expect(await told<Alerts>(relay, '/alerts?severity=critical')).toMatchObject({ total: 2 })
  expect(await told<Alerts>(relay, '/alerts?text=WEB3')).toMatchObject({ total: 1, alerts: [{ id: 'a-3' }] })
  expect(await told<Alerts>(relay, '/alerts?environment=Nowhere')).toMatchObject({ total: 0, alerts: [] })
  const { alerts } = await told<Alerts>(relay, '/alerts?limit=2&offset=2')
  expect(alerts.map(({ id }) => id)).toEqual(['a-2', 'a-1'])
})

test('an action goes the way of all messages, and takes the scope that Alerta wants for it', async () => {
  const relay = await serve({ destinations: [{ name: 'mom1', url: 'http://127.0.0.1:9' }] })
  await relay.alert({ id: 'x', severity: 'critical' })
  const act = (key: string, action = 'ack') =>
    relay.send('POST', '/operator/alerts/x/action', { action, text: 'on it' }, key)
  expect((await act('read')).status).toBe(403)
  expect((await act('read:management')).status).toBe(403)
  const acked = await act('write:alerts')
  expect(acked.status).toBe(201)
  expect(await acked.json()).toMatchObject({ alert: 'x', queued: ['mom1'] })
  expect(await told<Alerts>(relay, '/alerts')).toMatchObject({ alerts: [{ id: 'x', status: 'ack' }] })
  expect((await act('write:alerts', 'explode')).status).toBe(400)
  expect(await told(relay, '/audit?command=action')).toMatchObject({ audit: [{ command: 'action', result: 'done' }] })
})

test('loops and copies are told with the way they came, the newest first', async () => {
  const relay = await serve({ base_url: 'http://relay.example.com' })
  const post = (loop: string) =>
    fetch(`${relay.url}/alert`, {
      method: 'POST',
      headers: { 'x-api-key': 'admin', 'content-type': 'application/json', 'x-alerta-loop': loop },
      body: JSON.stringify({ id: 'c', resource: 'r', event: 'e', environment: 'Production' }),
    })
  await post('http://a.example.com')
  await post('http://a.example.com,http://b.example.com')
  await post('http://relay.example.com,http://b.example.com')
  expect(await told(relay, '/suppressed')).toMatchObject({
    relay: 'http://relay.example.com',
    counts: { copy: 1, loop: 1 },
    suppressed: [
      { why: 'loop', hop: 'http://relay.example.com', hops: ['http://relay.example.com', 'http://b.example.com'] },
      { why: 'copy by content', alert: 'c', hop: null, hops: ['http://a.example.com', 'http://b.example.com'] },
    ],
  })
})

test('the configuration in force is told without a secret, and a probe says what destinations say', async () => {
  const mom1 = await startSink()
  const secret = 'nobody-may-read-this'
  const relay = await serve({
    destinations: [
      { name: 'mom1', url: mom1.url, auth: { type: 'key', key: secret } },
      { name: 'away', url: 'http://127.0.0.1:9' },
    ],
  })
  expect((await relay.get('/operator/configuration', 'read:management')).status).toBe(403)
  expect(await told(relay, '/configuration')).toMatchObject({ probe: null, file: { problems: [], differs: false } })
  await relay.send('POST', '/operator/probe')
  const text = JSON.stringify(await told(relay, '/configuration'))
  expect(text).toContain('name: mom1')
  expect(text).toContain('reachable over http')
  expect(text).toMatch(/"destination":"away","level":"fail","text":"cannot be reached/)
  expect(text).not.toContain(secret)
})

test('a relay tells whoever may ask where it sends to, and the pulse tells of those beyond', async () => {
  const beyond = await serve({
    base_url: 'http://beyond.example.com',
    destinations: [{ name: 'far', url: 'http://127.0.0.1:9' }],
  })
  const neighbours = (key: string) => beyond.get('/management/neighbours', key)
  expect((await neighbours('write:alerts')).status).toBe(403)
  const auth = (key: string) => ({ type: 'key', key })
  const relay = await serve({
    destinations: [
      { name: 'next', kind: 'relay', url: beyond.url, auth: auth('read:management') },
      { name: 'shut', kind: 'relay', url: beyond.url, auth: auth('write:alerts') },
    ],
  })
  const pulse = await relay.get('/operator/pulse', 'read:management')
  const reader = (pulse.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  await waitFor(
    'what is beyond',
    async () => {
      text += (await reader.read()).value
      return text
    },
    (seen) => seen.includes('"name":"far"') && seen.includes('read:management'),
  )
  await reader.cancel()
  const parts = [...text.matchAll(/event: beyond\ndata: (.*)/g)].map(([, data = '']) => JSON.parse(data))
  expect(parts.find(({ name }) => name === 'next')).toMatchObject({
    why: null,
    told: {
      relay: { baseUrl: 'http://beyond.example.com' },
      destinations: [{ name: 'far', identities: ['http://127.0.0.1:9'] }],
    },
  })
  expect(parts.find(({ name }) => name === 'shut')).toMatchObject({
    told: null,
    why: expect.stringMatching(/scope read:management/),
  })
})

test('of more than can be read the live feed tells the newest, and how many it has left out', async () => {
  const relay = await serve()
  const feed = await relay.get('/operator/activity?most=2', 'read:management')
  const reader = (feed.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader()
  await reader.read()
  await Promise.all(Array.from({ length: 40 }, (_, i) => relay.alert({ resource: `web${i}` })))
  let text = ''
  await waitFor(
    'all of them',
    async () => {
      text += (await reader.read()).value
      const told = [...text.matchAll(/"what":"message accepted"/g)].length
      const missed = [...text.matchAll(/"missed":(\d+)/g)].reduce((sum, [, n]) => sum + Number(n), 0)
      return { told, missed }
    },
    ({ told, missed }) => told + missed >= 40,
  )
  await reader.cancel()
  expect([...text.matchAll(/"what":"message accepted"/g)].length).toBeLessThan(40)
})

test('open consoles do not keep the relay from ending', async () => {
  const relay = await serve({ limits: { drain: '30s' } })
  const feeds = await Promise.all(['/pulse', '/activity'].map((path) => relay.get(`/operator${path}`, 'admin')))
  expect(feeds.map(({ status }) => status)).toEqual([200, 200])
  const ends = feeds.map(({ body }) => body?.pipeTo(new WritableStream()))
  const since = performance.now()
  await stopServing()
  await Promise.allSettled(ends)
  expect(performance.now() - since).toBeLessThan(10_000)
})
