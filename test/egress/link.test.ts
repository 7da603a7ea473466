import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { type Got, inOne, json, linked, NEVER, type Reply } from './linked.js'

const HOUR_MS = 3_600_000
const IN_ONE = ['201 in one 1', '201 in one 2', '201 in one 3']
const BY_THEMSELVES = ['201 by itself 1', '201 by itself 2', '201 by itself 3']
const ALONE = ['alone', 'alone', 'alone']

describe('what is asked at one time', () => {
  test('goes in one request once the relay has said that it takes that, each with its own answer', async () => {
    const { three, seen, got, counters, lines, link } = await linked(
      {},
      { auth: { type: 'hawk', key: 'k', secret: 'a-secret-of-16-or-more' } },
    )
    expect(link.perRequest()).toBe(1)
    expect(await three()).toEqual(BY_THEMSELVES)
    expect(link.perRequest()).toBe(16)
    expect(await three()).toEqual(IN_ONE)
    expect(seen()).toEqual([...ALONE, 'batch of 3'])
    expect(got.at(-1)?.headers).toMatchObject({ 'content-encoding': 'gzip', 'user-agent': 'alerta-relay/1.2.3' })
    expect(got.at(-1)?.headers.authorization).toMatch(/^Hawk .*hash=/)
    expect(counters.snapshot()).toEqual({ 'batches.north': 1, 'batched.north': 3 })
    expect(lines).toEqual(['info batch link opened {"destination":"north","messages":256,"bytes":1048576}'])
  })
  test('says of each message what it would say by itself, its body byte for byte', async () => {
    const { open, link, got, request } = await linked()
    await open()
    const body = '{ "text": "é\n" }'
    const asked = [
      request('1', { body: Buffer.from(body), hops: [] }),
      request('2', { kind: 'delete', alertId: 'a/b', body: null }),
    ]
    await Promise.all(asked.map((one) => link.exchange(one, NEVER)))
    const [alert, gone] = got[0]?.heads ?? []
    const { 'user-agent': _, ...headers } = asked[0]?.headers ?? {}
    expect(alert).toEqual({ method: 'POST', path: '/alert', headers, bytes: Buffer.byteLength(body) })
    expect(gone).toMatchObject({ method: 'DELETE', path: '/alert/a%2Fb', bytes: null })
    expect(got[0]?.bodies).toBe(body)
  })
  test('goes in several where the relay takes fewer, or fewer bytes', async () => {
    const fewer: Reply = ({ headers }, response) =>
      json(response, 201, { status: 'ok', id: headers['x-request-id'] }, { 'X-Alerta-Batch': 'messages=2, bytes=3000' })
    const { open, three, seen, link, request } = await linked({ alone: fewer })
    await open()
    await three()
    expect(seen().toSorted()).toEqual(['alone', 'batch of 2'])
    const large = Buffer.alloc(1_400, 0x20)
    await Promise.all(['4', '5'].map((name) => link.exchange(request(name, { body: large }), NEVER)))
    expect(seen().slice(2)).toEqual(['alone', 'alone'])
  })
  test('waits while two batches are under way, and goes with the next', async () => {
    const held: (() => void)[] = []
    const { open, three, seen } = await linked({ batch: (got, response) => void held.push(() => inOne(got, response)) })
    await open()
    const first = three()
    await expect.poll(seen).toEqual(['batch of 3'])
    const second = three()
    await expect.poll(seen).toHaveLength(2)
    const [third, fourth] = [three(), three()]
    held.shift()?.()
    await first
    await expect.poll(seen).toEqual(['batch of 3', 'batch of 3', 'batch of 6'])
    while (held.length > 0) held.shift()?.()
    expect(await Promise.all([second, third, fourth])).toEqual([IN_ONE, IN_ONE, IN_ONE])
  })
})

describe('by itself goes', () => {
  test('what is alone, what is tried again, what is large, a webhook, and a question', async () => {
    const { open, send, seen, link, got } = await linked()
    await open()
    await send('alone')
    const webhook = { kind: 'webhook', alertId: '/webhooks/slack', contentType: 'application/json' } as const
    const question = { method: 'GET', path: '/api/config', headers: {}, body: null } as const
    await Promise.all([
      send('again', {}, 2),
      send('once more', {}, 7),
      send('large', { body: Buffer.alloc(64 * 1024 + 1, 0x20) }),
      send('webhook', webhook),
      link.exchange(question, NEVER),
    ])
    expect(seen()).toEqual(Array(6).fill('alone'))
    expect(got.some(({ path }) => path === '/api/config')).toBe(true)
  })
  test('everything where the relay does not say that it takes batches', async () => {
    const { three, seen, lines } = await linked({
      alone: (got, response) => json(response, 201, { status: 'ok', id: `by itself ${got.headers['x-request-id']}` }),
    })
    expect([await three(), await three()]).toEqual([BY_THEMSELVES, BY_THEMSELVES])
    expect([seen(), lines]).toEqual([[...ALONE, ...ALONE], []])
  })
  test('everything where it is switched off', async () => {
    const { request } = await linked({}, { batch: false })
    expect(request('1').batch).toBe(false)
  })
  test('less is under way where bodies are large: they are in memory', async () => {
    const { open, send, link } = await linked()
    await open()
    const body = Buffer.alloc(1024 * 1024, 0x20)
    for (let i = 0; i < 20; i += 1) await send(`${i}`, { body })
    expect(link.perRequest()).toBeLessThanOrEqual(2)
  })
})

describe('where a batch is not taken', () => {
  const html: Reply = (_, response) =>
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>Log in</html>')
  const status =
    (code: number): Reply =>
    (_, response) =>
      json(response, code, { status: 'error', message: 'no' })
  const short: Reply = (_, response) => json(response, 200, { status: 'ok', answers: [{ status: 201, body: {} }] })
  test.each([
    ['404', status(404)],
    ['405', status(405)],
    ['400', status(400)],
    ['403', status(403)],
    ['413 of a proxy', status(413)],
    ['415', status(415)],
    ['426', status(426)],
    ['a redirect', (_: Got, response: ServerResponse) => response.writeHead(302, { Location: '/login' }).end()],
    ['a login page', html],
    ['401 of a proxy', (_: Got, response: ServerResponse) => response.writeHead(401).end('<html>')],
    ['an answer for fewer messages', short],
  ] as const)('%s: each goes by itself at once, and so for five minutes', async (_, batch) => {
    const { open, three, seen, clock, link, lines } = await linked({ batch })
    await open()
    expect(await three()).toEqual(BY_THEMSELVES)
    expect(seen()).toEqual(['batch of 3', ...ALONE])
    await clock.advance(5 * 60_000 - 1)
    expect(await three()).toEqual(BY_THEMSELVES)
    expect([seen().slice(4), link.perRequest()]).toEqual([ALONE, 1])
    await clock.advance(1)
    expect(await three()).toEqual(BY_THEMSELVES)
    expect(link.perRequest()).toBe(16)
    expect(lines.map((line) => line.split(' {')[0])).toEqual([
      'info batch link opened',
      'info batch link closed',
      'info batch link opened',
    ])
  })
})

describe('a batch that fails', () => {
  test.each([429, 503, 408])('%i is the answer to each, with its Retry-After', async (code) => {
    const { open, send, link } = await linked({
      batch: (_, response) => json(response, code, { status: 'error', message: 'busy' }, { 'Retry-After': '7' }),
    })
    await open()
    const exchanges = await Promise.all([send('1'), send('2')])
    expect(exchanges).toMatchObject(Array(2).fill({ kind: 'answer', status: code, headers: { 'retry-after': '7' } }))
    expect(link.perRequest()).toBe(16)
  })
  test('a wrong credential is that of each', async () => {
    const { open, send, link } = await linked({
      batch: (_, response) => json(response, 401, { status: 'error', message: 'expired' }),
    })
    await open()
    expect(await Promise.all([send('1'), send('2')])).toMatchObject(Array(2).fill({ kind: 'answer', status: 401 }))
    expect(link.perRequest()).toBe(1)
  })
  test("a 5xx is nobody's fault: what became of each is unknown", async () => {
    const { open, three, link } = await linked({
      batch: (_, response) => json(response, 500, { status: 'error', message: 'bug' }),
    })
    await open()
    expect(await three()).toEqual(Array(3).fill('unknown: answered 500 to a batch'))
    expect(link.perRequest()).toBe(1)
    // the next plain answer opens it again
    expect(await three()).toEqual(BY_THEMSELVES)
    expect(link.perRequest()).toBe(16)
  })
  test('no answer in time: unknown to each, and what waited behind was certainly not sent', async () => {
    const { open, three, seen, clock } = await linked({ batch: () => {} })
    await open()
    const first = three()
    await expect.poll(seen).toEqual(['batch of 3'])
    const second = three()
    await expect.poll(seen).toHaveLength(2)
    const third = three()
    await clock.advance(10_000)
    expect(await first).toEqual(Array(3).fill('unknown: no answer within 10 s'))
    expect(await second).toEqual(Array(3).fill('unknown: no answer within 10 s'))
    expect(await third).toEqual(Array(3).fill('not sent: not sent: no answer within 10 s'))
  })
  test('an answer that breaks off leaves each unknown', async () => {
    const { open, three } = await linked({
      batch(_, response) {
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' })
        response.write('{"status":"ok","answers":[', () => response.destroy())
      },
    })
    await open()
    expect(await three()).toEqual(Array(3).fill('unknown: the answer to a batch broke off'))
  })
  test('nobody listens any more: not sent, each of them', async () => {
    const { open, three, peer, clock } = await linked()
    await open()
    await peer.close()
    const ended = three()
    await clock.advance(HOUR_MS)
    expect(new Set((await ended).map((one) => one.split(':')[0]))).toEqual(new Set(['not sent']))
  })
  test('one message is refused or fails: only that', async () => {
    const { open, send } = await linked({
      batch: (_, response) =>
        json(response, 200, {
          status: 'ok',
          answers: [
            { status: 503, headers: { 'retry-after': '30' }, body: { status: 'error', message: 'full' } },
            { status: 201, body: { status: 'ok', id: 'x' } },
          ],
        }),
    })
    await open()
    const [first, second] = await Promise.all([send('1'), send('2')])
    expect(first).toMatchObject({ kind: 'answer', status: 503, headers: { 'retry-after': '30' } })
    expect(second).toEqual({
      ...{ kind: 'answer', status: 201, headers: { 'content-type': 'application/json' }, oversized: false },
      body: '{"status":"ok","id":"x"}',
    })
  })
  test('a stop cuts it off, and what waits is not sent', async () => {
    const { open, link, seen, request } = await linked({ batch: () => {} })
    await open()
    const stop = new AbortController()
    const three = () => Promise.all(['1', '2', '3'].map((name) => link.exchange(request(name), stop.signal)))
    const running = [three()]
    await expect.poll(seen).toHaveLength(1)
    running.push(three())
    await expect.poll(seen).toHaveLength(2)
    const waiting = three()
    stop.abort()
    for (const one of await Promise.all(running)) expect(one.map(({ kind }) => kind)).toEqual(Array(3).fill('unknown'))
    expect((await waiting).map(({ kind }) => kind)).toEqual(Array(3).fill('not sent'))
  })
})
