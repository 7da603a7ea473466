import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig, loadConfigFile } from '../../src/config/load.js'
import { load, ONE_DESTINATION, problemsOf, RIGHT } from './loading.js'

test('what is not written has its default', () => {
  const { config } = load(RIGHT + ONE_DESTINATION)
  expect(config.listen).toEqual({ host: '127.0.0.1', port: 8080 })
  expect(config.limits).toMatchObject({ body: 16 * 2 ** 20, max_age: 7 * 86_400_000 })
  expect(config.destinations[0]).toMatchObject({
    kind: 'alerta',
    auth: { type: 'none' },
    forward: ['*'],
    timeout: 35_000,
    concurrency: { min: 1, start: 2, max: 32 },
    accept: [{ from: 200, to: 299 }],
  })
})

test.each(['relay', 'http'])('a destination of kind %s is expected to be quicker than an Alerta', (kind) => {
  const { config } = load(`${RIGHT}destinations: [{ name: a, kind: ${kind}, url: "https://a.example.com" }]`)
  expect(config.destinations[0]).toMatchObject({ timeout: 10_000, concurrency: { min: 1, start: 8, max: 32 } })
})

test.each([
  ['a max below the usual start is enough to slow a destination down', '{ max: 1 }', { min: 1, start: 1, max: 1 }],
  ['a min above the usual start is where it begins', '{ min: 4 }', { min: 4, start: 4, max: 32 }],
  ['start and max alone are enough', '{ start: 3, max: 9 }', { min: 1, start: 3, max: 9 }],
  ['a number alone stays what it is', '4', { min: 4, start: 4, max: 4 }],
])('%s', (_, given, expected) => {
  const { config } = load(`${RIGHT}destinations: [{ name: a, url: "https://a.example.com", concurrency: ${given} }]`)
  expect(config.destinations[0]?.concurrency).toEqual(expected)
})

test.each([
  ['0', 'destinations[0].concurrency (line 2): must be at least 1'],
  [
    'many',
    'destinations[0].concurrency (line 2): must be a whole number above zero, or a map of such: min, start, max',
  ],
  ['{ strat: 1 }', 'destinations[0].concurrency.strat (line 2): is not a known key; did you mean start?'],
])('a concurrency of %s is refused, and what would be right is said', (given, expected) => {
  const text = `${RIGHT}destinations: [{ name: a, url: "https://a.example.com", concurrency: ${given} }]`
  expect(problemsOf(text)).toEqual([expected])
})

test('a section whose lines are all comments means the defaults', () => {
  expect(load(`${RIGHT}limits:\n  # body: 1MiB\nlog:\n`).config.limits.body).toBe(16 * 2 ** 20)
})

test('all problems are told at once, each with its path and line', () => {
  expect(
    problemsOf(`listen: 8080
destinations:
  - name: mom1
    url: mom1.example.com
    timeout: 35
  - url: https://mom2.example.com
    auth: { type: hawk, key: a }
    match: { severity: 5 }
limits:
  hops: 0
`),
  ).toEqual([
    'listen (line 1): must be host:port, such as 127.0.0.1:8080, 0.0.0.0:8080 or [::]:8080',
    'destinations[0].url (line 4): must be an absolute http or https URL in ASCII without user, query or fragment, such as https://mom1.example.com/api',
    'destinations[0].timeout (line 5): must be a duration above zero and up to 1h, such as 35s or 500ms',
    'destinations[1].name (line 6): is missing; it must be a text; what looks like a number or a date needs quotes',
    'destinations[1].auth.secret (line 7): is missing; it must be a text in quotes without line breaks and other control characters, best from the environment: "${NAME}"',
    'destinations[1].match.severity (line 8): must be a text or a list of texts, such as [critical, "!debug"]',
    'limits.hops (line 10): must be at least 1',
  ])
})

test.each([
  ['base_ulr: http://a', 'base_ulr (line 1): is not a known key; did you mean base_url?'],
  ['Base-URL: http://a', 'Base-URL (line 1): is not a known key; did you mean base_url?'],
  ['log: { colour: true }', 'log.colour (line 1): is not a known key; keys here are level, format, audit'],
  [
    'destinations: [{ name: a, url: "http://a", auth: { type: hawk, key: a, secret: b, algoritm: sha1 } }]',
    'destinations[0].auth.algoritm (line 1): is not a known key; did you mean algorithm?',
  ],
  [
    'destinations: [{ name: a, url: "http://a", match: { enviroment: Production } }]',
    'destinations[0].match.enviroment (line 1): is not a field of an alert; did you mean environment?',
  ],
])('an unknown key is refused and the right one named: %s', (text, expected) => {
  expect(problemsOf(text)).toEqual([expected])
})

test.each([
  ['a tab', 'log:\n\tlevel: info', 'line 2: column 1: lines must be indented with blanks, not with tabs'],
  [
    'a key twice',
    'listen: a:1\nlisten: b:2',
    'line 2: column 1: this key stands here a second time; keep one of the two',
  ],
  ['a bare star', 'x: { forward: [*] }', 'line 1: column 16: a value that begins with * must stand in quotes'],
  [
    'a bare negation',
    'x: { environment: [!Lab] }',
    'line 1: column 20: a value that begins with ! must stand in quotes',
  ],
  ['an unknown alias', 'x: *secret', 'line 1: column 4: a value that begins with * must stand in quotes'],
  ['an alias within itself', 'x: &a [*a]', 'line 1: column 8: this alias stands inside the very value it names'],
  ['a bare ${NAME} in brackets', 'x: { key: ${KEY} }', 'inside [ ] and { } a ${NAME} must stand in quotes'],
  ['a bare ${NAME} in a list', 'x: [${KEY}]', 'inside [ ] and { } a ${NAME} must stand in quotes'],
  ['a key with a variable twice', 'x: ${A}\nx: ${A}', 'line 2: column 1: this key stands here a second time'],
  ['two documents', 'x: 1\n---\ny: 2', 'line 2: column 1: the file must hold one document; remove the line ---'],
])('%s in the file is told with line and column', (_, text, expected) => {
  expect(problemsOf(text)[0]).toContain(expected)
})

test('a file that is no map of keys is refused', () => {
  expect(problemsOf('- a\n- b')).toEqual(['must be a map of keys'])
})

test('a file that cannot be read is a problem that names it', () => {
  const path = join(tmpdir(), 'no-such-directory', 'relay.yaml')
  expect(loadConfigFile(path, {})).toEqual({
    ok: false,
    problems: [
      { path: '', message: `cannot read ${path} (ENOENT); --config or ALERTA_RELAY_CONFIG names another file` },
    ],
  })
})

test('a file is read from the disk', () => {
  const directory = mkdtempSync(join(tmpdir(), 'relay-config-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'relay.yaml')
  writeFileSync(path, `${RIGHT}listen: "[::1]:9000"\n`)
  expect(loadConfigFile(path, {})).toMatchObject({ ok: true, config: { listen: { host: '::1', port: 9000 } } })
})

const SECRET = 's3cr3t-value'
test.each([
  ['as an unknown kind of credential', `destinations: [{ name: a, url: "http://a", auth: { type: ${SECRET} } }]`],
  ['in a url', `base_url: "http://user:${SECRET}@a b"`],
  ['as a duration', `limits: { max_age: ${SECRET} }`],
  ['as a password hash', `auth: { users: [{ username: a, password_hash: ${SECRET}, scopes: [read] }] }`],
  ['as an alias', `auth: *${SECRET}`],
  ['as a tag', `auth: !${SECRET}`],
  ['behind a quoted value', `auth: "a" ${SECRET}`],
  ['with a bad escape', `auth: "\\${SECRET}"`],
  ['in a broken flow', `auth: { a: [ ${SECRET} `],
  ['twice', `auth: { api_keys: [{ key: ${SECRET}, scopes: [read] }, { key: ${SECRET}, scopes: [read] }] }`],
  ['with a line break', `auth: { api_keys: [{ key: "${SECRET}\\n", scopes: [read] }] }`],
  ['in the database address', `database_url: postgres://alerta:${SECRET}@db/monitoring`],
])('no problem repeats a value, which may be a secret: %s', (_, text) => {
  const problems = problemsOf(text)
  expect(problems.length).toBeGreaterThan(0)
  expect(problems.join('\n')).not.toContain(SECRET)
})

test('a secret from the environment that a header cannot carry is refused in words that fit it too', () => {
  const loaded = loadConfig('auth: { api_keys: [{ key: "${KEY}", scopes: [read] }] }', { KEY: 'a b' })
  const messages = loaded.ok ? [] : loaded.problems.map(({ message }) => message)
  expect(messages).toEqual([
    'must be a text of visible ASCII characters without blanks, also where it is set elsewhere',
  ])
})

test('a secret that a header cannot carry is refused', () => {
  const problems = problemsOf('auth: { api_keys: [{ key: "a b", scopes: [read] }] }')
  expect(problems).toEqual([
    expect.stringMatching(/must be a text of visible ASCII characters without blanks, also where it is set elsewhere$/),
  ])
})

test.each([
  ['database_url', '"sqlite::memory:"'],
  ['database_url', 'postgres://db/monitoring'],
  ['cors_origins', '[https://a.example.com/]'],
  ['cors_origins', '["/(/"]'],
  ['trusted_proxies', '[10.0.0.1]'],
  ['listen', '8080'],
  ['listen', '"*:8080"'],
  ['listen', '1.2.3.4:99999'],
  ['base_url', '/api'],
  ['base_url', 'https://münchen.example.com'],
  ['reject', '{ allowed_environments: ["("] }'],
  ['limits', '{ body: 0B }'],
  ['limits', '{ max_age: 0s }'],
  ['limits', '{ max_age: 99999d }'],
  ['auth', '{ users: [{ username: ops, password_hash: pa55w0rd, scopes: [read] }] }'],
  ['auth', '{ tokens: [{ token: t, scopes: [write:alert] }] }'],
  ['auth', '{ hmac: [{ key: a"b, secret: s }] }'],
  ['destinations', '[{ name: a, url: "http://a", timeout: 2h }]'],
  ['destinations', '[{ name: a, url: "http://a", kind: http, accept: [299-200] }]'],
])('%s refuses %s', (key, value) => {
  expect(problemsOf(`${key}: ${value}`)).toEqual([expect.stringMatching(new RegExp(`^${key}.*: must `))])
})

test.each([
  ['cors_origins', '["*", "https://a.example.com", "http://localhost:8000", "/https?:\\\\/\\\\/.*/"]'],
  ['trusted_proxies', '[10.0.0.0/8, "fd00::/8"]'],
  ['listen', '"[::]:8080"\nbase_url: http://relay.example.com'],
  ['listen', 'relay-1.example.com:0\nbase_url: http://relay.example.com'],
  ['limits', '{ drain: 0s, min_free_disk: 0B }'],
])('%s takes %s', (key, value) => {
  expect(problemsOf(`${RIGHT}${key}: ${value}`)).toEqual([])
})

test('a loaded configuration hides its secrets from logs and dumps', () => {
  const loaded = loadConfig(`auth: { api_keys: [{ key: ${SECRET}, scopes: [admin] }] }`, {})
  expect(JSON.stringify(loaded)).toContain('***')
  expect(JSON.stringify(loaded)).not.toContain(SECRET)
})
