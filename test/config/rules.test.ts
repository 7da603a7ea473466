import { expect, test } from 'vitest'
import { load, problemsOf, RIGHT } from './loading.js'

const destination = (text: string) => `${RIGHT}destinations: [{ name: mom1, url: "https://mom1.example.com", ${text} }]`
const KEY = 'api_keys: [{ key: a-long-key, scopes: [admin] }]'
const PUBLIC = 'listen: 0.0.0.0:8080\nbase_url: https://relay.example.com\n'

test.each([
  ['an open door beyond loopback', `${PUBLIC}auth: { required: false }`, 'auth.required (line 3): is false while'],
  ['the same on IPv6', 'listen: "[::]:1"\nbase_url: http://a\nauth: { required: false }', 'auth.required (line 3)'],
  ['a base_url only this machine can reach', `${RIGHT}listen: 0.0.0.0:8080`, 'base_url: names this machine only'],
  ['a base_url of no machine', `${RIGHT}listen: 0.0.0.0:8080\nbase_url: "http://0.0.0.0:8080"`, 'base_url (line 3)'],
  ['nobody who may write', 'auth: { required: true }', 'auth (line 1): has no credential, so nobody could write'],
  ['a written-out nobody', 'auth: { required: false, anonymous: [] }', 'auth (line 1): has no credential'],
  [
    'a key twice',
    'auth: { api_keys: [{ key: a, scopes: [read] }, { key: a, scopes: [admin] }] }',
    'auth.api_keys[1].key (line 1): is the same as in entry [0]',
  ],
  [
    'a Hawk key twice',
    'auth: { hmac: [{ key: a, secret: b }, { key: a, secret: c }] }',
    'auth.hmac[1].key (line 1): is the same as in entry [0]',
  ],
  [
    'a name twice',
    `${RIGHT}destinations: [{ name: a, url: "https://a.example.com" }, { name: a, url: "https://b.example.com" }]`,
    'destinations[1].name (line 2): is also the name of destinations[0]',
  ],
  [
    'a former name that is a destination',
    `${RIGHT}destinations: [{ name: a, url: "https://a.example.com" }, { name: b, formerly: [a], url: "https://b.example.com" }]`,
    'destinations[1].formerly[0] (line 2): is the name of destinations[0]',
  ],
  [
    'a former name that two claim',
    `${RIGHT}destinations: [{ name: a, formerly: [x], url: "https://a.example.com" }, { name: b, formerly: [y, x], url: "https://b.example.com" }]`,
    'destinations[1].formerly[1] (line 2): is also a former name of destinations[0]',
  ],
  [
    'a former name that is no name',
    `${RIGHT}destinations: [{ name: a, formerly: ["a b"], url: "https://a.example.com" }]`,
    'destinations[0].formerly[0] (line 2): must be 1 to 64 letters',
  ],
  [
    'a name that is a way up in a URL',
    `${RIGHT}destinations: [{ name: "..", url: "https://a.example.com" }]`,
    'destinations[0].name (line 2): must be 1 to 64 letters',
  ],
  [
    'a destination that is ourselves',
    `${RIGHT}base_url: https://Relay.example.com:443/api/\ndestinations: [{ name: a, url: "https://relay.example.com/api" }]`,
    'destinations[0] (line 3): leads back to this relay',
  ],
  [
    'a destination that has one of our other names',
    `${RIGHT}also_known_as: [http://r]\ndestinations: [{ name: a, url: "https://x", also_known_as: [http://r] }]`,
    'leads back to this relay',
  ],
  [
    'start above max',
    destination('concurrency: { start: 33 }'),
    'concurrency.start (line 2): is 33 and above max, which is 32',
  ],
  [
    'min above max',
    destination('concurrency: { min: 33 }'),
    'concurrency.min (line 2): is 33 and above max, which is 32',
  ],
  [
    'batches for an Alerta',
    destination('batch: true'),
    'batch (line 2): is for kind relay only; this one is of kind alerta',
  ],
  [
    'start below min',
    destination('concurrency: { min: 4, start: 2 }'),
    'concurrency.start (line 2): is 2 and below min, which is 4',
  ],
  [
    'first above ceiling',
    destination('backoff: { first: 10m }'),
    'backoff.first (line 2): is 10m and above ceiling, which is 1m',
  ],
  [
    'a body that never fits',
    `${RIGHT}limits: { body: 256MiB }`,
    'limits.bodies_in_flight (line 2): is below limits.body, which is 256MiB',
  ],
])('refused: %s', (_, text, expected) => {
  const problems = problemsOf(text)
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(expected)
})

test.each([
  ['basic', '{ type: basic, username: a, password: b }'],
  ['key', '{ type: key, key: b }'],
  ['bearer', '{ type: bearer, token: b }'],
])('%s over plain http needs a word of consent, except to this machine', (_, auth) => {
  const to = (url: string, more = '') =>
    problemsOf(`${RIGHT}destinations: [{ name: a, url: "${url}", auth: ${auth}${more} }]`)
  expect(to('http://10.0.0.7')).toEqual([expect.stringContaining('in the clear to 10.0.0.7')])
  expect(to('http://10.0.0.7', ', insecure: true')).toEqual([])
  expect(to('https://10.0.0.7')).toEqual([])
  for (const local of ['localhost', '127.0.0.9', '[::1]', '[::ffff:127.0.0.1]'])
    expect(to(`http://${local}`)).toEqual([])
})

test('Hawk may go over plain http: only a signature is sent', () => {
  const text = `${RIGHT}destinations: [{ name: a, url: "http://10.0.0.7", auth: { type: hawk, key: a, secret: b } }]`
  expect(problemsOf(text)).toEqual([])
})

test('without credentials on loopback anybody may write, but not more', () => {
  expect(load('auth: { required: false }').config.auth.anonymous).toEqual([
    'write:alerts',
    'write:heartbeats',
    'write:webhooks',
  ])
})

test('beyond loopback anybody may do what is written out', () => {
  const { config } = load(`${PUBLIC}auth: { required: false, anonymous: [write:alerts] }`)
  expect(config.auth.anonymous).toEqual(['write:alerts'])
})

test('where credentials are required nobody is anonymous', () => {
  const { config, warnings } = load(`auth: { anonymous: [write:alerts], ${KEY} }`)
  expect(config.auth.anonymous).toBeUndefined()
  expect(warnings[0]).toBe('auth.anonymous (line 1): has no effect while auth.required is true')
})

test.each([
  ['no destination', RIGHT, 'destinations: is empty: messages are accepted and journalled, but go nowhere'],
  [
    'an open door behind a proxy',
    'base_url: https://relay.example.com\nauth: { required: false }',
    'auth.required (line 2): is false: whoever comes through the proxy',
  ],
  ['trust in everybody', `${RIGHT}trusted_proxies: [0.0.0.0/0]`, 'trusted_proxies[0] (line 2): covers every address'],
  [
    'the example key in the open',
    `${PUBLIC}auth: { api_keys: [{ key: demo-key, scopes: [admin] }] }`,
    'auth.api_keys[0].key (line 3): is the key of the examples',
  ],
  [
    'a destination at our own port',
    `${RIGHT}destinations: [{ name: a, url: "http://localhost:8080" }]`,
    'where this relay itself listens',
  ],
  ['nothing to forward', destination('forward: []'), 'destinations[0].forward (line 2): is empty'],
  ['a colon that Alerta refuses', destination('auth: { type: basic, username: a, password: "b:c" }'), 'has a colon'],
  ['an unverified peer', destination('ssl_verify: false'), 'destinations[0].ssl_verify (line 2): is false'],
  [
    'an accept that nobody reads',
    destination('accept: [200]'),
    'destinations[0].accept (line 2): is read for kind http only',
  ],
  [
    'a destination that cannot be asked whether it is empty',
    destination('kind: http, resync_when_empty: true'),
    'destinations[0].resync_when_empty (line 2): is not for kind http',
  ],
])('warned of: %s', (_, text, expected) => {
  expect(load(text).warnings.join('\n')).toContain(expected)
})

test.each([
  ['alert', 'alerts'],
  ['action', 'actions'],
  ['deletes', 'delete'],
  ['Delete', 'delete'],
  ['heartbeat', 'heartbeats'],
  ['note', 'notes'],
  ['tags', 'tag'],
  ['Status', 'status'],
  ['attribute', 'attributes'],
  ['webhook', 'webhooks'],
  ['closed', 'close'],
  ['all', '*'],
])('the filter word %s is taken for a slip of the pen', (word, meant) => {
  expect(load(destination(`forward: [${word}]`)).warnings).toEqual([
    `destinations[0].forward[0] (line 2): forwards a custom action of that name only; did you mean '${meant}'?`,
  ])
})

test.each(['alerts', 'ack', 'Unshelve', 'createIssue', 'ringBell', 'expired'])('the filter word %s is fine', (word) => {
  expect(load(destination(`forward: [${word}]`)).warnings).toEqual([])
})

test('identities of which one is part of another are warned of, from whichever side', () => {
  const { warnings } = load(`${RIGHT}base_url: http://h:91
listen: 127.0.0.1:91
destinations:
  - { name: mom1, url: "http://h:9102" }
  - { name: mom2, url: "http://h:9102/api", base_url: "http://h:9102/api/v2" }`)
  expect(warnings.map((warning) => warning.replace(/:\s.*/, '').trim())).toEqual([
    'base_url (line 2)',
    'base_url (line 2)',
    'base_url (line 2)',
    'destinations[0] (line 5)',
    'destinations[0] (line 5)',
  ])
  expect(warnings[4]).toContain('http://h:9102 is a part of http://h:9102/api (mom2)')
})

test('names of one and the same server may be part of each other', () => {
  expect(load(destination('base_url: "https://mom1.example.com/api"')).warnings).toEqual([])
})

test('a relay whose own alerts would be refused is told so', () => {
  const warned = (text: string) => load(`${RIGHT}${text}`).warnings.filter((warning) => warning.includes('self_alerts'))
  expect(warned('reject: { allowed_environments: [Development] }')).toEqual([
    expect.stringMatching(/^self_alerts\.environment.*is Production, which reject\.allowed_environments refuses/),
  ])
  expect(warned('reject: { allowed_environments: [Prod.*] }')).toEqual([])
  expect(warned('reject: { allowed_environments: [Dev] }\nself_alerts: { environment: Dev }')).toEqual([])
  expect(warned('reject: { allowed_environments: [Dev] }\nself_alerts: { enabled: false }')).toEqual([])
})
