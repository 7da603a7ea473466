import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { killAll, type RelayProcess } from '../acceptance/relay.js'
import { closeSinks } from '../acceptance/sink.js'
import { waitFor } from '../support/wait.js'
import { open } from './raw.js'
import { SECRETS, startWorld } from './world.js'

let relay: RelayProcess
beforeAll(async () => {
  ;({ relay } = await startWorld())
})
afterAll(async () => {
  killAll()
  await closeSinks()
})

const BODY = '{"resource":"r","event":"e","environment":"Production"}'
const HEX = BODY.length.toString(16)
const HOST = 'Host: 127.0.0.1'
const LENGTH = `Content-Length: ${BODY.length}`
const CHUNKED = 'Transfer-Encoding: chunked'
const CHUNKS = `${HEX}\r\n${BODY}\r\n0\r\n\r\n`

const requestOf = (lines: readonly string[], body = BODY, end = '\r\n') => `${lines.join(end)}${end}${end}${body}`
const CREDENTIAL = [`Authorization: Key ${SECRETS.key}`, 'Content-Type: application/json']
const post = (lines: readonly string[], body = BODY) =>
  requestOf(['POST /alert HTTP/1.1', HOST, ...CREDENTIAL, ...lines], body)
const old = (lines: readonly string[], body = BODY) =>
  requestOf(['POST /alert HTTP/1.0', HOST, ...CREDENTIAL, ...lines], body)
const to = (target: string, hosts: readonly string[] = [HOST]) =>
  requestOf([`POST ${target} HTTP/1.1`, ...hosts, ...CREDENTIAL, LENGTH])
/** A whole request that another server might find in the body of the first. */
const INNER = post([LENGTH])

const LAST = 'GET /config HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'

const accepted = async (): Promise<number> => (await relay.status()).counters['accepted.alert'] ?? 0

/**
 * What a shape is answered before anything else is sent. Where the connection stays open after that, a last request must
 * be answered as ever: then nothing of the shape was left over for somebody else.
 */
async function answersTo(shape: string, waitForAnswer = true): Promise<{ statuses: number[]; stored: number }> {
  const before = await accepted()
  const connection = await open(relay.port)
  connection.socket.write(shape, 'latin1')
  let ended = false
  void connection.ended.then(() => {
    ended = true
  })
  if (waitForAnswer) await waitFor('an answer', () => ended || connection.answers().length > 0, Boolean)
  connection.socket.write(LAST)
  await connection.ended
  const statuses = connection.answers().map(({ status }) => status)
  for (const { body, status } of connection.answers()) {
    if (status >= 400) expect(JSON.parse(body)).toMatchObject({ status: 'error', code: status })
  }
  return { statuses, stored: (await accepted()) - before }
}

/** Then the connection is good for the next request. */
const AND_GOES_ON = 200

describe('a request whose end two servers could see in two places is refused, and nothing of it is stored', () => {
  test.each([
    ['a length and chunks', post([LENGTH, CHUNKED], `0\r\n\r\n${INNER}`)],
    ['chunks and a length', post([CHUNKED, 'Content-Length: 5'], `0\r\n\r\n${INNER}`)],
    ['two lengths', post(['Content-Length: 0', LENGTH], INNER)],
    ['the same length twice', post([LENGTH, LENGTH])],
    ['a list of lengths', post([`Content-Length: ${BODY.length}, ${BODY.length}`])],
    ['a length with a sign', post([`Content-Length: +${BODY.length}`])],
    ['a negative length', post(['Content-Length: -1'])],
    ['a hexadecimal length', post(['Content-Length: 0x10'])],
    ['a length that no machine can count', post([`Content-Length: ${'9'.repeat(40)}`])],
    ['a blank before the colon', post([`Content-Length : ${BODY.length}`])],
    ['a chunk size that is none', post([CHUNKED], `zz\r\n${BODY}\r\n0\r\n\r\n`)],
    ['a chunk size that no machine can count', post([CHUNKED], `${'f'.repeat(20)}\r\n${BODY}\r\n0\r\n\r\n`)],
    ['a negative chunk size', post([CHUNKED], `-1\r\n${BODY}\r\n0\r\n\r\n`)],
    ['a chunk longer than its size', post([CHUNKED], `${HEX}\r\n${BODY}XX\r\n0\r\n\r\n`)],
    ['chunks with bare line feeds', post([CHUNKED], CHUNKS.replaceAll('\r', ''))],
    ['identity, chunked', post(['Transfer-Encoding: identity, chunked'], CHUNKS)],
    ['chunked, identity', post(['Transfer-Encoding: chunked, identity'], CHUNKS)],
    ['chunked twice', post([CHUNKED, CHUNKED], CHUNKS)],
    ['gzip, chunked', post(['Transfer-Encoding: gzip, chunked'], CHUNKS)],
    ['identity and a length', post([LENGTH, 'Transfer-Encoding: identity'])],
    ['a coding that only looks like chunked', post([LENGTH, 'Transfer-Encoding: xchunked'])],
    ['chunked after a vertical tab', post([LENGTH, 'Transfer-Encoding: \vchunked'], CHUNKS)],
    ['chunked on a folded line', post([LENGTH, 'Transfer-Encoding:\r\n chunked'], CHUNKS)],
    ['chunks in HTTP/1.0', old([CHUNKED], CHUNKS)],
    ['a folded header', post(['X-A: a\r\n b', LENGTH])],
    ['bare line feeds', requestOf(['POST /alert HTTP/1.1', HOST, ...CREDENTIAL, LENGTH], BODY, '\n')],
    ['a bare carriage return', post(['X-A: a\rContent-Length: 5', LENGTH])],
    ['a blank before the first header', requestOf(['POST /alert HTTP/1.1', ' X: y', HOST, ...CREDENTIAL, LENGTH])],
  ])('%s', async (_, shape) => {
    expect(await answersTo(shape)).toEqual({ statuses: [400], stored: 0 })
  })
})

describe('what is no request, or for nobody here, gets one answer', () => {
  test.each([
    ['two Hosts', to('/alert', [HOST, 'Host: other.example']), 400],
    ['the same Host twice', to('/alert', [HOST, HOST]), 400],
    ['no Host', to('/alert', []), 400],
    ['a NUL in a header', post([LENGTH, 'X-A: a\0b']), 400],
    ['a NUL after the key', post([LENGTH]).replace(SECRETS.key, `${SECRETS.key}\0`), 400],
    ['a NUL in the path', to('/al\0ert'), 400],
    ['a path of bytes', to('/alert/\xff\xfe'), 400],
    ['a header without a colon', post(['garbage', LENGTH]), 400],
    ['a header without a name', post([': x', LENGTH]), 400],
    ['a method that is none', LAST.replace('GET', 'STEAL'), 400],
    ['a method in lower case', post([LENGTH]).replace('POST', 'post'), 400],
    ['a protocol of the future', LAST.replace('HTTP/1.1', 'HTTP/9.9'), 400],
    ["HTTP/2's first words", 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['TLS', '\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03', 400],
    ['a header beyond the limit', post([`X-Alerta-Loop: ${'http://a/,'.repeat(3_000)}`, LENGTH]), 431],
    // node would leave out the last ones without a word: the length, or the hops of a message that goes round
    ['a hundred and one headers', post([...Array<string>(97).fill('a:'), LENGTH]), 431],
    ['thousands of headers', post([...Array<string>(9_000).fill('a:'), LENGTH]), 431],
  ])('%s', async (_, shape, status) => {
    expect(await answersTo(shape)).toEqual({ statuses: [status], stored: 0 })
  })

  test.each([
    ['a body although it expects more than 100-continue', post([LENGTH, 'Expect: 200-ok']), [417]],
    ['more hops than any path has', post([`X-Alerta-Loop: ${'http://a,'.repeat(100)}`, LENGTH]), [400, AND_GOES_ON]],
    ['a hop longer than any URL', post([`X-Alerta-Loop: http://${'a'.repeat(5_000)}`, LENGTH]), [400, AND_GOES_ON]],
    ['a target of another scheme', to('ftp://127.0.0.1/alert'), [400, AND_GOES_ON]],
    ['OPTIONS *', LAST.replace('GET /config', 'OPTIONS *').replace('close', 'keep-alive'), [400, AND_GOES_ON]],
    ['a Host that is none', to('/alert', ['Host: a/..?#@b']), [400, AND_GOES_ON]],
    ['a Host with a user', to('/alert', ['Host: user@127.0.0.1']), [400, AND_GOES_ON]],
    ['an empty Host', to('/alert', ['Host:']), [400, AND_GOES_ON]],
    [
      'the credential of a second header',
      post([LENGTH]).replace('Auth', 'Authorization: Key no\r\nAuth'),
      [401, AND_GOES_ON],
    ],
  ])('%s', async (_, shape, statuses) => {
    expect(await answersTo(shape)).toEqual({ statuses, stored: 0 })
  })

  test('a tunnel is not opened', async () => {
    const shape = 'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n'
    expect(await answersTo(shape)).toEqual({ statuses: [], stored: 0 })
  })

  test("HTTP/0.9's request line is waited for to become a request, and does not", async () => {
    expect(await answersTo('GET /config\r\n', false)).toEqual({ statuses: [400], stored: 0 })
  })
})

describe('what is unusual but clear is one message', () => {
  test.each([
    ['an absolute target', to('http://other.example/alert')],
    ['chunks with extensions', post([CHUNKED], CHUNKS.replace('\r', ';a=b\r'))],
    [
      'trailers, which nobody believes',
      post([CHUNKED], CHUNKS.replace(/\r\n$/, 'X-Alerta-Loop: http://127.0.0.1\r\nHost: x\r\n\r\n')),
    ],
    [
      'an offer to speak HTTP/2',
      post([LENGTH, 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk']),
    ],
    ['an offer to speak WebSocket', post([LENGTH, 'Connection: Upgrade', 'Upgrade: websocket'])],
    ['empty lines in front', `\r\n\r\n${post([LENGTH])}`],
    ['a hundred headers', post([...Array<string>(96).fill('a:'), LENGTH])],
  ])('%s', async (_, shape) => {
    expect(await answersTo(shape)).toEqual({ statuses: [201, AND_GOES_ON], stored: 1 })
  })

  test('a body that is a request is a body', async () => {
    const shape = `GET /config HTTP/1.1\r\n${HOST}\r\nContent-Length: ${INNER.length}\r\n\r\n${INNER}`
    expect(await answersTo(shape)).toEqual({ statuses: [200, AND_GOES_ON], stored: 0 })
  })
})

describe('requests that do not wait for each other', () => {
  test('are answered one by one', async () => {
    expect(await answersTo(post([LENGTH]).repeat(5) + LAST)).toEqual({
      statuses: [201, 201, 201, 201, 201, 200],
      stored: 5,
    })
  })

  test('a message is told that it was stored, whatever comes behind it', async () => {
    expect(await answersTo(`${post([LENGTH])}GARBAGE`)).toEqual({ statuses: [201], stored: 1 })
    expect(await answersTo(`${post([LENGTH]).repeat(3)}GARBAGE`)).toEqual({ statuses: [201, 201, 201], stored: 3 })
    const broken = post([CHUNKED], 'zz\r\n')
    expect(await answersTo(post([LENGTH]) + broken)).toEqual({ statuses: [201], stored: 1 })
  })

  test('a request that was refused is not refused again for how its body goes on', async () => {
    const connection = await open(relay.port)
    connection.socket.write(post([CHUNKED], `${HEX}\r\n${BODY}\r\n`).replace(SECRETS.key, 'wrong'))
    await waitFor(
      'the refusal',
      () => connection.answers().length,
      (count) => count > 0,
    )
    connection.socket.write('zz\r\n')
    await connection.ended
    expect(connection.answers().map(({ status }) => status)).toEqual([401])
  })

  test('more of them than anybody sends end the connection', async () => {
    const connection = await open(relay.port)
    connection.socket.write('GET /management/gtg HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1_000))
    await connection.ended
    expect(connection.answers().length).toBeLessThan(1_000)
  })
})

test('a sender that reads when it has written all of a large request learns why it was refused', async () => {
  const connection = await open(relay.port)
  connection.socket.pause()
  const shape = post(['X-A: a\0', 'Content-Length: 30000000'], 'x'.repeat(30_000_000))
  await new Promise((resolve) => connection.socket.write(shape, resolve))
  connection.socket.resume()
  await connection.ended
  expect(connection.answers().map(({ status }) => status)).toEqual([400])
})

test('after all that the relay goes on', async () => {
  expect((await relay.alert({ id: 'after' })).status).toBe(201)
  await relay.drained()
  expect(relay.log.filter(({ level }) => level === 'error')).toEqual([])
})
