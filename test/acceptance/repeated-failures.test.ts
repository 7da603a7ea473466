import { afterEach, expect, test } from 'vitest'
import { waitFor } from '../support/wait.js'
import { killAll, startRelay } from './relay.js'
import { closeSinks, startSink } from './sink.js'

afterEach(async () => {
  killAll()
  await closeSinks()
})

test('a destination that is away for many attempts is few lines: the beginning, the end, and what was delivered', async () => {
  const sink = await startSink()
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url }] })
  await sink.down()
  await relay.alert({ id: 'a' })
  const attempts = async () => (await relay.status()).counters['attempt.retry.mom1'] ?? 0
  const failed = await waitFor('many attempts', attempts, (count) => count >= 6, 40_000)
  const lines = (msg: string) => relay.log.filter((line) => line.msg === msg)
  expect(lines('delivery attempted')).toHaveLength(1)
  expect(lines('breaker changed').map(({ breaker }) => breaker)).toEqual(['open'])
  await sink.up()
  await relay.drained()
  const tried = await waitFor(
    'the line of what was delivered',
    async () => lines('delivery attempted'),
    (found) => found.length > 1,
  )
  expect(tried.map(({ outcome }) => outcome)).toEqual(['retry', 'delivered'])
  expect(tried[1]?.attempt).toBeGreaterThan(failed)
  const [again] = await waitFor(
    'the end of it',
    async () => lines('destination answers again'),
    (found) => found.length > 0,
  )
  expect(again).toMatchObject({ destination: 'mom1', failures: expect.any(Number), ms: expect.any(Number) })
  expect(again?.failures).toBeGreaterThanOrEqual(failed)
}, 90_000)

test('a sender with a wrong key is one line, however often it tries', async () => {
  const relay = await startRelay({ destinations: [] })
  for (let i = 0; i < 50; i += 1) {
    expect((await relay.alert({}, { authorization: 'Key wrong' })).status).toBe(401)
  }
  const refused = relay.log.filter(({ msg }) => msg === 'credential refused')
  expect(refused).toMatchObject([{ level: 'warn', credential: 'key', sender: '127.0.0.1', status: 401 }])
  expect(JSON.stringify(refused)).not.toContain('wrong')
})

test('a full queue is one line, however many messages it turns away', async () => {
  const relay = await startRelay({
    destinations: [{ name: 'mom1', url: 'http://127.0.0.1:9', queue: { rows: 1 }, overflow: 'refuse' }],
  })
  await relay.alert({ id: 'a' })
  for (let i = 0; i < 20; i += 1) expect((await relay.alert({ id: `b${i}`, resource: `web${i}` })).status).toBe(503)
  expect(relay.log.filter(({ msg }) => msg === 'message refused')).toHaveLength(1)
})
