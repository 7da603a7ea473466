import { describe, expect, test, vi } from 'vitest'
import { createAuthenticator } from '../../src/auth/credentials.js'
import { systemClock } from '../../src/base/clock.js'
import { authSchema } from '../../src/config/auth.js'
import { CertificateError } from '../../src/egress/certificates.js'
import type { Exchange } from '../../src/egress/exchange.js'
import { buildRequest } from '../../src/egress/request.js'
import { clientOf, NEVER, POST, post } from './client-of.js'
import { destination, message, OURS } from './fixtures.js'
import { httpPeer, httpsPeer, rawPeer, selfSigned } from './servers.js'

describe('an answer', () => {
  test('comes back with its status, body and the headers that matter', async () => {
    const peer = await httpPeer((_request, response) => {
      response.writeHead(503, { 'Retry-After': '7', 'X-Secret': 'no', 'Content-Type': 'text/plain', Date: 'today' })
      response.end('später')
    })
    expect(await post({ url: peer.url })).toEqual({
      kind: 'answer',
      status: 503,
      headers: { 'retry-after': '7', 'content-type': 'text/plain', date: 'today' },
      body: 'später',
      oversized: false,
    })
  })
  test('the request arrives byte for byte', async () => {
    let seen = Buffer.alloc(0)
    const peer = await rawPeer((socket, bytes) => {
      seen = Buffer.concat([seen, bytes])
      if (seen.includes('web01"}')) socket.end('HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    })
    const request = buildRequest(
      destination({ url: `${peer.url}/api` }),
      { message: message(), alias: undefined },
      OURS,
    )
    await clientOf({ url: `${peer.url}/api` }).exchange(request, NEVER)
    const [head = '', body] = seen.toString().split('\r\n\r\n')
    expect(body).toBe('{"resource":"web01"}')
    const [first, ...headers] = head.split('\r\n')
    expect(first).toBe('POST /api/alert HTTP/1.1')
    expect(headers.map((header) => header.toLowerCase()).sort()).toEqual([
      'connection: keep-alive',
      'content-length: 20',
      'content-type: application/json',
      `host: 127.0.0.1:${peer.port}`,
      'user-agent: alerta-relay/1.2.3',
      'x-alerta-loop: http://relay.example.com:8080',
      'x-forwarded-for: 192.0.2.7',
      'x-request-id: request-1',
    ])
  })
  test('a redirect is not followed', async () => {
    const asked: (string | undefined)[] = []
    const peer = await httpPeer((request, response) => {
      asked.push(request.url)
      response.writeHead(307, { Location: '/elsewhere' }).end()
    })
    expect(await post({ url: peer.url })).toMatchObject({ status: 307, headers: { location: '/elsewhere' } })
    expect(asked).toEqual(['/alert'])
  })
  test('100 Continue and 103 Early Hints are not taken for it', async () => {
    const peer = await httpPeer((_request, response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' })
      response.writeHead(201).end('{}')
    })
    expect(await post({ url: peer.url })).toMatchObject({ status: 201, body: '{}' })
  })
})

describe('connections', () => {
  test('they are kept and used again', async () => {
    const peer = await httpPeer((_request, response) => response.end('{}'))
    const client = clientOf({ url: peer.url })
    for (let i = 0; i < 20; i++) await client.exchange(POST, NEVER)
    // a second one, for undici rests a connection for a moment after each answer
    expect(peer.connections()).toBeLessThanOrEqual(2)
    expect(client.stats()).toMatchObject({ connected: peer.connections(), running: 0 })
  })
  test('no more than concurrency.max are open at once', async () => {
    const waiting: (() => void)[] = []
    const peer = await httpPeer((_request, response) => void waiting.push(() => response.end('{}')))
    const client = clientOf({ url: peer.url, concurrency: { start: 2, max: 2 } })
    const all = [1, 2, 3, 4].map(() => client.exchange(POST, NEVER))
    await vi.waitFor(() => expect(waiting).toHaveLength(2))
    expect(client.stats()).toMatchObject({ connected: 2, running: 2, queued: 2 })
    while (waiting.length > 0) {
      waiting.pop()?.()
      await vi.waitFor(() => expect(client.stats().queued === 0 || waiting.length > 0).toBe(true))
    }
    await vi.waitFor(() => {
      for (const done of waiting.splice(0)) done()
      expect(client.stats()).toMatchObject({ running: 0, queued: 0 })
    })
    expect((await Promise.all(all)).map(({ kind }) => kind)).toEqual(['answer', 'answer', 'answer', 'answer'])
    expect(peer.connections()).toBe(2)
  })
  test('closing the client ends what still runs', async () => {
    const peer = await rawPeer(() => {})
    const client = clientOf({ url: peer.url })
    const running = client.exchange(POST, NEVER)
    await vi.waitFor(() => expect(client.stats().running).toBe(1))
    await client.close()
    expect(await running).toEqual({ kind: 'unknown', why: 'the relay is stopping (UND_ERR_DESTROYED)' })
  })
})

describe('a long answer', () => {
  const long = (body: string) => httpPeer((_request, response) => response.writeHead(201).end(body))
  const alert = { history: Array.from({ length: 2000 }, (_, i) => ({ id: `h${i}`, text: 'a "quoted" }{ text' })) }

  test('is cut off where it is no JSON object', async () => {
    const peer = await long('<html>'.repeat(20_000))
    expect(await post({ url: peer.url })).toMatchObject({ kind: 'answer', body: undefined, oversized: true })
  })
  test('is read for its id and status where it repeats a long alert', async () => {
    const peer = await long(JSON.stringify({ alert, id: 'p1', status: 'ok' }))
    const exchange = await post({ url: peer.url })
    expect(exchange).toMatchObject({ kind: 'answer', body: '{"id":"p1","status":"ok"}', oversized: false })
  })
  test('an http destination is not read at all, and endless talk is cut off', async () => {
    const short = await long('fine')
    expect(await post({ url: short.url, kind: 'http' })).toMatchObject({
      status: 201,
      body: undefined,
      oversized: false,
    })
    const endless = await httpPeer((_request, response) => {
      response.writeHead(201)
      const talk = () => response.writable && response.write('x'.repeat(10_000), () => setImmediate(talk))
      talk()
    })
    expect(await post({ url: endless.url, kind: 'http' })).toMatchObject({ kind: 'answer', status: 201 })
  })
  test('an http destination that sends its status and then hangs does not hold us until the timeout', async () => {
    const peer = await httpPeer((_request, response) => response.writeHead(202).flushHeaders())
    const before = systemClock.monotonic()
    expect(await post({ url: peer.url, kind: 'http', timeout: '10s' })).toMatchObject({ kind: 'answer', status: 202 })
    expect(systemClock.monotonic() - before).toBeLessThan(5_000)
  })
})

describe('TLS', () => {
  test('a self-signed certificate is refused, accepted by "ca", or by ssl_verify: false', async () => {
    const certificate = selfSigned('IP:127.0.0.1')
    const peer = await httpsPeer(certificate, (_request, response) => response.end('{}'))
    expect(await post({ url: peer.url })).toEqual({
      kind: 'not sent',
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      why: 'self-signed certificate; name it in "ca" (DEPTH_ZERO_SELF_SIGNED_CERT)',
    })
    expect(await post({ url: peer.url, ca: certificate.path })).toMatchObject({ kind: 'answer', status: 200 })
    expect(await post({ url: peer.url, ssl_verify: false })).toMatchObject({ kind: 'answer', status: 200 })
  })
  test('a certificate for another host is refused', async () => {
    const certificate = selfSigned('DNS:other.example.com')
    const peer = await httpsPeer(certificate, (_request, response) => response.end('{}'))
    expect(await post({ url: peer.url, ca: certificate.path })).toMatchObject({
      kind: 'not sent',
      why: 'certificate is for another host name (ERR_TLS_CERT_ALTNAME_INVALID)',
    })
  })
  test('a certificate file that is not there is an error at the start', () => {
    expect(() => clientOf({ url: 'https://north.example.com', ca: '/no/such/file.pem' })).toThrow(CertificateError)
  })
})

describe('signing', () => {
  test('each try has its own signature, and Hawk verifies with a body and on a DELETE', async () => {
    const auth = authSchema.parse({ hmac: [{ key: 'relay1', secret: 's3cret' }] })
    const spent = new Set<string>()
    const spend = async (nonce: string) => !spent.has(nonce) && spent.add(nonce) !== undefined
    const peer = await httpPeer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const ownNames = [{ host: '127.0.0.1', port: peer.port, prefix: '' }]
      const verdict = await createAuthenticator({ auth, ownNames, clock: systemClock, spend })({
        method: request.method ?? '',
        target: request.url ?? '',
        host: request.headers.host,
        scheme: 'http',
        sender: '192.0.2.1',
        authorization: request.headers.authorization,
        xApiKey: undefined,
        queryApiKey: undefined,
        contentType: request.headers['content-type'],
        body: chunks.length === 0 ? undefined : async () => Buffer.concat(chunks),
      })
      response.writeHead(verdict.ok ? 200 : 401).end(verdict.ok ? '' : verdict.message)
    })
    const settings = { url: `${peer.url}/it's`, auth: { type: 'hawk', key: 'relay1', secret: 's3cret' } } as const
    const client = clientOf(settings)
    const build = (kind: 'action' | 'delete') => {
      const draft = message({
        kind,
        alertId: "ü/ 'x'(1)*",
        body: kind === 'delete' ? null : Buffer.from([123, 255, 125]),
      })
      return buildRequest(destination(settings), { message: draft, alias: undefined }, OURS)
    }
    const results: Exchange[] = []
    for (const kind of ['action', 'action', 'delete', 'delete'] as const) {
      results.push(await client.exchange(build(kind), NEVER))
    }
    expect(results.map((result) => (result.kind === 'answer' ? [result.status, result.body] : result))).toEqual(
      Array(4).fill([200, '']),
    )
    expect(spent.size).toBe(4)
  })
})
