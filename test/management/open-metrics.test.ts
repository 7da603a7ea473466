import { afterEach, expect, test } from 'vitest'
import { page, table } from '../docs/pages.js'
import { waitFor } from '../support/wait.js'
import { type Serving, serve, stopServing } from './serving.js'

afterEach(stopServing)

const AWAY = { name: 'away', url: 'http://127.0.0.1:9', backoff: { first: '20ms', ceiling: '50ms' } }

const scrape = async ({ url }: Serving, accept = 'text/plain'): Promise<string> =>
  (await fetch(`${url}/management/metrics`, { headers: { accept, 'x-api-key': 'read:management' } })).text()

/** "name{labels} value" of one name, as they stand on the page. */
const samples = (text: string, name: string): string[] =>
  text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))

test('a scrape tells of messages, deliveries, queues and states', async () => {
  const relay = await serve({ destinations: [AWAY], reject: { allowed_environments: ['Production'] } })
  await relay.alert({ severity: 'critical' })
  await relay.alert({ environment: 'Moon' })
  const text = await waitFor(
    'the breaker to open',
    () => scrape(relay),
    (seen) => seen.includes('alerta_relay_destination_state{destination="away",state="breaker open"} 1'),
  )
  const counted = (name: string) => samples(text, name).filter((line) => !line.endsWith(' 0'))
  expect(counted('alerta_relay_messages_accepted_total')).toEqual([
    'alerta_relay_messages_accepted_total{kind="alert"} 1',
  ])
  expect(counted('alerta_relay_messages_refused_total')).toEqual([
    'alerta_relay_messages_refused_total{reason="policy"} 1',
  ])
  expect(samples(text, 'alerta_alerts_rejected_total')).toEqual(['alerta_alerts_rejected_total 1'])
  expect(counted('alerta_relay_requests_refused_total')).toEqual([
    'alerta_relay_requests_refused_total{status="403"} 1',
  ])
  expect(samples(text, 'alerta_relay_queue_messages')).toEqual(['alerta_relay_queue_messages{destination="away"} 1'])
  expect(samples(text, 'alerta_relay_alerts')).toEqual(['alerta_relay_alerts{status="open"} 1'])
  expect(samples(text, 'alerta_alerts_total')).toEqual(['alerta_alerts_total 1'])
  expect(samples(text, 'alerta_relay_ready')).toEqual(['alerta_relay_ready 1'])
  const states = samples(text, 'alerta_relay_destination_state')
  expect(states.filter((line) => line.endsWith(' 1'))).toHaveLength(1)
  const [attempts] = samples(text, 'alerta_relay_attempt_duration_seconds_count')
  expect(Number(attempts?.split(' ').at(-1))).toBeGreaterThan(1)
  expect(samples(text, 'alerta_relay_commit_units_count')).toHaveLength(1)
})

test('who accepts OpenMetrics gets it, others the older text', async () => {
  const relay = await serve()
  await relay.alert()
  const ask = (accept: string) =>
    fetch(`${relay.url}/management/metrics`, { headers: { accept, 'x-api-key': 'read:management' } })
  const prometheus = await ask('application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5')
  expect(prometheus.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
  const open = await prometheus.text()
  expect(open.endsWith('# EOF\n')).toBe(true)
  expect(open).toContain('# TYPE alerta_relay_messages_accepted counter\n')
  expect(open).toContain('# TYPE alerta_alerts_total unknown\n')
  expect(open).toContain('\nalerta_relay_messages_accepted_total{kind="alert"} 1\n')

  const old = await ask('*/*')
  expect(old.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const text = await old.text()
  expect(text).toContain('# TYPE alerta_relay_messages_accepted_total counter\n')
  expect(text).not.toContain('# EOF')
})

test('metrics are for those who may read management', async () => {
  const { get } = await serve()
  expect((await get('/management/metrics')).status).toBe(401)
  expect((await get('/management/metrics', 'write:alerts')).status).toBe(403)
  expect((await get('/management/metrics', 'read:management')).status).toBe(200)
})

test('the number of series does not grow with what comes in, and no id, resource or path is among them', async () => {
  const relay = await serve({ destinations: [AWAY] })
  await relay.alert()
  await waitFor(
    'the breaker to open',
    () => scrape(relay),
    (seen) => seen.includes('state="breaker open"} 1'),
  )
  const names = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length
  const before = names(await scrape(relay))
  for (let i = 0; i < 200; i += 1) {
    await relay.alert({ resource: `secret-${i}`, event: `event-${i}`, id: `id-${i}` })
    await fetch(`${relay.url}/alert/id-${i}`, { headers: { 'x-api-key': `wrong-${i}` } })
  }
  const after = await scrape(relay)
  expect(names(after)).toBe(before)
  expect(after).not.toMatch(/secret-|event-\d|id-\d|wrong-/)
})

test('every name of a scrape stands in the list, and the list has no other', async () => {
  const { FAMILIES } = await import('../../src/management/metrics/families.js')
  const { createMeasures } = await import('../../src/management/metrics/measures.js')
  const { histograms } = createMeasures()
  const there = [
    ...Object.entries(FAMILIES).map(([name, { type, labels }]) => [name, type, labels.join(', ')]),
    ...histograms.map((one) => [one.name, 'histogram', one.label ?? '']),
  ]
  const listed = table(page('monitoring/README.md'), 'metric', 'type', 'labels').map((row) => row.slice(0, 3))
  expect(listed.toSorted()).toEqual(there.toSorted())

  const relay = await serve({ destinations: [AWAY] })
  await relay.alert()
  const text = await scrape(relay)
  const told = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
  expect(told.filter((name) => !listed.some(([known]) => known === name))).toEqual([])
  expect(new Set(told).size).toBe(told.length)
})
