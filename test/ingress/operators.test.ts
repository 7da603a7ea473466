import { request } from 'undici'
import { afterEach, expect, test } from 'vitest'
import { type Serving, serve, stopServing } from '../management/serving.js'

afterEach(stopServing)

const MOM1 = [{ name: 'mom1', url: 'http://127.0.0.1:9' }]
const AUTH = {
  api_keys: [
    { key: 'admin', scopes: ['admin'], text: 'boss' },
    { key: 'write', scopes: ['write'], text: 'sender' },
    { key: 'looks', scopes: ['read:management'], text: 'looks' },
    { key: 'keys', scopes: ['admin:keys', 'write:alerts'], text: 'keys' },
    { key: 'acme', scopes: ['admin'], customers: ['acme'], text: 'acme' },
  ],
}
const relay = (settings: object = {}) => serve({ destinations: MOM1, auth: AUTH, ...settings })

interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly key?: string
  readonly host?: string
  readonly body?: object
  readonly headers?: Record<string, string>
}

/** Over a socket of its own, for fetch does not let a Host header through. */
async function ask({ url }: Serving, path: string, { method = 'GET', key, host, body, headers = {} }: Asked = {}) {
  const answer = await request(url + path, {
    method,
    headers: {
      ...(key === undefined ? {} : { 'x-api-key': key }),
      ...(host === undefined ? {} : { host }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
  })
  const text = await answer.body.text()
  const json = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
  return { status: answer.statusCode, headers: answer.headers, text, json }
}

const HOLD = { method: 'POST', body: { reason: 'a test' } } as const
const PATH = '/operator/destinations'

test('who may read may look, who administers may change, and nobody else may do either', async () => {
  const there = await relay()
  for (const [key, look, change] of [
    ['admin', 200, 200],
    ['looks', 200, 403],
    ['write', 200, 403],
    ['keys', 403, 403],
    ['wrong', 401, 401],
    [undefined, 401, 401],
  ] as const) {
    const asking = key === undefined ? {} : { key }
    expect((await ask(there, PATH, asking)).status, `${key} looks`).toBe(look)
    expect((await ask(there, `${PATH}/mom1/hold`, { ...HOLD, ...asking })).status, `${key} changes`).toBe(change)
  }
  const refused = await ask(there, `${PATH}/mom1/hold`, { ...HOLD, key: 'looks' })
  expect(refused.json).toMatchObject({
    ...{ status: 'error', code: 403, message: 'Missing required scope: admin:management' },
    requestId: refused.headers['x-request-id'],
  })
})

test('a credential that is bound to customers may not look at what is everybody’s, however much it may do', async () => {
  const there = await relay()
  for (const path of [PATH, '/operator/keys', '/operator/audit']) {
    expect((await ask(there, path, { key: 'acme' })).status, path).toBe(403)
  }
})

test('nobody gives a key that may do more than their own', async () => {
  const there = await relay()
  const make = (scopes: string[]) => ask(there, '/operator/keys', { method: 'POST', key: 'keys', body: { scopes } })
  const beyond = await make(['write:alerts', 'admin'])
  expect([beyond.status, beyond.json.message]).toEqual([403, 'your own credential does not have the scope admin'])
  expect((await make(['write:alerts'])).status).toBe(201)
})

test('who administers keys only gives none that is believed what it says, and gets none by rotating', async () => {
  const there = await relay()
  const body = { scopes: ['write:alerts'], peer: true, text: 'fellow' }
  const refused = await ask(there, '/operator/keys', { method: 'POST', key: 'keys', body })
  expect([refused.status, refused.json.message]).toEqual([403, 'your own credential does not have the scope admin'])
  const made = await ask(there, '/operator/keys', { method: 'POST', key: 'admin', body })
  expect(made.status).toBe(201)
  const { id } = made.json.key as { id: string }
  expect((await ask(there, `/operator/keys/${id}/rotate`, { method: 'POST', key: 'keys', body: {} })).status).toBe(403)
  expect((await ask(there, `/operator/keys/${id}/rotate`, { method: 'POST', key: 'admin', body: {} })).status).toBe(201)
})

test('keys that were refused by Alerta’s request are in the audit too, and a customer sees its own only', async () => {
  const there = await relay()
  const beyond = { method: 'POST', key: 'keys', body: { scopes: ['admin'], text: 'more' } } as const
  expect((await ask(there, '/key', beyond)).status).toBe(403)
  expect((await ask(there, '/key', { ...beyond, key: 'acme' })).status).toBe(403)
  const { json } = await ask(there, '/operator/audit', { key: 'admin' })
  const entry = { command: 'key create', result: 'refused', fields: { text: 'more' } }
  expect(json.audit).toMatchObject([
    { ...entry, who: 'key keys' },
    { ...entry, who: 'key acme' },
  ])
  const listed = await ask(there, '/keys', { key: 'acme' })
  expect(listed.json.keys).toMatchObject([{ text: 'acme' }])
  expect((await ask(there, '/keys', { key: 'keys' })).json.keys).toHaveLength(AUTH.api_keys.length)
})

test('who asks for the head of a stream takes nobody’s place', async () => {
  const there = await relay()
  for (const path of ['/operator/activity', '/operator/pulse']) {
    const told = new Set<number>()
    for (let i = 0; i < 501; i += 1) {
      const head = await request(there.url + path, { method: 'HEAD', headers: { 'x-api-key': 'looks' } })
      await head.body.dump()
      told.add(head.statusCode)
    }
    expect([...told], path).toEqual([200])
  }
})

test('a method that goes no further is refused and is no fault of the relay', async () => {
  const there = await relay()
  for (const path of ['/operator/me', '/console/session', '/alert']) {
    const { statusCode, body } = await request(there.url + path, {
      method: 'TRACE',
      headers: { 'x-api-key': 'admin' },
    })
    await body.dump()
    expect(statusCode, path).toBe(405)
  }
})

test('operators are asked for below every prefix of the API, and told what is not there', async () => {
  const there = await relay({ base_url: 'https://relay.example.com/far/away' })
  for (const prefix of ['', '/api', '/far/away']) {
    expect((await ask(there, prefix + PATH, { key: 'admin' })).json, prefix).toMatchObject({ status: 'ok' })
    const answer = await ask(there, `${prefix}/operator/nothing`, { key: 'admin' })
    expect([answer.status, answer.json.message]).toEqual([404, 'nothing is here: GET /nothing'])
    const short = await ask(there, `${prefix}/operator`)
    expect(short.status).toBe(308)
    expect(new URL(String(short.headers.location), `${there.url}${prefix}/operator`).pathname).toBe(
      `${prefix}/operator/`,
    )
  }
})

test('a page that has had its own name lead to this machine gets nothing, with whatever key', async () => {
  const there = await relay({
    base_url: 'https://relay.example.com/alerta',
    also_known_as: ['http://relay.internal:8080'],
    operators: { hosts: ['ops.example.com', '[2001:db8::1]'] },
  })
  for (const host of [
    ...['relay.example.com', 'RELAY.example.com:443', 'relay.internal:9', 'ops.example.com', 'localhost:8080'],
    ...['127.0.0.1', '[::1]:8080', '192.0.2.7', '[2001:db8::1]:8080', '[2001:db8::2]'],
  ]) {
    expect((await ask(there, PATH, { key: 'admin', host })).status, host).toBe(200)
  }
  for (const host of ['evil.example.com', 'relay.example.com.evil.com', 'xrelay.example.com', '127.0.0.1.nip.io', '']) {
    for (const path of [PATH, '/operator/', '/operator/openapi.json']) {
      const answer = await ask(there, path, { key: 'admin', host })
      expect([answer.status, answer.json.message], host).toEqual(
        host === '' ? [400, expect.anything()] : [421, expect.stringContaining('operators.hosts')],
      )
    }
    // everything else is for whatever name senders know
    if (host !== '') expect((await ask(there, '/alerts', { key: 'admin', host })).status).toBe(200)
  }
})

test('behind a trusted proxy the name is the one that it was asked by', async () => {
  const there = await relay({ base_url: 'https://relay.example.com', trusted_proxies: ['127.0.0.1/32'] })
  const by = (name: string) =>
    ask(there, PATH, { key: 'admin', host: 'relay.example.com', headers: { 'x-forwarded-host': name } })
  expect((await by('relay.example.com')).status).toBe(200)
  expect((await by('evil.example.com')).status).toBe(421)
})

test('the audit says by whom and from where, past trusted proxies', async () => {
  const there = await relay({ trusted_proxies: ['127.0.0.1/32'] })
  const headers = { 'x-forwarded-for': '198.51.100.7' }
  await ask(there, `${PATH}/mom1/hold`, { ...HOLD, key: 'admin', headers })
  await ask(there, `${PATH}/nobody/hold`, { ...HOLD, key: 'admin', headers })
  const { json } = await ask(there, '/operator/audit', { key: 'admin' })
  const by = { who: 'key boss', from: '198.51.100.7', command: 'hold' }
  expect(json.audit).toMatchObject([
    { ...by, fields: { destination: 'mom1', reason: 'a test' }, result: 'done', why: null },
    { ...by, result: 'refused', why: 'no destination is named nobody; there are mom1' },
  ])
})

test('it can be switched off, and is off where nobody has to sign in, unless it is switched on', async () => {
  const key = 'admin'
  expect((await ask(await relay({ operators: { http: false } }), PATH, { key })).status).toBe(404)
  const open = { ...AUTH, required: false }
  expect((await ask(await relay({ auth: open }), PATH, { key })).status).toBe(404)
  const on = await relay({ auth: open, operators: { http: true } })
  expect((await ask(on, PATH, { key })).status).toBe(200)
  expect((await ask(on, PATH)).status).toBe(401)
})

test('other pages’ scripts may read nothing unless cors_origins says so', async () => {
  const headers = { origin: 'https://ui.example.com' }
  const plain = await ask(await relay(), PATH, { key: 'admin', headers })
  expect(plain.headers['access-control-allow-origin']).toBeUndefined()
  const allowed = await relay({ cors_origins: ['https://ui.example.com'] })
  const told = await ask(allowed, PATH, { key: 'admin', headers })
  expect(told.headers['access-control-allow-origin']).toBe('https://ui.example.com')
})

test('operators get through while the disk is full, and a body is bounded as a sender’s is', async () => {
  const there = await relay({ limits: { min_free_disk: '1000000GiB', body: '1KiB' } })
  expect((await there.alert()).status).toBe(503)
  expect((await ask(there, `${PATH}/mom1/hold`, { ...HOLD, key: 'admin' })).status).toBe(200)
  const long = await ask(there, `${PATH}/mom1/hold`, { ...HOLD, key: 'admin', body: { reason: 'x'.repeat(2_000) } })
  expect(long.status).toBe(413)
})

test('the page loads nothing from elsewhere, runs nothing that is not its own file, and needs no key', async () => {
  const there = await relay({ base_url: 'https://relay.example.com/alerta' })
  const page = await ask(there, '/alerta/operator/')
  expect(page.status).toBe(200)
  const policy = String(page.headers['content-security-policy'])
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self'")
  expect(policy).not.toMatch(/script-src[^;]*unsafe/)
  expect(page.text).not.toMatch(/https?:|<script>/)
  const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file)
  expect(files.length).toBeGreaterThan(2)
  for (const file of files) {
    const answer = await ask(there, `/alerta/operator/${file}`)
    expect([answer.status, answer.headers['x-content-type-options']], file).toEqual([200, 'nosniff'])
    expect(answer.text.length, file).toBeGreaterThan(0)
  }
  const others = ['page/index.html', 'page/constructor', 'page/__proto__', 'page/%2e%2e%2fpackage.json']
  for (const path of others) expect((await ask(there, `/alerta/operator/${path}`)).status, path).toBe(404)
  // which is no page's any more
  expect((await ask(there, '/alerta/operator/page/../../package.json')).status).toBe(404)
})

test('the document describes every request, by which name whatever it is read from', async () => {
  const there = await relay()
  const { json } = await ask(there, '/operator/openapi.json')
  expect(json).toMatchObject({
    openapi: '3.1.0',
    servers: [{ url: '.' }],
    components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-API-Key' } } },
  })
  const paths = json.paths as Record<string, Record<string, { security: unknown }>>
  expect(Object.keys(paths)).toContain('/destinations/{destination}/hold')
  expect(paths['/destinations']?.get?.security).toEqual([{ key: [] }])
})

test('a key whose end nears stands in the status before senders notice', async () => {
  const there = await relay()
  for (const [text, expires] of [
    ['soon', '10d'],
    ['later', '30d'],
  ]) {
    await ask(there, '/operator/keys', { method: 'POST', key: 'admin', body: { scopes: ['read'], text, expires } })
  }
  const { json } = await ask(there, '/management/status', { key: 'admin' })
  expect(json.expiringKeys).toEqual([{ id: expect.any(String), text: 'soon', expires: expect.any(String) }])
})
