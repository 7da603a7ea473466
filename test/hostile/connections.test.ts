import type { ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { configSchema } from '../../src/config/schema.js'
import type { IngressEnv } from '../../src/ingress/env.js'
import { listen } from '../../src/ingress/serve.js'
import { ADMIN, ALERT, JSON_TYPE, startIngress } from '../ingress/server.js'
import { waitFor } from '../support/wait.js'
import { open } from './raw.js'

const MIB = 2 ** 20
/** More than the kernel takes off a server's hands for a client that does not read. */
const BIG = 24 * MIB
const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** A listener whose answers are kept, and wait until `answer` resolves. */
async function serve(answer: Promise<string>, silenceMs?: number) {
  const responses: ServerResponse[] = []
  const over: ServerResponse[] = []
  const app = new Hono<IngressEnv>().get('/', async (c) => {
    const { outgoing } = c.env
    responses.push(outgoing)
    outgoing.once('close', () => over.push(outgoing))
    return c.text(await answer)
  })
  const config = configSchema.parse({ listen: '127.0.0.1:0', limits: { drain: '0s' } })
  const listener = await listen(app, {
    config,
    clock: systemClock,
    log: silent,
    ...(silenceMs === undefined ? {} : { silenceMs }),
  })
  onTestFinished(() => listener.close())
  return { port: listener.port, responses, over }
}

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

test('a sender that does not read its answer is cut off, and the answer forgotten', async () => {
  const { port, over } = await serve(Promise.resolve('x'.repeat(BIG)), 300)
  const { socket, received, ended } = await open(port)
  socket.pause()
  socket.write(GET)
  await waitFor(
    'the end',
    () => over.length,
    (count) => count === 1,
  )
  socket.resume()
  await ended
  expect(received().length).toBeLessThan(BIG)
})

test('a sender that has gone: none of the answers that it did not wait for is kept', async () => {
  const { port, responses, over } = await serve(new Promise(() => undefined))
  const { socket } = await open(port)
  socket.write(GET.repeat(5))
  await waitFor(
    'the requests',
    () => responses.length,
    (count) => count === 5,
  )
  socket.destroy()
  await waitFor(
    'the end of all',
    () => over.length,
    (count) => count === 5,
  )
  expect(new Set(over)).toEqual(new Set(responses))
})

test('a refused sender that leaves its side open is cut off', async () => {
  const { port } = await serve(Promise.resolve('x'), 200)
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const errors: Error[] = []
  socket.on('error', (error) => errors.push(error))
  socket.resume().write('hello\r\n\r\n')
  let asked = Date.now()
  // only a connection that is gone at both ends refuses what is written to it; but whoever writes is not silent
  const refused = () => {
    if (Date.now() - asked > 1_000) {
      socket.write('x')
      asked = Date.now()
    }
    return errors
  }
  await waitFor('the end', refused, ({ length }) => length > 0, 10_000)
  expect(errors).toMatchObject([{ code: expect.stringMatching(/^(EPIPE|ECONNRESET)$/) }])
})

test('senders that do not read their answers: what is in memory for them counts, and room comes back', async () => {
  const { port, send, drafts } = await startIngress({ limits: { body: '32MiB', bodies_in_flight: '32MiB' } })
  const body = JSON.stringify({ ...ALERT, text: 'x'.repeat(BIG) })
  const headers = Object.entries({ ...ADMIN, ...JSON_TYPE, 'Content-Length': body.length, Host: 'a' })
  const { socket, answers } = await open(port)
  socket.pause()
  socket.write(`POST /alert HTTP/1.1\r\n${headers.map((one) => `${one.join(': ')}\r\n`).join('')}\r\n${body}`)
  const again = () => send('/alert', { headers: JSON_TYPE, body })
  await waitFor(
    'it to be stored',
    () => drafts.length,
    (count) => count === 1,
  )
  expect(await again()).toMatchObject({ status: 503, json: { message: 'Too many request bodies at once' } })
  socket.resume()
  await waitFor('its answer', answers, ([answer]) => answer?.status === 201)
  await waitFor(
    'room',
    async () => (await again()).status,
    (status) => status === 201,
  )
  socket.destroy()
})
