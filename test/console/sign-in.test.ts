import { hashSync } from '@node-rs/argon2'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { serve, stopServing } from '../management/serving.js'
import { asPage, OWN_PAGE, postSession, signIn } from './visitor.js'

afterEach(stopServing)

const HASH = hashSync('right', { memoryCost: 1024, timeCost: 1, parallelism: 1 })
const AUTH = {
  secret_key: 'a-secret-of-16-or-more',
  api_keys: [
    { key: 'admin-key', scopes: ['admin'], text: 'ops' },
    { key: 'read-key', scopes: ['read'], text: 'reader' },
    { key: 'sender-key', scopes: ['write:alerts'], text: 'sender' },
    { key: 'acme-key', scopes: ['admin'], text: 'acme', customers: ['acme'] },
  ],
  users: [{ username: 'night', password_hash: HASH, scopes: ['read'] }],
}
const DESTINATIONS = [{ name: 'mom1', url: 'http://127.0.0.1:9' }]
const world = (settings: object = {}, parts: Parameters<typeof serve>[1] = {}) =>
  serve({ auth: AUTH, destinations: DESTINATIONS, ...settings }, parts)
const ADMIN = { key: 'admin-key' }
const HOLD = { method: 'POST', body: { reason: 'a test' } }

test('the cookie is for this site and the browser alone, and is marked as secure where TLS is', async () => {
  const plain = await world()
  expect((await signIn(plain, ADMIN)).set).toMatch(
    /^alerta-relay-[0-9a-f]{8}=[\w-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=4(3199|3200)$/,
  )
  const behindTls = await world({ use_proxyfix: true })
  const answer = await postSession(behindTls.url, ADMIN, { 'x-forwarded-proto': 'https' })
  expect(answer.headers.getSetCookie()[0]).toMatch(
    /^__Host-alerta-relay-.*; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+; Secure$/,
  )
})

test('whoever signed in is answered as their credential would be, by its name', async () => {
  const relay = await world()
  const { cookie } = await signIn(relay, { username: 'night', password: 'right' })
  expect(await (await asPage(relay, cookie, '/me')).json()).toMatchObject({
    name: 'user night',
    may: { operate: false, act: false },
  })
  const admin = await signIn(relay, ADMIN)
  expect((await asPage(relay, admin.cookie, '/destinations/mom1/hold', HOLD)).status).toBe(200)
  const audit = await (await asPage(relay, admin.cookie, '/audit?command=hold')).json()
  expect(audit).toMatchObject({ audit: [{ who: 'key ops', from: '127.0.0.1', result: 'done' }] })
})

test('a wrong password and a wrong key open nothing, and set no cookie', async () => {
  const relay = await world()
  for (const wrong of [
    { username: 'night', password: 'wrong' },
    { username: 'nobody', password: 'right' },
    { key: 'x' },
  ]) {
    const answer = await postSession(relay.url, wrong)
    expect(answer.status).toBe(401)
    expect(answer.headers.getSetCookie()).toEqual([])
  }
  for (const malformed of [{}, { key: '' }, { key: 1 }, { username: 'night' }, { key: 'a', username: 'b' }]) {
    expect((await postSession(relay.url, malformed)).status).toBe(400)
  }
})

test('who may not look is told what is missing, and gets no session', async () => {
  const relay = await world()
  for (const [key, why] of [
    ['sender-key', /scope read:management/],
    ['acme-key', /bound to customers/],
  ] as const) {
    const answer = await postSession(relay.url, { key })
    expect(answer.status).toBe(403)
    expect(answer.headers.getSetCookie()).toEqual([])
    expect(((await answer.json()) as { message: string }).message).toMatch(why)
  }
})

test('who may only look is refused what changes something, whatever the page shows', async () => {
  const relay = await world()
  const { cookie } = await signIn(relay, { key: 'read-key' })
  expect((await asPage(relay, cookie, '/status')).status).toBe(200)
  const changes = [
    ['/destinations/mom1/hold', { reason: 'x' }],
    ['/destinations/mom1/replay', {}],
    ['/destinations/mom1/discard', {}],
    ['/resync/mom1', {}],
    ['/alerts/x/action', { action: 'ack' }],
    ['/reload', {}],
    ['/probe', {}],
  ] as const
  for (const [path, body] of changes) {
    expect((await asPage(relay, cookie, path, { method: 'POST', body })).status, path).toBe(403)
  }
  expect((await asPage(relay, cookie, '/configuration')).status).toBe(403)
})

test('another site can do nothing with the cookie', async () => {
  const relay = await world()
  const { cookie } = await signIn(relay, ADMIN)
  const other: readonly Record<string, string>[] = [
    {},
    { 'sec-fetch-site': 'same-origin' },
    { 'x-alerta-console': '1', 'sec-fetch-site': 'cross-site' },
    { 'x-alerta-console': '1', 'sec-fetch-site': 'same-site' },
    { 'x-alerta-console': '1', 'sec-fetch-site': 'none' },
    { 'x-alerta-console': '1', origin: 'https://evil.example.com' },
    { 'x-alerta-console': '1', origin: 'null' },
  ]
  for (const headers of other) {
    const said = JSON.stringify(headers)
    const read = await fetch(`${relay.url}/operator/status`, { headers: { cookie, ...headers } })
    expect(read.status, said).toBe(401)
    const hold = { method: 'POST', headers: { cookie, ...headers }, body: JSON.stringify(HOLD.body) }
    expect((await fetch(`${relay.url}/operator/destinations/mom1/hold`, hold)).status, said).toBe(401)
    const session = {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(ADMIN),
    }
    expect((await fetch(`${relay.url}/console/session`, session)).status, said).toBe(403)
  }
  const own = { ...OWN_PAGE, cookie, origin: relay.url }
  expect((await fetch(`${relay.url}/operator/status`, { headers: own })).status).toBe(200)
})

test("Alerta's API takes no cookie", async () => {
  const relay = await world()
  const { cookie } = await signIn(relay, ADMIN)
  const headers = { ...OWN_PAGE, cookie, 'content-type': 'application/json' }
  for (const path of ['/alerts', '/management/status', '/api/alerts', '/userinfo']) {
    expect((await fetch(relay.url + path, { headers })).status, path).toBe(401)
  }
  const post = {
    method: 'POST',
    headers,
    body: JSON.stringify({ resource: 'r', event: 'e', environment: 'Production' }),
  }
  expect((await fetch(`${relay.url}/alert`, post)).status).toBe(401)
})

test('a credential that is sent counts, and not the cookie beside it', async () => {
  const relay = await world()
  const { cookie } = await signIn(relay, ADMIN)
  const ask = (key: string) => fetch(`${relay.url}/operator/me`, { headers: { ...OWN_PAGE, cookie, 'x-api-key': key } })
  expect(await (await ask('read-key')).json()).toMatchObject({ name: 'key reader' })
  expect((await ask('wrong')).status).toBe(401)
})

test('a session ends with its time, and by signing out', async () => {
  let ahead = 0
  const clock = { ...systemClock, now: () => Date.now() + ahead }
  const relay = await world({ console: { session: '30m' } }, { clock })
  const { cookie } = await signIn(relay, ADMIN)
  expect((await asPage(relay, cookie, '/me')).status).toBe(200)
  ahead = 30 * 60_000
  expect((await asPage(relay, cookie, '/me')).status).toBe(401)
  const recall = await fetch(`${relay.url}/console/session`, { headers: { ...OWN_PAGE, cookie } })
  expect(await recall.json()).toMatchObject({ session: null })
  const out = await fetch(`${relay.url}/console/session`, { method: 'DELETE', headers: { ...OWN_PAGE, cookie } })
  expect(out.headers.getSetCookie()[0]).toMatch(/=; .*Max-Age=0/)
})

test('where the console is switched off, or operators are not answered over HTTP, there is none', async () => {
  for (const settings of [{ console: { enabled: false } }, { operators: { http: false } }]) {
    const relay = await world(settings)
    expect((await fetch(`${relay.url}/console/`)).status).toBe(404)
    expect((await postSession(relay.url, ADMIN)).status).toBe(404)
  }
})

test('who tries many keys fills no log with it', async () => {
  const relay = await world()
  for (let i = 0; i < 30; i += 1) await postSession(relay.url, { key: `wrong ${i}` })
  const feed = await fetch(`${relay.url}/operator/activity?last=1000&level=warn`, {
    headers: { 'x-api-key': 'admin-key' },
  })
  const first = await feed.body?.getReader().read()
  // one for the wrong ones, one for those that came too fast
  expect(new TextDecoder().decode(first?.value).match(/console sign-in refused/g)).toHaveLength(2)
})

test('behind TLS a cookie that a neighbouring host may have set is not taken', async () => {
  const relay = await world({ use_proxyfix: true })
  const tls = { ...OWN_PAGE, 'x-forwarded-proto': 'https' }
  const answer = await postSession(relay.url, ADMIN, tls)
  const [own = ''] = answer.headers.getSetCookie()[0]?.split(';') ?? []
  const ask = async (cookie: string) =>
    (await fetch(`${relay.url}/operator/me`, { headers: { ...tls, cookie } })).status
  expect(await ask(own)).toBe(200)
  expect(await ask(own.replace('__Host-', ''))).toBe(401)
})
