import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { freePort } from '../support/ports.js'
import { waitFor } from '../support/wait.js'
import { press } from './press.js'
import { killAll, startRelay } from './relay.js'

const QUEUED = 100_000
const LANES = 1_000
const MIB = 2 ** 20

let server: Server | undefined
afterEach(() => {
  killAll()
  server?.closeAllConnections()
  server?.close()
})

const residentBytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024

/** A receiver that keeps only what is needed to see order and completeness. */
function count(port: number): Promise<{ readonly seen: () => number; readonly disorder: () => number }> {
  const last = new Map<string, number>()
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
      response.writeHead(201, { 'content-type': 'application/json' })
      response.end(`{"status":"ok","id":"${id}"}`)
    })
  })
  return new Promise((resolve) => {
    server?.listen(port, '127.0.0.1', () => resolve({ seen: () => seen, disorder: () => disorder }))
  })
}

test('100,000 deliveries queued for a dead destination cost disk, not memory, and all arrive in order', async () => {
  const port = await freePort()
  const destination = { name: 'away', kind: 'relay', url: `http://127.0.0.1:${port}`, fold: false }
  const relay = await startRelay({ destinations: [destination], config: { log: { format: 'json', level: 'warn' } } })
  await relay.status()
  const idle = residentBytes(relay.pid)
  await press(relay.url, { to: QUEUED, lanes: LANES }, (i, lane) => ({ resource: `lane${lane}`, text: `${i}` }))
  const deep = residentBytes(relay.pid)
  expect(await relay.destination('away')).toMatchObject({ queued: QUEUED })
  expect((deep - idle) / MIB).toBeLessThan(150)

  const receiver = await count(port)
  const most = { resident: 0 }
  await waitFor(
    'all deliveries',
    () => {
      most.resident = Math.max(most.resident, residentBytes(relay.pid))
      return receiver.seen()
    },
    (seen) => seen >= QUEUED,
    300_000,
  )
  await relay.drained()
  expect(receiver.disorder()).toBe(0)
  expect((most.resident - idle) / MIB).toBeLessThan(150)
  console.log(
    `resident MiB: idle ${Math.round(idle / MIB)}, queued ${Math.round(deep / MIB)}, draining ${Math.round(most.resident / MIB)}`,
  )
}, 600_000)
