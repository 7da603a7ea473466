import { connect } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Clock, systemClock } from '../../src/base/clock.js'
import { alert, talkTo } from './talk.js'

const failed = (): 'failed' => 'failed'

describe('told to misbehave, it answers', () => {
  test('with a status and Retry-After, for the next so many requests', async () => {
    const { ask, url } = await talkTo()
    const told = await ask('POST', '/_sink/behave', { mode: 'status', status: 503, retryAfter: 2, times: 2 })
    expect(told).toMatchObject({ status: 200, body: { rules: [{ mode: 'status', times: 2 }] } })
    const first = await fetch(`${url}/alert`, { method: 'POST' })
    expect([first.status, first.headers.get('retry-after')]).toEqual([503, '2'])
    expect(await ask('POST', '/alert', alert())).toMatchObject({ status: 503, body: { status: 'error' } })
    expect(await ask('POST', '/alert', alert())).toMatchObject({ status: 201 })
    expect(await ask('GET', '/_sink/behave')).toMatchObject({ body: { rules: [] } })
  })
  test('for a time', async () => {
    let now = 0
    const clock: Clock = { ...systemClock, now: () => now }
    const { ask } = await talkTo({ clock })
    await ask('POST', '/_sink/behave', { mode: 'status', status: 500, forMs: 1_000 })
    now = 999
    expect(await ask('GET', '/config')).toMatchObject({ status: 500 })
    expect(await ask('GET', '/_sink/behave')).toMatchObject({ body: { rules: [{ forMs: 1 }] } })
    now = 1_000
    expect(await ask('GET', '/config')).toMatchObject({ status: 200 })
  })
  test('with a login page, a redirect, or nothing', async () => {
    const { sink, url } = await talkTo()
    sink.behave({ mode: 'html', times: 1 })
    sink.behave({ mode: 'redirect', times: 1 })
    sink.behave({ mode: 'empty', times: 1 })
    const get = () => fetch(`${url}/config`, { redirect: 'manual' })
    const html = await get()
    expect([html.status, html.headers.get('content-type'), await html.text()]).toEqual([
      200,
      expect.stringContaining('text/html'),
      expect.stringContaining('<title>Sign in</title>'),
    ])
    const redirect = await get()
    expect([redirect.status, redirect.headers.get('location')]).toEqual([302, '/login'])
    const empty = await get()
    expect([empty.status, await empty.text()]).toEqual([204, ''])
  })
  test('late', async () => {
    const { ask, sink } = await talkTo()
    sink.behave({ mode: 'delay', ms: 50, times: 1 })
    const before = systemClock.monotonic()
    expect(await ask('POST', '/alert', alert())).toMatchObject({ status: 201 })
    expect(systemClock.monotonic() - before).toBeGreaterThanOrEqual(45)
  })
  test('in pieces', async () => {
    const { sink, url } = await talkTo()
    sink.behave({ mode: 'slow-body', ms: 60 })
    const answer = await fetch(`${url}/config`)
    const pieces: Uint8Array[] = []
    for await (const piece of answer.body as unknown as AsyncIterable<Uint8Array>) pieces.push(piece)
    expect(pieces.length).toBeGreaterThan(2)
    expect(JSON.parse(Buffer.concat(pieces).toString())).toMatchObject({ provider: 'basic' })
    expect(sink.requests()).toMatchObject([{ behaved: 'slow-body', status: 200 }])
  })
  test('with a reset', async () => {
    const { sink, url } = await talkTo()
    sink.behave({ mode: 'reset' })
    expect(await fetch(`${url}/config`).catch(failed)).toBe('failed')
    expect(sink.requests()).toMatchObject([{ behaved: 'reset', status: null }])
  })
  test('with what is not HTTP', async () => {
    const { sink, port } = await talkTo()
    sink.behave({ mode: 'garbage' })
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'))
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks).toString()).toMatch(/^220 /)
  })
  test('not at all, until the client leaves or the sink closes', async () => {
    const { sink, url, close } = await talkTo()
    sink.behave({ mode: 'hang' })
    const leave = new AbortController()
    const left = fetch(`${url}/config`, { signal: leave.signal }).catch(failed)
    const waiting = fetch(`${url}/config`).catch(failed)
    await vi.waitFor(() => expect(sink.requests()).toHaveLength(2))
    leave.abort()
    expect(await left).toBe('failed')
    await close()
    expect(await waiting).toBe('failed')
  })
  test('not at all, and waits no longer than the client does', async () => {
    const waits: (AbortSignal | undefined)[] = []
    const until: Clock['until'] = (at, signal) => {
      waits.push(signal)
      return systemClock.until(at, signal)
    }
    const { sink, url } = await talkTo({ clock: { ...systemClock, until } })
    sink.behave({ mode: 'hang', ms: 3_600_000 })
    const leave = new AbortController()
    const left = fetch(`${url}/config`, { signal: leave.signal }).catch(failed)
    await vi.waitFor(() => expect(waits).toHaveLength(1))
    leave.abort()
    expect(await left).toBe('failed')
    await vi.waitFor(() => expect(waits[0]?.aborted).toBe(true))
  })
  test('not at all, and hangs up after a time', async () => {
    const { sink, url } = await talkTo()
    sink.behave({ mode: 'hang', ms: 30 })
    expect(await fetch(`${url}/config`).catch(failed)).toBe('failed')
  })
})

describe('whether it does what it was asked', () => {
  test('it does not, unless told to: then only the answer is lost', async () => {
    const { ask, sink, url } = await talkTo()
    const post = () =>
      fetch(`${url}/alert`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alert({ id: 'a1' })),
      })
    sink.behave({ mode: 'reset', times: 1 })
    await post().catch(failed)
    expect(await ask('GET', '/alert/a1')).toMatchObject({ status: 404 })
    sink.behave({ mode: 'reset', times: 1, execute: true })
    expect(await post().catch(failed)).toBe('failed')
    expect(await ask('GET', '/alert/a1')).toMatchObject({ status: 200 })
    sink.behave({ mode: 'status', status: 502, times: 1, execute: true, match: { method: 'DELETE' } })
    expect(await ask('DELETE', '/alert/a1')).toMatchObject({ status: 502 })
    expect(await ask('GET', '/alert/a1')).toMatchObject({ status: 404 })
  })
})

describe('a rule with a match', () => {
  test('leaves other requests alone', async () => {
    const { ask, sink } = await talkTo()
    sink.behave({ mode: 'status', status: 500, match: { method: 'post', path: '/alert', resource: 'poison' } })
    expect(await ask('POST', '/alert', alert())).toMatchObject({ status: 201 })
    expect(await ask('POST', '/api/alert', alert({ resource: 'poison' }))).toMatchObject({ status: 500 })
    expect(await ask('POST', '/anything', alert({ resource: 'poison' }))).toMatchObject({ status: 200 })
  })
  test("knows an action by its alert's resource, and a path by what is above it", async () => {
    const { ask, sink } = await talkTo()
    await ask('POST', '/alert', alert({ id: 'a1', resource: 'poison' }))
    await ask('POST', '/alert', alert({ id: 'a2' }))
    sink.behave({ mode: 'status', status: 500, match: { path: '/alert', resource: 'poison' } })
    expect(await ask('PUT', '/alert/a1/action', { action: 'ack' })).toMatchObject({ status: 500 })
    expect(await ask('PUT', '/alert/a2/action', { action: 'ack' })).toMatchObject({ status: 200 })
    sink.obey()
    sink.behave({ mode: 'status', match: { path: '/alert/a1' } })
    expect(await ask('GET', '/alert/a1')).toMatchObject({ status: 503 })
    expect(await ask('GET', '/alert/a12')).toMatchObject({ status: 404 })
  })
  test('the first that fits counts', async () => {
    const { ask, sink } = await talkTo()
    sink.behave({ mode: 'status', status: 500, times: 1 })
    sink.behave({ mode: 'status', status: 502 })
    const statuses = [await ask('GET', '/config'), await ask('GET', '/config')].map(({ status }) => status)
    expect(statuses).toEqual([500, 502])
  })
})

test('DELETE /_sink/behave ends it', async () => {
  const { ask } = await talkTo()
  await ask('POST', '/_sink/behave', { mode: 'html' })
  expect(await ask('DELETE', '/_sink/behave')).toMatchObject({ body: { rules: [] } })
  expect(await ask('GET', '/config')).toMatchObject({ status: 200 })
})

test.each([
  [{ mode: 'explode' }],
  [{ mode: 'status', status: 99 }],
  [{ mode: 'status', status: 204 }],
  [{ mode: 'status', code: 503 }],
  [{ mode: 'delay', ms: -1 }],
  [{ mode: 'status', retryAfter: '2\r\nX-Evil: 1' }],
  ['no object'],
])('%j is no rule', async (rule) => {
  const { ask } = await talkTo()
  expect(await ask('POST', '/_sink/behave', rule)).toMatchObject({ status: 400, body: { status: 'error' } })
})

test('there may be 100 rules and no more', async () => {
  const { ask } = await talkTo()
  for (let i = 0; i < 100; i++) await ask('POST', '/_sink/behave', { mode: 'html', match: { path: `/x${i}` } })
  expect(await ask('POST', '/_sink/behave', { mode: 'html' })).toMatchObject({ status: 409 })
})

test('a client that hangs up in the middle of its body does not stop the sink', async () => {
  const { ask, port } = await talkTo()
  const socket = connect(port, '127.0.0.1', () => {
    socket.write('POST /alert HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"half', () => socket.resetAndDestroy())
  })
  onTestFinished(() => void socket.destroy())
  await new Promise((resolve) => socket.once('close', resolve))
  expect(await ask('GET', '/config')).toMatchObject({ status: 200 })
})
