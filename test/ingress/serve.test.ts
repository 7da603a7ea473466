import { once } from 'node:events'
import { request } from 'node:http'
import { connect, createServer } from 'node:net'
import Hawk from 'hawk'
import { describe, expect, test } from 'vitest'
import { ADMIN, ALERT, eventually, JSON_TYPE, startIngress } from './server.js'

/** Sends raw bytes; `received` is all that has come back. */
async function rawConnection(port: number) {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('error', () => undefined)
  return { socket, received: () => Buffer.concat(chunks).toString(), ended: once(socket, 'close') }
}

async function raw(port: number, text: string): Promise<string> {
  const { socket, received, ended } = await rawConnection(port)
  socket.write(text)
  await ended
  return received()
}

const head = (...lines: string[]) =>
  [
    'POST /alert HTTP/1.1',
    'Host: relay',
    'Authorization: Key admin-key',
    'Content-Type: application/json',
    ...lines,
    '',
    '',
  ].join('\r\n')

const bodyOf = (answer: string): unknown => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Sends a body in chunks, without telling its length. */
function chunked(port: number, chunks: readonly Buffer[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, method: 'POST', path: '/alert', headers: { ...ADMIN, ...JSON_TYPE } }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    sent.on('error', reject)
    for (const chunk of chunks) sent.write(chunk)
    sent.end()
  })
}

describe('bodies', () => {
  const limits = { limits: { body: '1KiB', bodies_in_flight: '2KiB' } }
  const alertOf = (bytes: number) => {
    const empty = JSON.stringify({ ...ALERT, text: '' }).length
    return JSON.stringify({ ...ALERT, text: 'x'.repeat(bytes - empty) })
  }

  test('up to the limit are taken, one byte more is not', async () => {
    const { send } = await startIngress(limits)
    expect((await send('/alert', { headers: JSON_TYPE, body: alertOf(1024) })).status).toBe(201)
    const answer = await send('/alert', { headers: JSON_TYPE, body: alertOf(1025) })
    expect(answer).toMatchObject({ status: 413, json: { status: 'error', code: 413 } })
  })

  test('in chunks are counted while they are read', async () => {
    const { port } = await startIngress(limits)
    const pieces = (text: string) => text.match(/.{1,100}/g)?.map((piece) => Buffer.from(piece)) ?? []
    expect(await chunked(port, pieces(alertOf(1024)))).toBe(201)
    expect(await chunked(port, pieces(alertOf(4096)))).toBe(413)
  })

  test('are turned away while too many are in memory, and room comes back', async () => {
    let stored = 0
    let open = (): void => undefined
    const gate = new Promise<void>((resolve) => (open = resolve))
    const { send } = await startIngress(limits, {
      append: async () => {
        stored++
        await gate
        return { kind: 'accepted', queued: [], skipped: 0, full: [], current: undefined }
      },
    })
    const big = () => send('/alert', { headers: JSON_TYPE, body: alertOf(1000) })
    const held = [big(), big()]
    await eventually(() => stored).toBe(2)
    expect(await big()).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    open()
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([201, 201])
    expect((await big()).status).toBe(201)
  })

  test('that were refused, cut off or wrong leave nothing counted', async () => {
    const { port, send } = await startIngress(limits)
    for (let i = 0; i < 5; i++) {
      expect(await chunked(port, [Buffer.alloc(900, 'x')])).toBe(400)
      expect(await chunked(port, [Buffer.alloc(1500, 'x')])).toBe(413)
      const { socket, ended } = await rawConnection(port)
      socket.write(`${head('Content-Length: 1000')}${'x'.repeat(900)}`)
      socket.end()
      await ended
    }
    expect((await send('/alert', { headers: JSON_TYPE, body: alertOf(1024) })).status).toBe(201)
  })

  test('of strangers are not read', async () => {
    const { port } = await startIngress()
    const { socket, received } = await rawConnection(port)
    socket.write(head('Content-Length: 1000000').replace('admin-key', 'wrong-key'))
    await eventually(received).toContain('HTTP/1.1 401')
    socket.destroy()
  })

  test('that are announced with Expect: 100-continue are asked for', async () => {
    const { port } = await startIngress()
    const { socket, received } = await rawConnection(port)
    const body = JSON.stringify(ALERT)
    socket.write(head(`Content-Length: ${body.length}`, 'Expect: 100-continue'))
    await eventually(received).toContain('100 Continue')
    socket.write(body)
    await eventually(received).toContain('HTTP/1.1 201')
    socket.destroy()
  })
})

describe('what is no good HTTP is answered in JSON all the same', () => {
  test.each([
    ['headers beyond the limit', head(`X-Alerta-Loop: ${'x'.repeat(20_000)}`), 431],
    ['garbage', 'hello\r\n\r\n', 400],
    ['no Host', 'GET /config HTTP/1.0\r\n\r\n', 400],
    ['a Host that is none', 'GET /config HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 400],
    ['two lengths', head('Content-Length: 1', 'Content-Length: 2'), 400],
    ['a length and chunks', head('Content-Length: 1', 'Transfer-Encoding: chunked'), 400],
  ])('%s', async (_, text, status) => {
    const { port } = await startIngress()
    const answer = await raw(port, text)
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(bodyOf(answer)).toMatchObject({ status: 'error', code: status })
  })

  test('an unknown path, in any method', async () => {
    const { send } = await startIngress()
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      expect(await send('/nowhere', { method })).toMatchObject({ status: 404, json: { message: 'not found' } })
    }
  })
})

describe('Hawk over a real connection', () => {
  const hawkAuth = { hmac: [{ key: 'mlm1', secret: 's3cret' }] }

  async function signedTo(target: string, sentTarget = target) {
    const port = await freePort()
    const ingress = await startIngress({ listen: `127.0.0.1:${port}`, auth: hawkAuth })
    const payload = Buffer.from(JSON.stringify(ALERT))
    const { header } = Hawk.client.header(`http://127.0.0.1:${port}${target}`, 'POST', {
      credentials: { id: 'mlm1', key: 's3cret', algorithm: 'sha256' },
      payload,
      contentType: 'application/json',
    })
    const text = [
      `POST ${sentTarget} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      `Authorization: ${header}`,
      'Content-Type: application/json',
      `Content-Length: ${payload.length}`,
      'Connection: close',
    ]
    const answer = await raw(port, `${text.join('\r\n')}\r\n\r\n${payload.toString()}`)
    return { answer, drafts: ingress.drafts }
  }

  test.each(['/alert', '/api/alert?b=%C3%A9&a=%ff', '/x/../alert', '/alert?'])(
    '%s is verified as it came',
    async (target) => {
      const { answer, drafts } = await signedTo(target)
      expect(answer).toMatch(/^HTTP\/1.1 201 /)
      expect(drafts[0]?.credential).toBe('hawk mlm1')
    },
  )

  test('another target than the signed one is refused', async () => {
    const { answer, drafts } = await signedTo('/x/../alert', '/alert')
    expect(answer).toMatch(/^HTTP\/1.1 401 /)
    expect(drafts).toEqual([])
  })
})

describe('the end', () => {
  test('idle connections are ended, a running request is answered', async () => {
    let open = (): void => undefined
    const gate = new Promise<void>((resolve) => (open = resolve))
    let stored = 0
    const { port, close, send } = await startIngress(
      {},
      {
        append: async () => {
          stored++
          await gate
          return { kind: 'accepted', queued: [], skipped: 0, full: [], current: undefined }
        },
      },
    )
    const idle = await rawConnection(port)
    const running = await rawConnection(port)
    const body = JSON.stringify(ALERT)
    running.socket.write(head(`Content-Length: ${body.length}`) + body)
    await eventually(() => stored).toBe(1)
    const closed = close()
    await idle.ended
    open()
    await running.ended
    expect(running.received()).toMatch(/^HTTP\/1.1 201 [\s\S]*connection: close/i)
    await closed
    await expect(send('/alert', { body: ALERT })).rejects.toThrow('ECONNREFUSED')
  })

  test('a request that does not end is cut off', async () => {
    let entered = false
    const { port, close } = await startIngress(
      { limits: { drain: '50ms' } },
      {
        room: () => {
          entered = true
          return 'ok'
        },
      },
    )
    const slow = await rawConnection(port)
    slow.socket.write(`${head('Content-Length: 1000')}{`)
    await eventually(() => entered).toBe(true)
    await close()
    await slow.ended
    expect(slow.received()).toBe('')
  })

  test('an address in use is an error with a hint', async () => {
    const { port } = await startIngress()
    await expect(startIngress({ listen: `127.0.0.1:${port}` })).rejects.toMatchObject({
      code: 'listen_failed',
      message: `cannot listen on 127.0.0.1:${port}`,
      hint: expect.stringContaining('port'),
    })
  })
})

test('connections beyond the limit are not taken', async () => {
  const { port } = await startIngress({ limits: { connections: 1 } })
  const first = await rawConnection(port)
  const second = await rawConnection(port)
  await second.ended
  first.socket.write('GET /config HTTP/1.1\r\nHost: relay\r\n\r\n')
  await eventually(first.received).toContain('HTTP/1.1 200')
  first.socket.destroy()
})

test('a connection serves many messages', async () => {
  const { port, drafts } = await startIngress()
  const { socket, received } = await rawConnection(port)
  const body = JSON.stringify(ALERT)
  for (let i = 1; i <= 3; i++) {
    socket.write(head(`Content-Length: ${body.length}`) + body)
    await eventually(() => received().match(/HTTP\/1.1 201/g)?.length).toBe(i)
  }
  expect(drafts).toHaveLength(3)
  socket.destroy()
})
