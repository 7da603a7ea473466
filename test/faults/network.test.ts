import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Answer, killAll, type RelayProcess, startRelay } from '../acceptance/relay.js'
import { closeSinks, startSink, type TestSink } from '../acceptance/sink.js'
import { type Fault, startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js'
import { waitFor } from '../support/wait.js'
import { attemptsAt, ownSockets, QUICK, TALKATIVE } from './attempts.js'

/** What an operator reads of the attempts while the fault lasts. */
interface Expected {
  readonly outcome: 'retry' | 'unknown' | 'suspend' | 'delivered'
  readonly note: RegExp
  /** the peer has done what it was asked, and nobody learns of it: the delivery is made twice */
  readonly doubles?: boolean
  /** it may come before anything was sent: then nothing is unknown */
  readonly early?: boolean
}

const head = (length: number, status = '201 Created') =>
  `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`
const OK = '{"status":"ok","id":"x"}'
const HTML = `<html>${'<p>sign in</p>'.repeat(20_000)}</html>`
const RESET = /connection reset \(ECONNRESET\)|closed by the other side/
const LATE = /no answer within 0.5 s/
const BROKEN_OFF = /the answer broke off after status 201/

const FAULTS: readonly (readonly [what: string, fault: Fault, expected: Expected])[] = [
  ['refuses', { at: 'listener', do: 'refuse' }, { outcome: 'retry', note: /refused \(ECONNREFUSED\)/ }],
  ['accepts and reads nothing', { at: 'connection', do: 'stall' }, { outcome: 'unknown', note: LATE }],
  ['closes at once', { at: 'connection', do: 'end' }, { outcome: 'unknown', note: RESET }],
  ['resets at once', { at: 'connection', do: 'reset' }, { outcome: 'unknown', note: RESET, early: true }],
  ['hangs after the request', { at: 'request', do: 'hang' }, { outcome: 'unknown', note: LATE }],
  ['resets within the request', { at: 'request', do: 'reset', after: 200 }, { outcome: 'unknown', note: RESET }],
  ['half-closes after the request', { at: 'request', do: 'end' }, { outcome: 'unknown', note: RESET }],
  [
    'is slower than the timeout, and executes all the same',
    { at: 'answer', do: 'hang' },
    { outcome: 'unknown', note: LATE, doubles: true },
  ],
  ['executes and resets', { at: 'answer', do: 'reset' }, { outcome: 'unknown', note: RESET, doubles: true }],
  [
    'resets within the head of its answer',
    { at: 'answer', do: { pass: 20, next: 'reset' } },
    { outcome: 'unknown', note: RESET, doubles: true },
  ],
  [
    'closes within the body of its answer',
    { at: 'answer', do: { say: `${head(500)}{"status":`, next: 'end' } },
    { outcome: 'unknown', note: BROKEN_OFF, doubles: true },
  ],
  [
    'answers one byte at a time',
    { at: 'answer', do: { dripMs: 100 } },
    { outcome: 'unknown', note: LATE, doubles: true },
  ],
  [
    'answers one byte of the body at a time',
    { at: 'answer', do: { say: head(500), next: { dripMs: 100 } } },
    { outcome: 'unknown', note: BROKEN_OFF, doubles: true },
  ],
  [
    'speaks no HTTP',
    { at: 'request', do: { say: '220 mail.example.com ESMTP\r\n' } },
    { outcome: 'unknown', note: /the answer is not HTTP/ },
  ],
  [
    'answers a page that is far too long',
    { at: 'request', do: { say: head(HTML.length, '200 OK') + HTML } },
    { outcome: 'suspend', note: /answered 200 with an answer that is far too long/ },
  ],
  [
    'promises more than it says',
    { at: 'answer', do: { say: head(OK.length + 100) + OK } },
    { outcome: 'unknown', note: BROKEN_OFF, doubles: true },
  ],
  [
    'says more than it promises',
    { at: 'answer', do: { say: head(10) + OK } },
    { outcome: 'suspend', note: /answered 201 with no JSON object/, doubles: true },
  ],
  [
    'gives two lengths',
    { at: 'answer', do: { say: head(OK.length).replace('\r\n\r\n', '\r\nContent-Length: 3\r\n\r\n') + OK } },
    { outcome: 'unknown', note: /another length than it says/, doubles: true },
  ],
  [
    'breaks off its chunks',
    {
      at: 'answer',
      do: { say: `HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n18\r\n${OK}\r\n`, next: 'end' },
    },
    { outcome: 'unknown', note: BROKEN_OFF, doubles: true },
  ],
  [
    'answers with endless headers',
    { at: 'answer', do: { say: `HTTP/1.1 201 Created\r\n${'X-A: b\r\n'.repeat(10_000)}` } },
    { outcome: 'unknown', note: /headers of the answer are too long/, doubles: true },
  ],
]

const LANES = 3
const ALERTS = 6
let proxy: TcpProxy
let sink: TestSink
let other: TestSink
let relay: RelayProcess
let idle: number

beforeAll(async () => {
  sink = await startSink()
  other = await startSink()
  proxy = await startTcpProxy(Number(new URL(sink.url).port))
  relay = await startRelay({
    config: TALKATIVE,
    destinations: [
      { name: 'mom1', url: `http://127.0.0.1:${proxy.port}`, ...QUICK },
      { name: 'well', url: other.url, ...QUICK },
    ],
  })
  idle = ownSockets(relay)
})
// also after a failure, so that one fault's is not taken for the next one's
afterEach(async () => {
  await proxy.heal()
  await relay.drained()
})
afterAll(async () => {
  killAll()
  await proxy.close()
  await closeSinks()
})

/** Alerts over a few lanes, one after another; their texts begin with the test's number. */
async function send(test: number): Promise<{ readonly answers: readonly Answer[]; readonly texts: readonly string[] }> {
  const texts = Array.from({ length: ALERTS }, (_, i) => `${test}-${i}`)
  const answers: Answer[] = []
  for (const [i, text] of texts.entries()) answers.push(await relay.alert({ resource: `r${test}-${i % LANES}`, text }))
  return { answers, texts }
}

/** Of the given texts those that a sink has taken, in the order in which it did. */
const taken = (from: TestSink, texts: readonly string[]): readonly string[] =>
  from.got().flatMap((one) => texts.filter((text) => one.endsWith(` ${text}`)))

test.each(FAULTS.map((row, i) => [row[0], i] as const))(
  'a peer that %s: told as what it is, and when it is well again everything is delivered in order',
  async (_what, number) => {
    const [, fault, { outcome, note, doubles = false, early = false }] = FAULTS[number] as (typeof FAULTS)[number]
    await proxy.strike(fault)
    const { answers, texts } = await send(number)
    const seen = () => attemptsAt(relay, 'mom1', answers)
    await waitFor('an attempt', seen, (attempts) => attempts.length >= (outcome === 'suspend' ? 1 : LANES))

    const told = seen().map((attempt) => attempt.outcome)
    expect(new Set(early ? told.filter((one) => one !== 'retry') : told)).toEqual(new Set([outcome]))
    for (const attempt of seen()) expect(attempt).toMatchObject({ note: expect.stringMatching(note), to: 'queued' })
    expect(await relay.destination('mom1')).toMatchObject({ queued: ALERTS, dead: 0 })

    // nobody else notices: the senders are answered faster than one attempt takes, the other destination has it all
    expect(answers.map(({ status }) => status)).toEqual(texts.map(() => 201))
    expect(median(answers)).toBeLessThan(250)
    await waitFor(
      'the other destination',
      () => taken(other, texts),
      (got) => got.length === ALERTS,
    )

    await proxy.heal()
    await relay.drained()
    const got = taken(sink, texts)
    expect(new Set(got)).toEqual(new Set(texts))
    for (let lane = 0; lane < LANES; lane += 1) {
      const ofLane = got.filter((text) => Number(text.split('-')[1]) % LANES === lane)
      expect(ofLane, 'order of a lane').toEqual([...ofLane].sort())
    }
    if (!doubles) expect(got).toHaveLength(ALERTS)
    expect(await relay.destination('mom1')).toMatchObject({ state: 'flowing', queued: 0, dead: 0 })
    expect(ownSockets(relay) - idle).toBeLessThanOrEqual(2 * QUICK.concurrency.max)
  },
)

test('after all these faults no socket is left open', async () => {
  const left = await waitFor(
    'the connections to be closed',
    () => ownSockets(relay),
    (open) => open <= idle,
  )
  expect(left).toBe(idle)
})

const median = (answers: readonly Answer[]): number =>
  answers.map(({ ms }) => ms).sort((a, b) => a - b)[Math.floor(answers.length / 2)] as number
