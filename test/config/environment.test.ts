import { expect, test } from 'vitest'
import { load, ONE_DESTINATION, problemsOf, RIGHT } from './loading.js'

test("Alerta's names override the file", () => {
  const { config } = load(
    `${RIGHT}base_url: http://file.example.com
database_url: sqlite:file.db
use_proxyfix: false
cors_origins: [https://file.example.com]`,
    {
      BASE_URL: 'https://env.example.com/api',
      DATABASE_URL: 'sqlite:env.db',
      USE_PROXYFIX: 'on',
      CORS_ORIGINS: 'https://a.example.com, https://b.example.com,',
      AUTH_REQUIRED: 'False',
    },
  )
  expect(config).toMatchObject({
    base_url: 'https://env.example.com/api',
    database_url: 'sqlite:env.db',
    use_proxyfix: true,
    cors_origins: ['https://a.example.com', 'https://b.example.com'],
    auth: { required: false },
  })
})

test('an empty variable counts as not set', () => {
  const env = { BASE_URL: '', AUTH_REQUIRED: '', ADMIN_KEY: '', FWD_DESTINATIONS: '', USE_PROXYFIX: '' }
  expect(load(RIGHT, env).config).toEqual(load(RIGHT).config)
})

test('a value of the file that is overridden is not asked for its variables', () => {
  expect(problemsOf(`${RIGHT}base_url: "\${MISSING}"`, { BASE_URL: 'http://127.0.0.1:8080' })).toEqual([])
})

test.each(['yes', 'on', 'true', 't', '1', 'True', 'ON'])('AUTH_REQUIRED=%s is true', (word) => {
  expect(
    load(`auth: { required: false, api_keys: [{ key: k, scopes: [admin] }] }`, { AUTH_REQUIRED: word }),
  ).toMatchObject({
    config: { auth: { required: true } },
  })
})

test('a mistyped AUTH_REQUIRED is refused instead of opening the door', () => {
  expect(problemsOf(RIGHT, { AUTH_REQUIRED: 'ture' })).toEqual([
    'auth.required: must be one of yes, on, true, t, 1 or no, off, false, f, 0 (set by the environment variable AUTH_REQUIRED)',
  ])
})

test('a problem with an overridden value names the variable, not a line of the file', () => {
  expect(problemsOf(`${RIGHT}base_url: http://127.0.0.1:8080`, { BASE_URL: '/api' })).toEqual([
    expect.stringMatching(/^base_url: must be an absolute .* \(set by the environment variable BASE_URL\)$/),
  ])
})

test("Alerta's own database is refused without showing its password", () => {
  const problems = problemsOf(RIGHT, { DATABASE_URL: 'postgres://alerta:s3cr3t@db/monitoring' })
  expect(problems).toEqual([expect.stringContaining('the journal is kept in SQLite only')])
  expect(problems.join()).not.toContain('s3cr3t')
})

test('ADMIN_KEY adds an administrator to the keys of the file', () => {
  const { config } = load('auth: { api_keys: [{ key: k1, scopes: [read] }] }', { ADMIN_KEY: 'boss' })
  expect(config.auth.api_keys.map(({ key, scopes }) => [key.reveal(), scopes])).toEqual([
    ['k1', ['read']],
    ['boss', ['admin']],
  ])
})

test('ADMIN_KEY alone makes a file without keys usable', () => {
  expect(load('', { ADMIN_KEY: 'boss' }).config.auth.api_keys).toHaveLength(1)
})

test('ADMIN_KEY that the file already uses as an admin key is not added again', () => {
  const text = 'auth: { api_keys: [{ key: "${ADMIN_KEY}", scopes: [admin], text: first }] }'
  expect(load(text, { ADMIN_KEY: 'boss' }).config.auth.api_keys).toMatchObject([{ text: 'first' }])
})

test('ADMIN_KEY that the file gives fewer rights is a contradiction', () => {
  expect(problemsOf('auth: { api_keys: [{ key: boss, scopes: [read] }] }', { ADMIN_KEY: 'boss' })).toEqual([
    'auth.api_keys[1].key: is the same as in entry [0]; keep one of them (set by the environment variable ADMIN_KEY)',
  ])
})

test("Alerta's severities and timeouts override the file", () => {
  const { config } = load(`${RIGHT}alerts: { severities: { bad: 1 }, timeout: 1h }`, {
    SEVERITY_MAP: '{"fatal": 1, "fine": 5}',
    DEFAULT_NORMAL_SEVERITY: 'fine',
    DEFAULT_PREVIOUS_SEVERITY: 'fatal',
    ALERT_TIMEOUT: '600',
    ACK_TIMEOUT: '30',
    SHELVE_TIMEOUT: '0',
  })
  expect(config.alerts).toEqual({
    severities: { fatal: 1, fine: 5 },
    normal_severity: 'fine',
    previous_severity: 'fatal',
    timeout: 600_000,
    ack_timeout: 30_000,
    shelve_timeout: 0,
  })
})

test("an empty SEVERITY_MAP is Alerta's way to mean its own severities", () => {
  expect(load(RIGHT, { SEVERITY_MAP: '{}' }).config.alerts).toEqual(load(RIGHT).config.alerts)
})

test.each([
  ['SEVERITY_MAP', "{'fatal': 1}", 'alerts.severities: must be a JSON object of names and levels'],
  ['SEVERITY_MAP', '["fatal"]', 'alerts.severities: must be a JSON object of names and levels'],
  ['SEVERITY_MAP', '{"normal": 7, "indeterminate": "5"}', 'alerts.severities.indeterminate: must be a whole number'],
  ['DEFAULT_NORMAL_SEVERITY', 'fine', 'alerts.normal_severity: is not one of the names in alerts.severities'],
  ['ACK_TIMEOUT', '5m', 'alerts.ack_timeout: must be a whole number of seconds'],
])('%s=%s is refused', (name, text, expected) => {
  expect(problemsOf(RIGHT, { [name]: text })).toEqual([expect.stringContaining(expected)])
})

const DOCUMENTED = JSON.stringify([
  ['http://localhost:9000', { username: 'user', password: 'pa55w0rd', timeout: 10 }, ['alerts', 'actions']],
  ['https://mom1.example.com/api', { key: 'e3b8afc0', secret: 'MDhjZGMy' }, ['actions']],
  ['http://localhost:9002/', { key: 'demo-key' }, 'delete'],
  ['https://mom1.example.com:8443', { token: 'bearer-token', ssl_verify: false }, ['*']],
  ['http://[::1]:9004', {}, ['*']],
  ['http://10.0.0.1', { key: 'demo-key', insecure: true }, ['*']],
])

test('FWD_DESTINATIONS in its documented form replaces the destinations of the file', () => {
  const { config } = load(RIGHT + ONE_DESTINATION, { FWD_DESTINATIONS: DOCUMENTED })
  expect(config.destinations.map(({ name, url, auth, forward }) => ({ name, url, type: auth.type, forward }))).toEqual([
    { name: 'localhost-9000', url: 'http://localhost:9000', type: 'basic', forward: ['alerts', 'actions'] },
    { name: 'mom1.example.com-443-api', url: 'https://mom1.example.com/api', type: 'hawk', forward: ['actions'] },
    { name: 'localhost-9002', url: 'http://localhost:9002', type: 'key', forward: ['delete'] },
    { name: 'mom1.example.com-8443', url: 'https://mom1.example.com:8443', type: 'bearer', forward: ['*'] },
    { name: '1-9004', url: 'http://[::1]:9004', type: 'none', forward: ['*'] },
    { name: '10.0.0.1-80', url: 'http://10.0.0.1', type: 'key', forward: ['*'] },
  ])
  expect(config.destinations.map(({ timeout }) => timeout)).toEqual([10_000, 35_000, 35_000, 35_000, 35_000, 35_000])
  expect(config.destinations.map(({ ssl_verify }) => ssl_verify)).toEqual([true, true, true, false, true, true])
  expect(config.destinations[1]?.auth).toMatchObject({ type: 'hawk', key: 'e3b8afc0', algorithm: 'sha256' })
})

test('two entries of FWD_DESTINATIONS for one url have two queues', () => {
  const twice = JSON.stringify([
    ['http://localhost:9000', {}, ['alerts']],
    ['http://localhost:9000', {}, ['actions']],
  ])
  const { config } = load(RIGHT, { FWD_DESTINATIONS: twice })
  expect(config.destinations.map(({ name }) => name)).toEqual(['localhost-9000', 'localhost-9000-2'])
})

test('a very long host still makes a name', () => {
  const host = `${'a'.repeat(60)}.${'b'.repeat(60)}.example.com`
  const { config } = load(RIGHT, { FWD_DESTINATIONS: `[["https://${host}", {}, "*"], ["https://${host}", {}, "*"]]` })
  expect(config.destinations.map(({ name }) => name.length <= 64)).toEqual([true, true])
})

test.each([
  ["Python's tuples", "[('http://a', {'key': 's3cr3t'}, ['*'])]", 'destinations: must be a JSON list'],
  ['a map', '{"http://a": "s3cr3t"}', 'destinations: must be a JSON list'],
  ['an entry without a filter', '[["http://a", {"key": "s3cr3t"}]]', 'destinations[0]: must have three parts'],
  ['an unknown option', '[["http://a", {"keyy": "s3cr3t"}, "*"]]', 'destinations[0]: has the unknown option "keyy"'],
  ['two credentials', '[["https://a", {"key": "a", "token": "s3cr3t"}, "*"]]', 'one credential is enough'],
  ['half of Basic', '[["https://a", {"username": "s3cr3t"}, "*"]]', 'username and password belong together'],
  ['a secret without a key', '[["https://a", {"secret": "s3cr3t"}, "*"]]', 'a secret needs its key'],
  ['a timeout in words', '[["https://a", {"timeout": "s3cr3t"}, "*"]]', 'timeout must be a number of seconds'],
  ['a relative url', '[["/api", {}, "*"]]', 'destinations[0].url: must be an absolute http or https URL'],
])('FWD_DESTINATIONS with %s is a problem that shows no value', (_, text, expected) => {
  const problems = problemsOf(RIGHT, { FWD_DESTINATIONS: text })
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(expected)
  expect(problems[0]).toContain('(set by the environment variable FWD_DESTINATIONS)')
  expect(problems[0]).not.toContain('s3cr3t')
})
