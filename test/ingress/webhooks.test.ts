import { describe, expect, test } from 'vitest'
import { webhookPathOf } from '../../src/ingress/webhook-path.js'
import { startIngress } from './server.js'

describe('a webhook is passed on as it came', () => {
  test('bytes, type, path and query; its credential is not', async () => {
    const { send, drafts } = await startIngress()
    const body = Buffer.from([0x7b, 0xff, 0x00, 0x0a, 0x7d])
    const answer = await send('/api/webhooks/graylog/a%20b/?event=E&api-key=admin-key&service=x%2Cy&empty', {
      body,
      headers: { Authorization: '', 'Content-Type': 'text/plain; charset=UTF-8' },
    })
    expect([answer.status, answer.json]).toEqual([201, { status: 'ok', message: 'webhook graylog accepted' }])
    expect(drafts[0]).toMatchObject({
      kind: 'webhook',
      path: '/webhooks/graylog/a%20b/?event=E&service=x%2Cy&empty',
      contentType: 'text/plain; charset=UTF-8',
      body,
      credential: 'key admin',
    })
  })

  test('without a type, and by GET', async () => {
    const { send, drafts } = await startIngress()
    expect((await send('/webhooks/riemann', { body: Buffer.from('x'), headers: { 'Content-Type': '' } })).status).toBe(
      201,
    )
    expect((await send('/webhooks/telegram?x=1', { method: 'GET' })).status).toBe(201)
    expect(drafts).toMatchObject([
      { path: '/webhooks/riemann', contentType: 'application/octet-stream', body: Buffer.from('x') },
      { path: '/webhooks/telegram?x=1', contentType: null, body: Buffer.alloc(0) },
    ])
  })

  test('under the path of base_url', async () => {
    const { send, drafts } = await startIngress({ base_url: 'http://127.0.0.1:9102/mon' })
    await send('/mon/webhooks/slack?x=1', { body: {} })
    expect(drafts).toMatchObject([{ path: '/webhooks/slack?x=1' }])
  })
})

describe('a webhook is refused', () => {
  test.each<[string, string, number]>([
    ['one that nobody knows', '/webhooks/unknown', 404],
    ['none', '/webhooks/', 404],
    ['another path behind dots, which is that path', '/webhooks/slack/%2e%2e/%2e%2e/alert', 400],
    ['another path behind escaped slashes', '/webhooks/slack/..%2f..%2falert', 404],
    ['another path behind backslashes', '/webhooks/slack/..%5c..%5calert', 404],
    ['an empty segment', '/webhooks/slack//alert', 404],
    ['a name in disguise', '/webhooks/%73lack', 404],
  ])('%s', async (_, path, status) => {
    const { send, drafts } = await startIngress()
    expect((await send(path, { body: {} })).status).toBe(status)
    expect(drafts).toEqual([])
  })

  test('without the scope, which write:alerts does not include', async () => {
    const { send, drafts } = await startIngress({
      auth: {
        api_keys: [
          { key: 'alerts-only', scopes: ['write:alerts'] },
          { key: 'hooks', scopes: ['write:webhooks'] },
        ],
      },
    })
    const tried = async (key: string) =>
      (await send('/webhooks/slack', { body: {}, headers: { Authorization: `Key ${key}` } })).status
    expect([await tried('nobody'), await tried('alerts-only'), await tried('hooks')]).toEqual([401, 403, 201])
    expect(drafts).toHaveLength(1)
  })

  test('from a credential bound to customers, for the alerts are made where nothing binds them', async () => {
    const { send, drafts } = await startIngress({
      auth: { api_keys: [{ key: 'theirs', scopes: ['write'], customers: ['ACME'] }] },
    })
    const answer = await send('/webhooks/slack', { body: {}, headers: { Authorization: 'Key theirs' } })
    expect([answer.status, drafts]).toEqual([403, []])
  })

  test('where it has been here before', async () => {
    const { send, drafts, counters } = await startIngress()
    const answer = await send('/webhooks/slack', { body: {}, headers: { 'X-Alerta-Loop': 'http://127.0.0.1:9102' } })
    expect([answer.status, answer.json]).toEqual([
      202,
      { status: 'ok', message: 'Webhook slack forwarded by (unknown) already processed by http://127.0.0.1:9102' },
    ])
    expect(drafts).toEqual([])
    expect(counters.snapshot()).toMatchObject({ 'suppressed.loop': 1 })
  })

  test('by another method', async () => {
    const { send } = await startIngress()
    expect(await send('/webhooks/slack', { method: 'PUT', body: {} })).toMatchObject({ status: 405 })
  })
})

test('a webhook of a plugin of your own is known where the configuration names it', async () => {
  const { send, drafts } = await startIngress({ webhooks: { custom: ['mailgun'] } })
  expect((await send('/webhooks/mailgun', { body: {} })).status).toBe(201)
  expect(drafts).toMatchObject([{ path: '/webhooks/mailgun' }])
})

test('a copy from a peer is answered as such', async () => {
  const { send, results } = await startIngress()
  results.push({ kind: 'copy', by: 'content', alertId: undefined, current: undefined } as never)
  expect(await send('/webhooks/slack', { body: {} })).toMatchObject({ status: 202 })
})

test.each([
  ['/webhooks/slack?a=1&api-key=s3cret', '/webhooks/slack?a=1'],
  ['/webhooks/slack?api%2Dkey=s3cret', '/webhooks/slack'],
  ['/webhooks/slack?%61pi-key=s3cret&&b', '/webhooks/slack?b'],
  ['/webhooks/slack?api-key', '/webhooks/slack'],
  ['/webhooks/slack?x-api-key=1', '/webhooks/slack?x-api-key=1'],
  ['http://relay/webhooks/slack?a=%20+b', '/webhooks/slack?a=%20+b'],
  ['/webhooks/slack/a/b.c/', '/webhooks/slack/a/b.c/'],
])('%s is passed on as %s', (target, path) => {
  expect(webhookPathOf(target, '', [])?.path).toBe(path)
})

test.each([
  '/webhooks/slack#f',
  '/webhooks/slack/.',
  '/webhooks/slack/..;/..;/user/1',
  '/webhooks/slack/%252e%252e/user/1',
  '/webhooks/slack/%3B',
  '/webhooks/slack/a|b',
  `/webhooks/slack/${'x'.repeat(5_000)}`,
  '/other/slack',
])('%s is for no webhook', (target) => {
  expect(webhookPathOf(target, '', [])).toBeUndefined()
})
