import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { freePort } from '../support/ports.js'
import { waitFor } from '../support/wait.js'
import { press } from './press.js'
import { killAll, startRelay } from './relay.js'

const QUEUED = 50_000
const LANES = 1_000
const MIB = 2 ** 20
/**
 * The heap is bounded, or the collector, which a busy machine hardly lets work, leaves so much garbage that nothing can be told
 * from it: without a bound the same load took 190 to 250 MiB. What the relay keeps must fit.
 */
const HEAP = '--max-old-space-size=96'
/** Issue 8: 90 when idle and 150 more under load. */
const MOST_MIB = 240

let server: Server | undefined
afterEach(() => {
  killAll()
  server?.closeAllConnections()
  server?.close()
})

/** The most that was ever resident. */
const peakMib = (pid: number): number =>
  (Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024) / MIB

/** A receiver that keeps only what is needed to see order and completeness. */
function count(port: number): Promise<{
  readonly seen: () => number
  readonly disorder: () => number
  readonly place: (resource: string) => number | undefined
}> {
  const last = new Map<string, number>()
  const places = new Map<string, number>()
  let seen = 0
  let disorder = 0
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const { id, resource, text } = JSON.parse(body)
      seen += 1
      if (Number(text) <= (last.get(resource) ?? -1)) disorder += 1
      last.set(resource, Number(text))
      if (!places.has(resource)) places.set(resource, seen)
      response.writeHead(201, { 'content-type': 'application/json' })
      response.end(`{"status":"ok","id":"${id}"}`)
    })
  })
  return new Promise((resolve) => {
    server?.listen(port, '127.0.0.1', () =>
      resolve({ seen: () => seen, disorder: () => disorder, place: (resource) => places.get(resource) }),
    )
  })
}

test('50,000 deliveries queued for a dead destination cost disk, not memory, and all arrive in order', async () => {
  const port = await freePort()
  const destination = { name: 'away', kind: 'relay', url: `http://127.0.0.1:${port}`, fold: false }
  const config = { log: { format: 'json', level: 'warn' } }
  const relay = await startRelay({ destinations: [destination], config, env: { NODE_OPTIONS: HEAP } })
  await press(relay.url, { to: QUEUED, lanes: LANES }, (i, lane) => ({ resource: `lane${lane}`, text: `${i}` }))
  expect(await relay.destination('away')).toMatchObject({ queued: QUEUED })
  const queued = peakMib(relay.pid)

  const receiver = await count(port)
  await waitFor('the drain', receiver.seen, (seen) => seen >= QUEUED / 10, 300_000)
  await press(relay.url, { to: 1, lanes: 1 }, () => ({ resource: 'fresh', text: '1' }))
  const behind = receiver.seen()
  await waitFor(
    'the fresh one',
    () => receiver.place('fresh'),
    (place) => place !== undefined,
    300_000,
  )
  expect((receiver.place('fresh') as number) - behind, 'deliveries of the backlog before it').toBeLessThan(1_000)
  await waitFor('all deliveries', receiver.seen, (seen) => seen > QUEUED, 300_000)
  await relay.drained()
  expect(receiver.disorder()).toBe(0)
  const drained = peakMib(relay.pid)
  console.log(
    `most that was resident, MiB: when all were queued ${Math.round(queued)}, at the end ${Math.round(drained)}`,
  )
  expect(drained).toBeLessThan(MOST_MIB)
}, 600_000)
