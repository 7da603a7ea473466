import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { ALERT, KEY, killAll, type RelayProcess, startRelay } from '../acceptance/relay.js'
import { waitFor } from '../support/wait.js'

const MIB = 2 ** 20
const BODIES_IN_FLIGHT = 32 * MIB
/** Node, the relay's code and its database before anybody has asked anything: 90 MiB were measured. */
const AT_REST = 130 * MIB
/**
 * One accepted body is there, until its answer is out, as the packets it came in, the bytes, the text, the parsed alert,
 * the answer's text and the answer's bytes; and V8 lets what is over lie about for a while: 10 to 16 times were measured.
 */
const COPIES = 20
/** A connection's buffers, its headers of 16 KiB as text, and the requests on it that wait (MOST_WAITING in serve.ts). */
const PER_CONNECTION = 64 * 1024
const CONNECTIONS = 1_200
const BOUND = AT_REST + COPIES * BODIES_IN_FLIGHT + CONNECTIONS * PER_CONNECTION

const sockets = new Set<Socket>()
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  killAll()
})

/** Its highest resident memory so far (proc(5), status: VmHWM). */
function peak({ pid }: RelayProcess): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) * 1024
}

/** Opens a connection, writes, and never reads. */
function rude(port: number, bytes: string | Buffer): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      sockets.delete(socket)
      resolve(socket)
    })
    socket.pause()
    socket.write(bytes, () => resolve(socket))
  })
}

const crowd = (size: number, one: () => Promise<Socket>): Promise<Socket[]> =>
  Promise.all(Array.from({ length: size }, one))

const HEAD = `POST /alert HTTP/1.1\r\nHost: a\r\nAuthorization: Key ${KEY}\r\nContent-Type: application/json\r\n`

test('attacked with all that costs memory, the relay stays below its bound, and goes on', async () => {
  const relay = await startRelay({
    destinations: [],
    config: { limits: { body: '8MiB', bodies_in_flight: `${BODIES_IN_FLIGHT / MIB}MiB` } },
  })
  const { port } = relay
  const body = Buffer.from(JSON.stringify({ ...ALERT, text: 'x'.repeat(7 * MIB) }))
  const whole = Buffer.concat([Buffer.from(`${HEAD}Content-Length: ${body.length}\r\n\r\n`), body])

  // answers as large as the largest alert, that nobody reads
  for (let round = 0; round < 20; round++) await crowd(4, () => rude(port, whole))
  // bodies that stop shortly before their end, by their length and in chunks
  await crowd(60, () => rude(port, whole.subarray(0, 2 * MIB)))
  await crowd(60, () => rude(port, `${HEAD}Transfer-Encoding: chunked\r\n\r\n200000\r\n${'x'.repeat(MIB)}`))
  // headers that stop shortly before theirs
  await crowd(300, () => rude(port, `GET / HTTP/1.1\r\nX: ${'x'.repeat(15_000)}`))
  await crowd(300, () => rude(port, `GET / HTTP/1.1\r\n${'a:\r\n'.repeat(16_000)}`))
  // refused and left open
  await crowd(200, () => rude(port, 'hello\r\n\r\n'))
  // many requests at once, by somebody who is gone before the answers
  for (let round = 0; round < 20; round++) {
    const gone = await crowd(20, () => rude(port, 'GET /management/gtg HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(400)))
    for (const socket of gone) socket.destroy()
  }
  const most = peak(relay)
  expect(most, `peak of ${Math.round(most / MIB)} MiB`).toBeLessThan(BOUND)
  for (const socket of sockets) socket.destroy()
  await waitFor(
    'room',
    () => relay.alert({ text: 'x'.repeat(7 * MIB) }),
    ({ status }) => status === 201,
  )
  // what it is attacked with is no small matter
  expect(most).toBeGreaterThan(AT_REST)
})
