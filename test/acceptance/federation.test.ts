import { afterEach, expect, test } from 'vitest'
import { freePort } from '../support/ports.js'
import { waitFor } from '../support/wait.js'
import { startPlainAlerta, stopPlainAlertas } from './plain-alerta.js'
import { KEY, killAll, PEER_KEY, type RelayProcess, startRelay } from './relay.js'
import { closeSinks, startSink } from './sink.js'

afterEach(async () => {
  killAll()
  await stopPlainAlertas()
  await closeSinks()
})

const peer = (name: string, url: string, more: object = {}) => ({
  name,
  kind: 'relay',
  url,
  auth: { type: 'key', key: PEER_KEY },
  ...more,
})
const local = (url: string) => ({ name: 'local', url })

async function quiet(...relays: RelayProcess[]): Promise<void> {
  const queued = async () => {
    const all = await Promise.all(relays.map((relay) => relay.status()))
    return all.flatMap(({ destinations }) => destinations.map((one) => one.queued))
  }
  // twice in a row: a message may have been between two relays while we looked
  for (let round = 0; round < 2; round += 1) {
    await waitFor('the federation to be quiet', queued, (seen) => seen.every((count) => count === 0))
  }
}

test('active-active: both members take input, each message is delivered once on each side', async () => {
  const [portA, portB] = [await freePort(), await freePort()]
  const [sinkA, sinkB] = [await startSink(), await startSink()]
  const a = await startRelay({
    port: portA,
    destinations: [local(sinkA.url), peer('b', `http://127.0.0.1:${portB}`)],
  })
  const b = await startRelay({
    port: portB,
    destinations: [local(sinkB.url), peer('a', `http://127.0.0.1:${portA}`)],
  })
  await Promise.all(
    Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? a : b).alert({ id: `x${i}`, resource: `r${i}`, text: `${i}` })),
  )
  await quiet(a, b)
  await a.action('x1', 'ack') // born at b
  await b.action('x0', 'ack') // born at a
  await a.delete('x3')
  await quiet(a, b)
  const expected = [...Array.from({ length: 40 }, (_, i) => `r${i} critical ${i}`), 'ack', 'ack', 'delete'].sort()
  expect([...sinkA.got()].sort()).toEqual(expected)
  expect([...sinkB.got()].sort()).toEqual(expected)
})

test('MLM to two MoMs that are partners: each alert, ack and delete once per MoM', async () => {
  const { mlm, mom1, mom2, sinks } = await diamond((url) => url)
  await throughDiamond(mlm, mom1, mom2, sinks)
})

test('the same with a plain Alerta in the middle that strips the message id', async () => {
  const { mlm, mom1, mom2, sinks } = await diamond((url) => startPlainAlerta([{ url, key: KEY }]))
  await throughDiamond(mlm, mom1, mom2, sinks)
})

type Sinks = Awaited<ReturnType<typeof startSink>>[]

async function diamond(between: (url: string) => string | Promise<string>) {
  const [port1, port2] = [await freePort(), await freePort()]
  const url = (port: number) => `http://127.0.0.1:${port}`
  const sinks = [await startSink(), await startSink()]
  const mom1 = await startRelay({
    port: port1,
    destinations: [local(sinks[0]?.url as string), peer('mom2', url(port2))],
  })
  const mom2 = await startRelay({
    port: port2,
    destinations: [local(sinks[1]?.url as string), peer('mom1', url(port1))],
  })
  const mlm = await startRelay({
    destinations: [
      peer('mom1', await between(url(port1)), { base_url: url(port1) }),
      peer('mom2', await between(url(port2)), { base_url: url(port2) }),
    ],
  })
  return { mlm, mom1, mom2, sinks }
}

async function throughDiamond(mlm: RelayProcess, mom1: RelayProcess, mom2: RelayProcess, sinks: Sinks): Promise<void> {
  const steps = ['alert', 'ack', 'unack', 'delete']
  for (const step of steps) {
    for (let i = 0; i < 5; i += 1) {
      if (step === 'alert') await mlm.alert({ id: `x${i}`, resource: `r${i}`, text: `${i}` })
      else if (step === 'delete') await mlm.delete(`x${i}`)
      else await mlm.action(`x${i}`, step)
    }
    await quiet(mlm, mom1, mom2)
  }
  const alerts = Array.from({ length: 5 }, (_, i) => `r${i} critical ${i}`)
  const expected = [...alerts, ...['ack', 'unack', 'delete'].flatMap((one) => Array(5).fill(one))].sort()
  for (const sink of sinks) expect([...sink.got()].sort()).toEqual(expected)
}

test('a chain of three keeps message id, request id, hops and bytes', async () => {
  const sink = await startSink()
  const third = await startRelay({ destinations: [{ name: 'end', kind: 'http', url: sink.url }] })
  const second = await startRelay({ destinations: [peer('third', third.url)] })
  const first = await startRelay({ destinations: [peer('second', second.url)] })
  const odd =
    '{"id":"x","createTime":"2020-01-02T03:04:05.678Z","resource":"w","event":"e","environment":"P","foo" : 12345678901234567890}'
  const headers = { authorization: `Key ${KEY}`, 'content-type': 'application/json', 'x-request-id': 'req-1' }
  expect((await fetch(`${first.url}/alert`, { method: 'POST', headers, body: odd })).status).toBe(201)
  await waitFor(
    'the end',
    () => sink.requests(),
    (seen) => seen.length === 1,
  )
  const [arrived] = sink.requests()
  expect(arrived?.body).toBe(odd)
  expect(arrived?.headers).toMatchObject({
    'x-request-id': 'req-1',
    'x-alerta-loop': [first, second, third].map(({ url }) => url).join(','),
    'x-forwarded-for': '127.0.0.1',
  })
  const ids = [first, second, third].map(({ log }) => log.find(({ msg }) => msg === 'message accepted')?.message)
  expect(new Set([...ids, arrived?.headers['x-alerta-message']]).size).toBe(1)
})

test('a ring in which one member has a wrong BASE_URL for the next stops, and shows it', async () => {
  const ports = [await freePort(), await freePort(), await freePort()]
  const url = (i: number) => `http://127.0.0.1:${ports[i % 3]}`
  const ring = await Promise.all(
    ports.map((port, i) =>
      startRelay({ port, destinations: [peer('next', `${url(i + 1)}/api`, { base_url: 'http://wrong.example' })] }),
    ),
  )
  for (const relay of ring) await relay.alert({ resource: `from ${relay.port}` })
  await quiet(...ring)
  const counters = await Promise.all(ring.map(async (relay) => (await relay.status()).counters))
  const sum = (name: string) => counters.reduce((total, one) => total + (one[name] ?? 0), 0)
  expect(sum('accepted.alert')).toBe(9)
  expect(sum('suppressed.loop')).toBe(3)
  expect(sum('suppressed.next')).toBe(3)
})

test('match on severity: a critical, its clear, its close and its delete reach the destination', async () => {
  const sink = await startSink()
  const relay = await startRelay({ destinations: [{ name: 'pager', url: sink.url, match: { severity: 'critical' } }] })
  await relay.alert({ id: 'x', severity: 'minor' })
  await relay.alert({ id: 'x', severity: 'critical' })
  await relay.alert({ id: 'x', severity: 'normal' })
  await relay.action('x', 'close')
  await relay.delete('x')
  await relay.alert({ id: 'y', resource: 'other', severity: 'minor' })
  await relay.drained()
  expect(sink.requests().map(({ method, what }) => `${method} ${what.split(' ')[0]}`)).toEqual([
    'POST critical',
    'POST normal',
    'PUT close',
    expect.stringMatching(/^DELETE/),
  ])
})
