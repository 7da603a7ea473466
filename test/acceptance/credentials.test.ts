import { hash } from '@node-rs/argon2'
import { afterEach, expect, test } from 'vitest'
import { authSchema } from '../../src/config/auth.js'
import { KEY, killAll, startRelay } from './relay.js'
import { closeSinks, startSink } from './sink.js'

afterEach(async () => {
  killAll()
  await closeSinks()
})

const scopes = ['admin']

// The four destinations of Alerta's federation document, each with its filter, against receivers that verify.
test('Basic, Hawk, API key and Bearer destinations each get exactly what their filter says, Hawk DELETE included', async () => {
  const [basic, hawk, key, bearer, strictHawk] = await Promise.all([
    startSink({
      auth: authSchema.parse({ users: [{ username: 'user', password_hash: await hash('pa55w0rd'), scopes }] }),
    }),
    startSink({ auth: authSchema.parse({ hmac: [{ key: 'e3b8afc0', secret: 'MDhjZGMyYTRk' }] }) }),
    startSink({ auth: authSchema.parse({ api_keys: [{ key: 'demo-key', scopes }] }) }),
    startSink({ auth: authSchema.parse({ tokens: [{ token: 'bearer-token', scopes }] }) }),
    startSink({ auth: authSchema.parse({ hmac: [{ key: 'e3b8afc0', secret: 'MDhjZGMyYTRk' }] }) }),
  ])
  const hawkAuth = { type: 'hawk', key: 'e3b8afc0', secret: 'MDhjZGMyYTRk' }
  const relay = await startRelay({
    destinations: [
      {
        name: 'basic',
        url: basic.url,
        auth: { type: 'basic', username: 'user', password: 'pa55w0rd' },
        timeout: '10s',
        forward: ['alerts', 'actions'],
      },
      { name: 'hawk', kind: 'http', url: `${hawk.url}/anything`, auth: hawkAuth, forward: ['actions'] },
      { name: 'key', url: key.url, auth: { type: 'key', key: 'demo-key' }, forward: ['delete'] },
      { name: 'bearer', url: bearer.url, auth: { type: 'bearer', token: 'bearer-token' }, forward: ['*'] },
      { name: 'hawk-all', url: strictHawk.url, auth: hawkAuth, forward: ['*'] },
    ],
  })
  await relay.alert({ id: 'x', text: 'x' })
  await relay.action('x', 'ack')
  await relay.action('x', 'createIssue')
  await relay.delete('x')
  const headers = { authorization: 'Key test-key', 'content-type': 'application/json' }
  await fetch(`${relay.url}/heartbeat`, { method: 'POST', headers, body: '{"origin":"probe"}' })
  await relay.drained()

  const asked = (sink: typeof basic) =>
    sink
      .requests()
      .map(({ method, path }) => `${method} ${path}`)
      .sort()
  const [alert, action, deletion, heartbeat] = [
    'POST /alert',
    'PUT /alert/x/action',
    'DELETE /alert/x',
    'POST /heartbeat',
  ] as const
  expect(asked(basic)).toEqual([alert, action, action])
  expect(asked(hawk)).toEqual(Array(2).fill('PUT /anything/alert/x/action'))
  expect(asked(key)).toEqual([deletion])
  for (const all of [bearer, strictHawk]) expect(asked(all)).toEqual([deletion, alert, heartbeat, action, action])
  for (const sink of [basic, hawk, key, bearer, strictHawk]) {
    expect(
      sink.requests().map(({ status }) => status),
      'the receiver took the credential',
    ).not.toContain(401)
  }
  expect((await relay.status()).destinations.map(({ dead }) => dead)).toEqual([0, 0, 0, 0, 0])
})

test('a key that is bound to a customer writes for that customer only, and acts on its alerts only', async () => {
  const sink = await startSink()
  const acme = { key: 'acme-key', scopes: ['write'], customers: ['acme'] }
  const root = { key: KEY, scopes: ['admin'] }
  const relay = await startRelay({
    destinations: [{ name: 'mom1', url: sink.url }],
    config: { auth: { api_keys: [acme, root] } },
  })
  const asAcme = { authorization: 'Key acme-key' }
  await relay.alert({ id: 'other', customer: 'other' })
  expect((await relay.alert({ id: 'theirs', resource: 'r' }, asAcme)).status).toBe(201)
  expect((await relay.alert({ customer: 'other' }, asAcme)).status).toBe(400)
  expect((await relay.action('theirs', 'ack', asAcme)).status).toBe(200)
  expect((await relay.action('other', 'ack', asAcme)).status).toBe(404)
  expect((await relay.delete('nobody-knows', asAcme)).status).toBe(404)
  await relay.drained()
  expect(sink.requests().map(({ method, body }) => `${method} ${JSON.parse(body).customer ?? ''}`.trim())).toEqual([
    'POST other',
    'POST acme',
    'PUT',
  ])
})
