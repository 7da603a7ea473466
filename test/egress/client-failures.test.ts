import { describe, expect, test, vi } from 'vitest'
import { clientOf, NEVER, POST, post } from './client-of.js'
import { httpPeer, rawPeer } from './servers.js'

describe('nothing was sent', () => {
  test('refused', async () => {
    const peer = await httpPeer((_request, response) => response.end())
    await peer.close()
    expect(await post({ url: peer.url })).toEqual({
      kind: 'not sent',
      code: 'ECONNREFUSED',
      why: 'connection refused (ECONNREFUSED)',
    })
  })
  test('a listener that restarts within a second is found again', async () => {
    const gone = await httpPeer((_request, response) => response.end())
    await gone.close()
    const exchange = post({ url: gone.url })
    await httpPeer((_request, response) => response.end('{}'), gone.port)
    expect(await exchange).toMatchObject({ kind: 'answer', status: 200 })
  })
  test('a host name that does not exist', async () => {
    expect(await post({ url: 'http://no-such-host.invalid' })).toMatchObject({
      kind: 'not sent',
      code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
      why: expect.stringContaining('host name'),
    })
  })
  test('reset during the TLS handshake', async () => {
    const peer = await rawPeer((socket) => socket.resetAndDestroy())
    const exchange = await post({ url: peer.url.replace('http', 'https') })
    expect(exchange).toMatchObject({ kind: 'not sent', code: 'ECONNRESET' })
    expect(peer.connections()).toBe(2)
  })
  test('a port that does not speak TLS', async () => {
    const peer = await httpPeer((_request, response) => response.end())
    expect(await post({ url: peer.url.replace('http', 'https') })).toMatchObject({
      kind: 'not sent',
      why: 'the port does not speak TLS (ERR_SSL_WRONG_VERSION_NUMBER)',
    })
  })
  test('a peer that never finishes the TLS handshake', async () => {
    const peer = await rawPeer(() => {})
    const exchange = await post({ url: peer.url.replace('http', 'https'), connect_timeout: '50ms' })
    expect(exchange).toMatchObject({ kind: 'not sent', why: 'no connection in time (UND_ERR_CONNECT_TIMEOUT)' })
  })
  test('a header that cannot be sent is told, but not shown', async () => {
    const peer = await httpPeer((_request, response) => response.end())
    const headers = { authorization: 'Key s3cret\n' }
    const exchange = await clientOf({ url: peer.url }).exchange({ ...POST, headers }, NEVER)
    expect(exchange).toMatchObject({ kind: 'not sent', why: expect.stringContaining('characters that HTTP forbids') })
    expect(JSON.stringify(exchange)).not.toContain('s3cret')
  })
  test('stopped before', async () => {
    const peer = await httpPeer((_request, response) => response.end())
    expect(await post({ url: peer.url }, AbortSignal.abort())).toMatchObject({ kind: 'not sent' })
    expect(peer.connections()).toBe(0)
  })
  test('stopped while it waits for a connection, and it does not go out later', async () => {
    let asked = 0
    const release: (() => void)[] = []
    const peer = await httpPeer((_request, response) => {
      asked++
      release.push(() => response.end('{}'))
    })
    const client = clientOf({ url: peer.url, concurrency: { start: 1, max: 1 } })
    const first = client.exchange(POST, NEVER)
    await vi.waitFor(() => expect(asked).toBe(1))
    const stop = new AbortController()
    const second = client.exchange(POST, stop.signal)
    stop.abort()
    expect(await second).toEqual({ kind: 'not sent', code: 'STOPPED', why: 'the relay is stopping' })
    release[0]?.()
    expect(await first).toMatchObject({ kind: 'answer' })
    await vi.waitFor(() => expect(client.stats()).toMatchObject({ queued: 0, running: 0 }))
    expect(asked).toBe(1)
  })
})

describe('sent, and nobody knows', () => {
  test('reset after the request', async () => {
    const peer = await rawPeer((socket) => socket.resetAndDestroy())
    expect(await post({ url: peer.url })).toEqual({ kind: 'unknown', why: 'connection reset (ECONNRESET)' })
    expect(peer.connections()).toBe(1)
  })
  test('closed after the request', async () => {
    const peer = await rawPeer((socket) => socket.end())
    expect(await post({ url: peer.url })).toEqual({
      kind: 'unknown',
      why: 'connection closed by the other side (UND_ERR_SOCKET)',
    })
  })
  test('a peer that hangs is left after the timeout, and its connection closed', async () => {
    let closed = false
    const peer = await rawPeer((socket) => socket.on('close', () => (closed = true)))
    expect(await post({ url: peer.url, timeout: '100ms' })).toEqual({ kind: 'unknown', why: 'no answer within 0.1 s' })
    await vi.waitFor(() => expect(closed).toBe(true))
  })
  test('stopped while the peer works on it', async () => {
    const stop = new AbortController()
    const peer = await rawPeer(() => stop.abort())
    expect(await post({ url: peer.url }, stop.signal)).toEqual({ kind: 'unknown', why: 'the relay is stopping' })
  })
  test('an answer that is not HTTP', async () => {
    const peer = await rawPeer((socket) => socket.end('220 mail.example.com ESMTP\r\n'))
    expect(await post({ url: peer.url })).toMatchObject({
      kind: 'unknown',
      why: expect.stringContaining('the answer is not HTTP'),
    })
  })
})

describe('an answer that breaks off', () => {
  const head = 'HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n{"status":'

  test('by a closed connection', async () => {
    const peer = await rawPeer((socket) => socket.end(head))
    expect(await post({ url: peer.url })).toMatchObject({ kind: 'answer', status: 201, body: undefined })
  })
  test('by a body that drips for ever', async () => {
    const peer = await httpPeer((_request, response) => {
      response.writeHead(201)
      const drip = () => response.writable && response.write(' ', () => setImmediate(drip))
      drip()
    })
    const exchange = await post({ url: peer.url, timeout: '100ms' })
    expect(exchange).toMatchObject({ kind: 'answer', status: 201, body: undefined, oversized: false })
  })
})
