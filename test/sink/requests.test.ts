import { describe, expect, test } from 'vitest'
import { createReceivedList, type Received } from '../../src/sink/received.js'
import { alert, talkTo } from './talk.js'

test('what came can be read back and forgotten', async () => {
  const { ask, sink } = await talkTo()
  await ask('POST', '/api/alert', alert({ id: 'a1' }), { 'x-alerta-loop': 'http://edge:1', 'x-request-id': 'r1' })
  await ask('PUT', '/alert/a1/action?x=1', { action: 'ack', text: 'on it' })
  const { body } = await ask('GET', '/_sink/requests')
  expect(body).toMatchObject({
    total: 2,
    kept: 2,
    requests: [
      {
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        method: 'POST',
        path: '/api/alert',
        headers: { 'x-alerta-loop': 'http://edge:1', 'x-request-id': 'r1', 'content-type': 'application/json' },
        body: JSON.stringify(alert({ id: 'a1' })),
        what: 'major Production/web01/NodeDown',
        status: 201,
      },
      { method: 'PUT', path: '/alert/a1/action?x=1', what: 'ack "on it"', status: 200 },
    ],
  })
  expect(sink.requests()).toEqual(body.requests)
  await ask('DELETE', '/_sink/requests')
  expect(await ask('GET', '/_sink/requests')).toMatchObject({ body: { total: 0, requests: [] } })
})

test('bytes that are no text are kept as they were', async () => {
  const { sink, url } = await talkTo()
  const body = Buffer.from([0x7b, 0xff, 0x7d])
  await fetch(`${url}/anything`, { method: 'POST', body })
  expect(Buffer.from(sink.requests()[0]?.bodyBase64 ?? '', 'base64')).toEqual(body)
})

test('credentials are masked, a Hawk header is not', async () => {
  const { ask, sink } = await talkTo()
  const hawk = 'Hawk id="relay1", ts="1", nonce="n", mac="m"'
  await ask('GET', '/config?x=1&api-key=s3cret&y', undefined, { 'x-api-key': 's3cret', cookie: 'a=s3cret' })
  for (const authorization of ['Key s3cret', 'Bearer s3cret', `Basic ${btoa('ops:s3cret')}`, hawk]) {
    await ask('GET', '/config', undefined, { authorization })
  }
  const all = sink.requests()
  expect(JSON.stringify(all)).not.toMatch(new RegExp(`s3cret|${btoa('ops:s3cret')}`))
  expect(all[0]?.path).toBe('/config?x=1&api-key=***&y')
  expect(all.map(({ headers }) => headers.authorization)).toEqual([
    undefined,
    'Key ***',
    'Bearer ***',
    'Basic ***',
    hawk,
  ])
  expect(all.map(({ who }) => who)).toEqual([
    'key (not checked)',
    'key (not checked)',
    'token (not checked)',
    'user ops (not checked)',
    'hawk relay1 (not checked)',
  ])
})

test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('%s /anything is echoed', async (method) => {
  const { ask, url } = await talkTo()
  const { status, body } = await ask(method, '/anything/below?q=1', method === 'GET' ? undefined : { a: 'ü' }, {
    'x-mine': '1',
  })
  expect(status).toBe(200)
  expect(body).toMatchObject({
    method,
    url: `${url}/anything/below?q=1`,
    args: { q: '1' },
    headers: { 'x-mine': '1' },
    json: method === 'GET' ? null : { a: 'ü' },
    data: method === 'GET' ? '' : '{"a":"ü"}',
  })
})

describe('the memory', () => {
  const received = (body: string): Received => ({
    at: '',
    method: 'POST',
    path: '/',
    headers: {},
    body,
    what: '',
    who: null,
    behaved: null,
    status: 200,
  })
  test('keeps the last ones', () => {
    const list = createReceivedList(2)
    for (const body of ['1', '2', '3']) list.add(received(body))
    expect(list.list().map(({ body }) => body)).toEqual(['2', '3'])
    expect(list.total()).toBe(3)
  })
  test('keeps fewer where they are large', () => {
    const list = createReceivedList(10_000)
    const large = 'x'.repeat(16 * 1024 * 1024)
    for (let i = 0; i < 10; i++) list.add(received(large))
    expect(list.list()).toHaveLength(8)
  })
})
