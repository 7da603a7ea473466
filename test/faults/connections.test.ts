import { afterEach, expect, test } from 'vitest'
import { type Answer, killAll, type RelayProcess, startRelay } from '../acceptance/relay.js'
import { closeSinks, startSink } from '../acceptance/sink.js'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js'
import { waitFor } from '../support/wait.js'
import { attemptsAt, QUICK, TALKATIVE } from './attempts.js'

const proxies: TcpProxy[] = []
afterEach(async () => {
  killAll()
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()))
  await closeSinks()
})

async function world(concurrency: number) {
  const sink = await startSink()
  const proxy = await startTcpProxy(Number(new URL(sink.url).port))
  proxies.push(proxy)
  const url = `http://127.0.0.1:${proxy.port}`
  const relay = await startRelay({
    config: TALKATIVE,
    destinations: [{ name: 'mom1', url, ...QUICK, concurrency: { start: concurrency, max: concurrency } }],
  })
  return { sink, proxy, relay }
}

/** Sends the numbers as texts, each in a lane of its own. */
const send = (relay: RelayProcess, ...numbers: number[]): Promise<Answer[]> =>
  Promise.all(numbers.map((number) => relay.alert({ resource: `r${number}`, text: `${number}` })))

const numbersOf = (got: readonly string[]): number[] =>
  got.map((one) => Number(one.split(' ').at(-1))).sort((a, b) => a - b)

test('kept connections that a gateway has forgotten: each costs one timeout, nothing is lost or doubled', async () => {
  const { sink, proxy, relay } = await world(4)
  await send(relay, 0, 1, 2, 3)
  await relay.drained()
  const kept = proxy.open()
  expect(kept).toBeGreaterThan(0)
  proxy.forget()
  const answers = await send(relay, 4, 5, 6, 7, 8, 9)
  await relay.drained()
  const outcomes = attemptsAt(relay, 'mom1', answers).map(({ outcome }) => outcome)
  expect(outcomes.filter((outcome) => outcome === 'unknown').length).toBeLessThanOrEqual(kept)
  expect(outcomes).toContain('unknown')
  expect(numbersOf(sink.got())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(await relay.destination('mom1')).toMatchObject({ state: 'flowing', dead: 0 })
})

test('a peer that answers one request twice: its second answer is not taken for that of the next request', async () => {
  const { sink, proxy, relay } = await world(1)
  const ok = '{"status":"ok","id":"x"}'
  const answer = `HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: ${ok.length}\r\n\r\n${ok}`
  await proxy.strike({ at: 'answer', do: { say: answer + answer } })
  for (let number = 0; number < 10; number += 1) await send(relay, number)
  await relay.drained()
  expect(new Set(numbersOf(sink.got()))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))
})

test('a peer that closes each connection after its answer: every request goes out once', async () => {
  const { sink, proxy, relay } = await world(2)
  const ok = '{"status":"ok","id":"x"}'
  const answer = `HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: ${ok.length}\r\n\r\n${ok}`
  await proxy.strike({ at: 'answer', do: { say: answer, next: 'end' } })
  const answers: Answer[] = []
  for (let number = 0; number < 20; number += 1) {
    answers.push(...(await send(relay, number)))
    await relay.drained()
    // what is sent while the close is on its way may have arrived, for all that anybody can know
    await waitFor(
      'the connection to be closed',
      async () => proxy.open(),
      (open) => open === 0,
    )
  }
  expect(numbersOf(sink.got())).toEqual(Array.from({ length: 20 }, (_, number) => number))
  expect(new Set(attemptsAt(relay, 'mom1', answers).map(({ outcome }) => outcome))).toEqual(new Set(['delivered']))
})
