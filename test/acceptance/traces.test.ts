import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { freePort } from '../support/ports.js'
import { waitFor } from '../support/wait.js'
import { type Collector, startCollector, type TracedSpan } from './collector.js'
import { killAll, PEER_KEY, startRelay } from './relay.js'
import { closeSinks, startSink, type TestSink } from './sink.js'

afterEach(async () => {
  killAll()
  await closeSinks()
})

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'
const SENT = { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'vendor=opaque' }

const traces = (sink: TestSink) => sink.requests().map(({ headers }) => headers.traceparent)

test('the trace of a sender goes on through two relays, each try a step of its own, also after a restart', async () => {
  const sink = await startSink()
  const core = await startRelay({ destinations: [{ name: 'mom1', url: sink.url }] })
  const edge = await startRelay({
    destinations: [{ name: 'core', kind: 'relay', url: core.url, auth: { type: 'key', key: PEER_KEY } }],
  })
  sink.behave({ mode: 'status', status: 500, times: 2 })
  await core.stop()
  await edge.alert({ id: 'a' }, SENT)
  await edge.kill()
  await edge.restart()
  await core.restart()
  await edge.drained()
  await core.drained()
  const seen = traces(sink)
  expect(seen).toHaveLength(3)
  for (const one of seen) expect(one).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`))
  expect(new Set([...seen, SENT.traceparent]).size).toBe(4)
  expect(sink.requests().map(({ headers }) => headers.tracestate)).toEqual(Array(3).fill('vendor=opaque'))
})

test('a trace that cannot be is ignored, and without one none is made', async () => {
  const sink = await startSink()
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url }] })
  expect((await relay.alert({ id: 'a' }, { traceparent: 'ff-nonsense', tracestate: 'a=b' })).status).toBe(201)
  expect((await relay.alert({ id: 'b', resource: 'web02' })).status).toBe(201)
  await relay.drained()
  expect(traces(sink)).toEqual([undefined, undefined])
  expect(sink.requests().map(({ headers }) => headers.tracestate)).toEqual([undefined, undefined])
})

/** Runs a relay and tells which packages it had loaded when it ended. */
async function loadedBy(config: object): Promise<readonly string[]> {
  const dir = mkdtempSync(join(tmpdir(), 'modules-'))
  const file = join(dir, 'modules.json')
  const spy = join(dir, 'spy.mjs')
  writeFileSync(
    spy,
    `import { createRequire } from 'node:module'
import { writeFileSync } from 'node:fs'
const { cache } = createRequire(import.meta.url)
process.on('exit', () => writeFileSync(${JSON.stringify(file)}, JSON.stringify(Object.keys(cache))))`,
  )
  const relay = await startRelay({
    destinations: [{ name: 'mom1', url: 'http://127.0.0.1:9' }],
    config,
    env: { NODE_OPTIONS: `--import=${pathToFileURL(spy).href}` },
  })
  await relay.alert({}, SENT)
  await relay.stop()
  const paths = JSON.parse(readFileSync(file, 'utf8')) as string[]
  return [...new Set(paths.flatMap((path) => /node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(path)?.[1] ?? []))]
}

test('nothing of OpenTelemetry is loaded where it is not configured', async () => {
  // what shows metrics brings its interface, when somebody asks for metrics
  const without = await loadedBy({})
  expect(without).toContain('better-sqlite3')
  expect(without.filter((name) => name.startsWith('@opentelemetry/'))).toEqual([])
  const { url } = await startCollector()
  expect(await loadedBy({ tracing: { otlp_endpoint: url } })).toContain('@opentelemetry/sdk-trace-base')
})

const attribute = ({ attributes }: TracedSpan, name: string) =>
  Object.values(attributes.find(({ key }) => key === `alerta_relay.${name}`)?.value ?? {})[0]

const collected = (collector: Collector, count: number) =>
  waitFor(
    'the spans',
    async () => collector.spans,
    (spans) => spans.length >= count,
  )

test('a collector sees a message being received, stored, waiting and tried, in the trace of its sender', async () => {
  const [sink, collector] = [await startSink(), await startCollector()]
  const relay = await startRelay({
    destinations: [{ name: 'mom1', url: sink.url, auth: { type: 'key', key: 'a-secret-key' } }],
    config: { tracing: { otlp_endpoint: collector.url, service_name: 'edge' } },
    env: { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=collector-secret' },
  })
  sink.behave({ mode: 'status', status: 500, times: 1 })
  await relay.alert({ id: 'a', text: 'private words' }, SENT)
  await relay.drained()
  const spans = await collected(collector, 5)
  expect(spans.map(({ name }) => name).toSorted()).toEqual(['attempt', 'attempt', 'commit', 'queue wait', 'receive'])
  const [receive] = spans.filter(({ name }) => name === 'receive')
  const others = spans.filter(({ name }) => name !== 'receive')
  expect(receive).toMatchObject({ traceId: TRACE, parentSpanId: SPAN, kind: 2 })
  for (const span of others) expect(span).toMatchObject({ traceId: TRACE, parentSpanId: receive?.spanId })
  for (const { startTimeUnixNano: from, endTimeUnixNano: to } of spans)
    expect(BigInt(to)).toBeGreaterThanOrEqual(BigInt(from))

  const attempts = spans.filter(({ name }) => name === 'attempt')
  expect(attempts.map((span) => attribute(span, 'outcome'))).toEqual(['retry', 'delivered'])
  expect(attempts.map((span) => attribute(span, 'destination'))).toEqual(['mom1', 'mom1'])
  expect(attempts.map(({ status }) => status.code)).toEqual([2, expect.not.stringMatching('2')])
  // what the destination was told is that very span
  expect(traces(sink)).toEqual(attempts.map(({ spanId }) => `00-${TRACE}-${spanId}-01`))
  expect(new Set(spans.map((span) => attribute(span, 'message')).filter(Boolean)).size).toBe(1)

  expect(collector.service()).toBe('edge')
  expect(collector.authorizations).toContain('collector-secret')
  expect(collector.texts.join()).not.toMatch(/private words|a-secret-key|test-key/)
})

test('where the sender has no trace one begins here; what is not sampled is passed on and not told', async () => {
  const [sink, collector] = [await startSink(), await startCollector()]
  const relay = await startRelay({
    destinations: [{ name: 'mom1', url: sink.url }],
    config: { tracing: { otlp_endpoint: collector.url } },
  })
  await relay.alert({ id: 'a' }, { traceparent: `00-${TRACE}-${SPAN}-00` })
  await relay.alert({ id: 'b', resource: 'web02' })
  await relay.drained()
  const spans = await collected(collector, 4)
  const [unsampled, own] = traces(sink).toSorted((a) => (a?.includes(TRACE) ? -1 : 1))
  expect(unsampled).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`))
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([own?.split('-')[1]]))
})

test('a collector that is away disturbs nobody', async () => {
  const sink = await startSink()
  const relay = await startRelay({
    destinations: [{ name: 'mom1', url: sink.url }],
    config: { tracing: { otlp_endpoint: `http://127.0.0.1:${await freePort()}` } },
  })
  for (let i = 0; i < 50; i += 1) expect((await relay.alert({ id: `a${i}`, resource: `web${i}` })).status).toBe(201)
  await relay.drained()
  expect(sink.got()).toHaveLength(50)
  const { counters } = await waitFor(
    'spans to be given up',
    () => relay.status(),
    (status) => (status.counters['spans dropped'] ?? 0) > 0,
  )
  expect(counters['accepted.alert']).toBe(50)
  const told = () => relay.log.filter(({ msg }) => msg === 'spans not exported').length
  expect(await waitFor('it to be told', told, (lines) => lines > 0)).toBe(1)
  expect(await relay.stop()).toBe(0)
}, 60_000)
