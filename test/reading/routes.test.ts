import { hashSync } from '@node-rs/argon2'
import { afterEach, describe, expect, test } from 'vitest'
import { type Serving, serve, stopServing } from '../management/serving.js'

afterEach(stopServing)

type Json = Record<string, unknown>
const read = async ({ get }: Serving, path: string, key = 'read'): Promise<{ status: number; body: Json }> => {
  const response = await get(path, key)
  return { status: response.status, body: (await response.json()) as Json }
}
const resources = ({ body }: { body: Json }): unknown[] => (body.alerts as Json[]).map(({ resource }) => resource)

describe('a question that means nothing is refused, and says why', () => {
  test.each([
    ['/alerts?foo=bar', 400, 'Invalid filter parameter: foo'],
    ['/alerts?tags!x=1', 400, 'Invalid filter parameter: tags!x'],
    ['/alerts?sort-by=foo', 400, "Sorting by 'foo' field not supported."],
    ['/alerts?timeout=soon', 400, 'timeout must be a number'],
    ['/alerts?repeat=maybe', 400, 'repeat must be true or false'],
    ['/alerts?createTime=yesterday', 400, 'createTime must be a time such as 2026-11-21T09:08:09.664Z'],
    ['/alerts?resource=~(', 400, /^Invalid regular expression: /],
    ['/alerts?resource=~((a{100}){100}){100}', 400, /^Invalid regular expression: /],
    ['/alerts?q=((', 400, 'Failed to parse query string: a term is expected at its end'],
    ['/alerts?q=a)', 400, 'Failed to parse query string: a parenthesis is not opened at ")"'],
    ['/alerts?q=(a', 400, 'Failed to parse query string: a parenthesis is not closed at its end'],
    ['/alerts?q=a AND', 400, 'Failed to parse query string: a term is expected at its end'],
    ['/alerts?q=colour:red', 400, 'Failed to parse query string: there is no field "colour"'],
    ['/alerts?q=a&q.df=colour', 400, 'Failed to parse query string: there is no field "colour"'],
    ['/alerts?q=timeout:many', 400, 'timeout must be a number'],
    ['/alerts?q=timeout:1*', 400, /wildcards and patterns are for texts/],
    ['/alerts?q=service:>a', 400, /only texts, numbers and times can be compared/],
    ['/alerts?q=resource:/(/', 400, /^Invalid regular expression: /],
    [`/alerts?q=${'('.repeat(50)}a${')'.repeat(50)}`, 400, /nested too deep/],
    [`/alerts?q=${'NOT '.repeat(50)}a`, 400, /nested too deep/],
    [`/alerts?q=${'a '.repeat(300)}`, 400, 'More than 200 conditions'],
    [`/alerts?${'sort-by=event&'.repeat(300)}`, 400, 'More than 200 orders'],
    ['/alerts?page=0', 416, 'page out of range: 1-0'],
    ['/alerts?page=99999999999999999999', 416, 'page out of range: 1-0'],
    ['/alerts/history?page=-1', 416, 'page out of range: 1-0'],
    ['/alerts/top10/count?group-by=text', 400, /^Grouping by 'text' is not one of event, resource/],
    ['/alert/nobody', 404, 'not found'],
  ])('%s', async (path, status, message) => {
    const { body, ...answer } = await read(await serve(), path)
    expect(answer.status).toBe(status)
    expect(body).toEqual({
      status: 'error',
      message: typeof message === 'string' ? message : expect.stringMatching(message),
      code: status,
      errors: null,
      requestId: expect.any(String),
    })
  })
})

test('pages go on to the last alert, and the counts are those of all pages', async () => {
  const relay = await serve()
  for (let i = 0; i < 7; i += 1) await relay.alert({ resource: `web${i}`, severity: i === 0 ? 'minor' : 'major' })
  const page = (number: number) => read(relay, `/alerts?page=${number}&page-size=3&sort-by=resource`)
  expect([...resources(await page(1)), ...resources(await page(2)), ...resources(await page(3))]).toEqual(
    Array.from({ length: 7 }, (_, i) => `web${i}`),
  )
  const { alerts: _, lastTime, ...rest } = (await page(2)).body
  expect(rest).toEqual({
    ...{ status: 'ok', page: 2, pageSize: 3, pages: 3, more: true, total: 7, autoRefresh: true },
    ...{ severityCounts: { minor: 1, major: 6 }, statusCounts: { open: 7 } },
  })
  expect(Date.parse(String(lastTime))).toBeGreaterThan(0)
  expect((await page(4)).status).toBe(416)
  expect((await read(relay, '/alerts?page-size=9999&limit=2')).body).toMatchObject({ pageSize: 1_000, more: false })
})

test('without an order the worst and newest come first', async () => {
  const relay = await serve()
  for (const [resource, severity] of [
    ['old', 'major'],
    ['worst', 'critical'],
    ['new', 'major'],
    ['well', 'normal'],
  ]) {
    await relay.alert({ resource, severity })
  }
  expect(resources(await read(relay, '/alerts'))).toEqual(['worst', 'new', 'old', 'well'])
})

test('whoever follows the alerts by the last time seen gets what is new since', async () => {
  const relay = await serve()
  await relay.alert({ resource: 'web1' })
  const { lastTime } = (await read(relay, '/alerts')).body
  expect(resources(await read(relay, `/alerts?from-date=${lastTime}`))).toEqual([])
  const newer = Date.parse(String(lastTime))
  await expect
    .poll(async () => {
      await relay.alert({ resource: 'web2' })
      return Date.parse(String((await read(relay, '/alerts')).body.lastTime))
    })
    .toBeGreaterThan(newer)
  expect(resources(await read(relay, `/alerts?from-date=${lastTime}`))).toEqual(['web2'])
})

test('environments and services stay in the lists when none of their alerts is asked for', async () => {
  const relay = await serve()
  await relay.alert({ resource: 'web1', service: ['Web'], severity: 'major' })
  await relay.alert({ resource: 'web2', service: ['Mail'], environment: 'Development', severity: 'normal' })
  expect((await read(relay, '/environments?status=closed')).body).toEqual({
    status: 'ok',
    environments: [
      { environment: 'Development', count: 1, severityCounts: { normal: 1 }, statusCounts: { closed: 1 } },
      { environment: 'Production', count: 0, severityCounts: {}, statusCounts: {} },
    ],
    ...{ page: 1, pageSize: 50, pages: 1, more: false, total: 1 },
  })
  expect((await read(relay, '/services?status=closed')).body).toMatchObject({
    total: 2,
    services: expect.arrayContaining([expect.objectContaining({ service: 'Web', count: 0 })]),
  })
})

const SECRET = 'a-secret-of-16-or-more'
const COST = { memoryCost: 1024, timeCost: 1, parallelism: 1 }
const auth = (more: object = {}) => ({
  secret_key: SECRET,
  api_keys: [
    { key: 'admin', scopes: ['admin'], text: 'first key' },
    { key: 'acme-key', scopes: ['read', 'write'], customers: ['acme'] },
  ],
  users: [
    { username: 'ops@example.com', password_hash: hashSync('right', COST), scopes: ['read'], customers: ['bolt'] },
  ],
  tokens: [{ token: 'a-token', scopes: ['read'], text: 'wall display' }],
  ...more,
})

describe('customers see theirs only', () => {
  const world = async (): Promise<Serving> => {
    const relay = await serve({ auth: auth() })
    await relay.alert({ resource: 'web1', customer: 'acme', id: 'acme-alert' })
    await relay.alert({ resource: 'web2', customer: 'bolt', id: 'bolt-alert', environment: 'Bolt', tags: ['bolt'] })
    await relay.alert({ resource: 'web3', id: 'nobody-s' })
    return relay
  }

  test('by key', async () => {
    const relay = await world()
    expect(resources(await read(relay, '/alerts', 'acme-key'))).toEqual(['web1'])
    expect((await read(relay, '/alert/bolt-alert', 'acme-key')).status).toBe(404)
    expect((await read(relay, '/alert/nobody-s', 'acme-key')).status).toBe(404)
    expect((await read(relay, '/alert/acme-alert', 'acme-key')).status).toBe(200)
    for (const path of [
      '/alerts?customer=bolt',
      '/alerts?q=customer:bolt',
      '/alerts?customer!=acme',
      '/alerts?id=bolt-ale',
    ]) {
      expect((await read(relay, path, 'acme-key')).body, path).toMatchObject({ total: 0, alerts: [] })
    }
    for (const path of [
      '/environments',
      '/services',
      '/alerts/groups',
      '/alerts/tags',
      '/alerts/history',
      '/alerts/count',
    ]) {
      expect(JSON.stringify((await read(relay, path, 'acme-key')).body), path).not.toMatch(/bolt|web2|web3/i)
    }
    expect(resources(await read(relay, '/alerts?sort-by=resource', 'admin'))).toEqual(['web1', 'web2', 'web3'])
  })

  test('by login', async () => {
    const relay = await world()
    const login = await post(relay, { username: 'ops@example.com', password: 'right' })
    const headers = { authorization: `Bearer ${login.body.token}` }
    const list = (await (await fetch(`${relay.url}/alerts`, { headers })).json()) as Json
    expect(resources({ body: list })).toEqual(['web2'])
  })
})

async function post({ url }: Serving, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Json, headers: response.headers }
}

describe('logging in', () => {
  test('a user gets a token, and with it what its scopes allow and no more', async () => {
    const relay = await serve({ auth: auth() })
    const { status, body } = await post(relay, { username: 'ops@example.com', password: 'right' })
    expect(status).toBe(200)
    const headers = { authorization: `Bearer ${body.token}` }
    expect((await fetch(`${relay.url}/alerts`, { headers })).status).toBe(200)
    expect((await fetch(`${relay.url}/alert/x`, { method: 'DELETE', headers })).status).toBe(403)
    const userinfo = (await (await fetch(`${relay.url}/userinfo`, { headers })).json()) as Json
    expect(userinfo).toMatchObject({ preferred_username: 'ops@example.com', scope: 'read', customers: ['bolt'] })
    expect(userinfo).not.toHaveProperty('pwd')
  })

  test('whoever sends a credential that is no longer good can still log in', async () => {
    const relay = await serve({ auth: auth() })
    const right = { username: 'ops@example.com', password: 'right' }
    expect((await post(relay, right, { authorization: 'Bearer old' })).status).toBe(200)
  })

  test.each([
    ['a wrong password', { username: 'ops@example.com', password: 'wrong' }, 401, 'Invalid username or password'],
    ['nobody', { username: 'nobody', password: 'right' }, 401, 'Invalid username or password'],
    ['no password', { username: 'ops@example.com' }, 401, "must supply 'username' and 'password'"],
    ['a number', { username: 'ops@example.com', password: 1 }, 401, "must supply 'username' and 'password'"],
    ['no JSON', '{', 400, 'request body is not valid JSON'],
    ['a list', [], 400, 'request body must be a JSON object'],
    ['too much', { username: 'x'.repeat(20_000), password: 'y' }, 413, 'Request body is larger than 16384 bytes'],
  ])('%s', async (_, body, status, message) => {
    const answer = await post(await serve({ auth: auth() }), body)
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject({ status: 'error', message, code: status })
    expect(answer.headers.get('www-authenticate')).toBeNull()
  })

  test('where there is no secret_key nobody logs in, and is told so', async () => {
    const { secret_key: _, ...without } = auth()
    const answer = await post(await serve({ auth: without }), { username: 'ops@example.com', password: 'right' })
    expect(answer.status).toBe(403)
    expect(answer.body.message).toBe('Nobody can log in here: the relay has no secret_key')
  })

  test('too many wrong passwords: wait', async () => {
    const relay = await serve({ auth: auth() })
    const guess = () => post(relay, { username: 'ops@example.com', password: 'wrong' })
    for (let i = 0; i < 10; i += 1) expect((await guess()).status).toBe(401)
    const last = await guess()
    expect(last.status).toBe(429)
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(200)
  })
})

test('who am I: the token of a configuration has a name, other credentials are no answer to that', async () => {
  const relay = await serve({ auth: auth() })
  const ask = async (authorization: string) => {
    const response = await fetch(`${relay.url}/userinfo`, { headers: { authorization } })
    return { status: response.status, body: await response.json() }
  }
  expect(await ask('Bearer a-token')).toMatchObject({
    status: 200,
    body: { typ: 'Bearer', preferred_username: 'token wall display', scope: 'read', provider: 'token' },
  })
  expect(await ask('Key admin')).toMatchObject({ status: 401, body: { message: 'Missing authorization Bearer token' } })
})

test('the web UI finds nothing saved of its user, and starts', async () => {
  const relay = await serve({ auth: auth() })
  const { body } = await post(relay, { username: 'ops@example.com', password: 'right' })
  const headers = { authorization: `Bearer ${body.token}` }
  const saved = await fetch(`${relay.url}/user/me/attributes`, { headers })
  expect(await saved.json()).toEqual({ status: 'ok', total: 1, attributes: {} })
})

test('the list of keys shows no key', async () => {
  const relay = await serve({ auth: auth() })
  const { status, body } = await read(relay, '/keys', 'admin')
  expect(status).toBe(200)
  expect(body).toMatchObject({ status: 'ok', total: 2, page: 1, pages: 1, more: false })
  expect((body.keys as Json[]).map(({ id, key, scopes, type, customer }) => [id, key, scopes, type, customer])).toEqual(
    [
      ['key first key', '***', ['admin'], 'read-write', null],
      ['key 2', '***', ['read', 'write'], 'read-write', 'acme'],
    ],
  )
  expect(JSON.stringify(body)).not.toContain('acme-key')
  expect((await read(relay, '/keys', 'acme-key')).status).toBe(403)
})

test('the web UI is told how to look', async () => {
  const relay = await serve({
    web_ui: {
      google_tracking_id: 'G-1',
      site_logo_url: 'https://x/logo.png',
      columns: ['event'],
      refresh_interval: '30s',
    },
    auth: auth(),
  })
  const { body } = await read(relay, '/config', 'admin')
  expect(body).toMatchObject({
    ...{ tracking_id: 'G-1', site_logo_url: 'https://x/logo.png', columns: ['event'], refresh_interval: 30_000 },
    ...{ customer_views: true, sort_by: ['severity', 'lastReceiveTime'], audio: { new: null } },
    ...{ dates: { shortTime: 'HH:mm', mediumDate: 'ddd D MMM HH:mm', longDate: 'ddd D MMM, YYYY HH:mm:ss.SSS Z' } },
  })
})
