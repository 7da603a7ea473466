import { afterEach, expect, test } from 'vitest'
import { inOrder, sendMany } from './load.js'
import { killAll, type RelayProcess, startRelay } from './relay.js'
import { closeSinks, startSink } from './sink.js'

afterEach(async () => {
  killAll()
  await closeSinks()
})

/** Sends like a sender that repeats what was not answered 2xx. */
function stubborn(relay: RelayProcess): Pick<RelayProcess, 'alert'> {
  return {
    async alert(fields) {
      for (;;) {
        try {
          const answer = await relay.alert(fields)
          if (answer.status === 201) return answer
        } catch (error) {
          if (!(error instanceof TypeError)) throw error // fetch failed: the relay is away
        }
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
  }
}

const numbers = (got: readonly string[]): Set<string> => new Set(got.map((one) => one.split(' ')[2] as string))

test('kill -9 of the relay in the middle of 1,000 messages: none that was answered is lost, order holds', async () => {
  const sink = await startSink()
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url }] })
  const sending = sendMany(stubborn(relay), 0, 1_000)
  for (let strike = 0; strike < 4; strike += 1) {
    await new Promise((resolve) => setTimeout(resolve, 300 + 150 * strike))
    await relay.kill()
    await relay.restart()
  }
  await sending
  await relay.drained(60_000)
  expect(numbers(sink.got()).size).toBe(1_000)
  expect(inOrder(sink.got())).toBe(true)
})

test('the destination dies and comes back, again and again, in the middle of 1,000 messages', async () => {
  const sink = await startSink()
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url }] })
  const sending = sendMany(relay, 0, 1_000)
  for (let strike = 0; strike < 4; strike += 1) {
    await new Promise((resolve) => setTimeout(resolve, 200))
    await sink.down()
    await new Promise((resolve) => setTimeout(resolve, 100))
    await sink.up()
  }
  const answers = await sending
  expect(answers.every(({ status }) => status === 201)).toBe(true)
  await relay.drained(60_000)
  expect(numbers(sink.got()).size).toBe(1_000)
  expect(inOrder(sink.got())).toBe(true)
})

test('SIGTERM drains: attempts under way end, the rest stays queued, the exit code is 0', async () => {
  const sink = await startSink()
  sink.behave({ mode: 'delay', ms: 300 })
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url }] })
  await sendMany(relay, 0, 30)
  expect(await relay.stop()).toBe(0)
  const before = sink.requests().length
  expect(before).toBeLessThan(30)
  await relay.restart()
  sink.obey()
  await relay.drained()
  expect(numbers(sink.requests().map(({ body }) => `x x ${JSON.parse(body).text}`)).size).toBe(30)
  expect(sink.requests(), 'nothing was sent twice').toHaveLength(30)
})

test('a relay with nothing left to do ends at once when told to', async () => {
  const sink = await startSink()
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url }] })
  await relay.alert({ text: 'x' })
  await relay.drained()
  const since = performance.now()
  expect(await relay.stop()).toBe(0)
  expect(performance.now() - since).toBeLessThan(5_000)
})

test('SIGTERM with a hanging destination ends within the drain time; the delivery is not lost', async () => {
  const sink = await startSink()
  sink.behave({ mode: 'hang', times: 1 })
  const relay = await startRelay({
    destinations: [{ name: 'mom1', url: sink.url }],
    config: { limits: { drain: '500ms' } },
  })
  await relay.alert({ text: 'x' })
  const since = performance.now()
  expect(await relay.stop()).toBe(0)
  expect(performance.now() - since).toBeLessThan(5_000)
  await relay.restart()
  await relay.drained()
  expect(sink.got()).toEqual(['web01 critical x'])
})

test('a second relay on the same database is refused with a clear word', async () => {
  const relay = await startRelay({ destinations: [] })
  const path = String(relay.log.find(({ msg }) => msg === 'relay started')?.database)
  const config = { database_url: `sqlite:${path}`, limits: { lock_wait: '200ms' } }
  await expect(startRelay({ destinations: [], config })).rejects.toThrow(
    /another process works on .* one relay per database/s,
  )
})
