import { afterEach, expect, test } from 'vitest'
import { waitFor } from '../support/wait.js'
import { inOrder, sendMany } from './load.js'
import { KEY, killAll, startRelay } from './relay.js'
import { closeSinks, startSink } from './sink.js'

afterEach(async () => {
  killAll()
  await closeSinks()
})

const kindOf = (url: string, name: string, more: object = {}) => ({ name, url, ...more })

test('a destination that is down for a while: nothing is lost, order is kept, senders notice nothing', async () => {
  const sink = await startSink()
  const relay = await startRelay({ destinations: [kindOf(sink.url, 'mom1')] })
  const before = await sendMany(relay, 0, 100)
  await relay.drained()
  await sink.down()
  const during = await sendMany(relay, 100, 300)
  await sink.up()
  await relay.drained()
  expect(inOrder(sink.got())).toBe(true)
  expect(new Set(sink.got()).size).toBe(300)
  expect(before.concat(during).every(({ status }) => status === 201)).toBe(true)
  expect(median(during)).toBeLessThan(Math.max(10 * median(before), 100))
})

const median = (answers: readonly { ms: number }[]): number =>
  answers.map(({ ms }) => ms).sort((a, b) => a - b)[Math.floor(answers.length / 2)] as number

test('one hanging destination beside a healthy one: the healthy one gets everything at once', async () => {
  const healthy = await startSink()
  const hanging = await startSink()
  hanging.behave({ mode: 'hang' })
  const relay = await startRelay({ destinations: [kindOf(healthy.url, 'healthy'), kindOf(hanging.url, 'hanging')] })
  const answers = await sendMany(relay, 0, 200)
  await waitFor(
    'the healthy one',
    () => healthy.got().length,
    (seen) => seen === 200,
  )
  expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(5_000)
  expect(await relay.destination('hanging')).toMatchObject({ queued: 200 })
  expect(hanging.got()).toEqual([])
})

test('503 to the first 50 of 200 alerts: all 200 arrive, in order in each lane', async () => {
  const sink = await startSink()
  sink.behave({ mode: 'status', status: 503, times: 50 })
  const relay = await startRelay({
    destinations: [kindOf(sink.url, 'mom1', { backoff: { first: '20ms', ceiling: '50ms' } })],
  })
  await sendMany(relay, 0, 200)
  await relay.drained(60_000)
  expect(sink.got()).toHaveLength(200)
  expect(inOrder(sink.got())).toBe(true)
  expect((await relay.destination('mom1')).dead).toBe(0)
})

test('a poison alert that always gets 500: its lane goes on after it is dead, the others never stop', async () => {
  const sink = await startSink()
  sink.behave({ mode: 'status', status: 500, match: { resource: 'poison' } })
  const relay = await startRelay({ destinations: [kindOf(sink.url, 'mom1', { poison_after: '1s' })] })
  await relay.alert({ resource: 'poison', id: 'p', text: '1' })
  await relay.delete('p')
  for (let i = 0; (await relay.destination('mom1')).dead === 0; i += 1)
    await relay.alert({ resource: `well${i}`, text: `${i}` })
  await relay.drained()
  const got = sink.got()
  expect(
    sink.requests().map(({ method }) => method),
    'what waited behind it',
  ).toContain('DELETE')
  expect(got.filter((one) => one.startsWith('well')).length).toBeGreaterThan(3)
  expect(inOrder(got)).toBe(true)
  expect(await relay.destination('mom1')).toMatchObject({ dead: 1, state: 'flowing' })
})

test('a timeout is tried again and may double, and says so', async () => {
  const sink = await startSink()
  sink.behave({ mode: 'hang', times: 1 })
  const relay = await startRelay({ destinations: [kindOf(sink.url, 'mom1', { timeout: '500ms' })] })
  await relay.alert({ text: 'x' })
  await relay.drained()
  expect(sink.got()).toEqual(['web01 critical x'])
  expect((await relay.status()).counters['attempt.unknown.mom1']).toBe(1)
})

test('a full queue refuses senders whose messages route there, and only them', async () => {
  const sink = await startSink()
  await sink.down()
  const away = kindOf(sink.url, 'away', { queue: { rows: 10 }, overflow: 'refuse', match: { severity: 'critical' } })
  const relay = await startRelay({ destinations: [away] })
  const answers = await sendMany(relay, 0, 10)
  expect(answers.every(({ status }) => status === 201)).toBe(true)
  const refused = await relay.alert({ resource: 'one too many' })
  expect(refused.status).toBe(503)
  expect(refused.body).toMatchObject({ status: 'error', message: expect.stringContaining('away') })
  expect((await relay.alert({ resource: 'elsewhere', severity: 'minor' })).status).toBe(201)
  await sink.up()
  await relay.drained()
  expect(sink.got()).toHaveLength(10)
})

test('after an outage a thousand repeats are two, with the tags of all, and the changes between are all there', async () => {
  const sink = await startSink()
  await sink.down()
  const relay = await startRelay({ destinations: [kindOf(sink.url, 'mom1')] })
  for (let i = 0; i < 500; i += 1) await relay.alert({ id: 'x', text: `${i}`, tags: [`t${i % 10}`] })
  await relay.action('x', 'ack')
  for (let i = 500; i < 1_000; i += 1) await relay.alert({ id: 'x', text: `${i}` })
  await relay.alert({ id: 'x', severity: 'normal', text: '1000' })
  await sink.up()
  await relay.drained()
  const got = sink.got()
  expect(inOrder(got)).toBe(true)
  // one more where it was under way while the destination went
  expect(got.filter((one) => one === 'ack')).toEqual(['ack'])
  expect(got.at(-1)).toBe('web01 normal 1000')
  expect(got).toEqual(expect.arrayContaining(['web01 critical 0', 'web01 critical 499', 'web01 critical 999']))
  expect(got.length).toBeLessThan(10)
  const survivor = sink.requests().find(({ body }) => body.includes('"text":"499"'))
  expect(JSON.parse(survivor?.body ?? '').tags.toSorted()).toEqual(Array.from({ length: 10 }, (_, i) => `t${i}`))
})

test('fold: false: every repeat is delivered', async () => {
  const sink = await startSink()
  await sink.down()
  const relay = await startRelay({ destinations: [kindOf(sink.url, 'mom1', { fold: false })] })
  for (let i = 0; i < 20; i += 1) await relay.alert({ id: 'x', text: `${i}` })
  await sink.up()
  await relay.drained()
  expect(sink.got()).toEqual(Array.from({ length: 20 }, (_, i) => `web01 critical ${i}`))
})

test('after an outage only the latest heartbeat of each origin is delivered, beside one that was under way', async () => {
  const sink = await startSink()
  await sink.down()
  const relay = await startRelay({ destinations: [kindOf(sink.url, 'mom1')] })
  for (let i = 0; i < 20; i += 1) {
    const headers = { authorization: `Key ${KEY}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ origin: 'probe1', timeout: 300, tags: [`${i}`] })
    expect((await fetch(`${relay.url}/heartbeat`, { method: 'POST', headers, body })).status).toBe(201)
  }
  await sink.up()
  await relay.drained()
  expect(sink.got().length).toBeLessThanOrEqual(2)
  expect(JSON.parse(sink.requests().at(-1)?.body ?? '').tags).toEqual(['19'])
})
