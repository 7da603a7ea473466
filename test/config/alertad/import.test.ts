import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { importAlertad } from '../../../src/config/alertad/import.js'
import { MAPPINGS } from '../../../src/config/alertad/mappings.js'
import { ENVIRONMENT_NAMES } from '../../../src/config/environment.js'
import { formatPath } from '../../../src/config/problem.js'
import { load } from '../loading.js'
import { schemaKeys } from '../schema-keys.js'

function imported(text: string, env: NodeJS.ProcessEnv = {}) {
  const result = importAlertad(text, 'alertad.conf', { newKey: () => 'a-fresh-key', env })
  if (!result.ok) throw new Error(result.mistake.message)
  const remarks = result.remarks.map(({ level, setting, line, message }) => `${level} ${setting}:${line} ${message}`)
  return { ...result, remarks, config: parse(result.yaml), secrets: Object.fromEntries(result.secrets) }
}

const file = (name: string): string => readFileSync(`test/data/alertad/${name}.conf`, 'utf8')

test("Alerta's documented destinations, each with its credential, filter and timeout", () => {
  const { yaml, secrets, problems } = imported(file('documented'))
  const { config } = load(yaml, secrets)
  expect(problems).toEqual([])
  expect(
    config.destinations.map(({ url, auth, forward, timeout }) => ({ url, auth: auth.type, forward, timeout })),
  ).toEqual([
    { url: 'http://localhost:9000', auth: 'basic', forward: ['alerts', 'actions'], timeout: 10_000 },
    { url: 'http://localhost:9001', auth: 'hawk', forward: ['actions'], timeout: 35_000 },
    { url: 'http://localhost:9002', auth: 'key', forward: ['delete'], timeout: 35_000 },
    { url: 'http://localhost:9003', auth: 'bearer', forward: ['*'], timeout: 35_000 },
  ])
  expect(Object.values(secrets)).toEqual(['pa55w0rd', expect.stringMatching(/^MDhj/), 'demo-key', 'bearer-token'])
  for (const secret of Object.values(secrets)) expect(yaml).not.toContain(secret)
})

// examples/plugins/forwarder of alerta 9.1.0
test.each(['mlm-1', 'mlm-2', 'mom-1', 'mom-2'])("Alerta's federated example %s", (name) => {
  const { yaml, secrets, problems } = imported(file(name))
  const { config } = load(yaml, secrets)
  const source = file(name)
  expect(problems).toEqual([])
  expect(source).toContain(config.base_url)
  expect(config.destinations.map(({ url }) => url)).toEqual(
    [...source.matchAll(/'(http:[^']+)',\n/g)].map(([, url]) => url),
  )
  expect(config.auth.hmac).toHaveLength(source.match(/'algorithm'/g)?.length ?? 0)
  const credentials = [
    ...config.auth.hmac.map(({ key, secret }) => [key, secret.reveal()]),
    ...config.destinations.map(({ auth }) => (auth.type === 'hawk' ? [auth.key, auth.secret.reveal()] : [])),
  ]
  const written = [...source.matchAll(/'key': '([^']+)',\s+'secret': '([^']+)'/g)].map(([, key, secret]) => [
    key,
    secret,
  ])
  expect(credentials.toSorted()).toEqual(written.toSorted())
})

test('a file of a hundred lines from real life: what it says, and a remark on all that is lost', () => {
  const { config, secrets, remarks, problems } = imported(file('real-life'))
  expect(problems).toEqual([])
  expect(config).toMatchObject({
    base_url: 'https://alerta.${SITE:-ams1}.example.com/api',
    use_proxyfix: true,
    cors_origins: ['https://alerta.example.com', 'http://localhost:8000', '/https?://\\w*\\.example\\.com:?\\d*/'],
    auth: {
      required: true,
      secret_key: '${SECRET_KEY}',
      login_expiry: '7d',
      hmac: [{ key: 'mlm-fra1' }, { key: 'mlm-lon1', secret: '${LON1_SECRET}' }],
    },
    destinations: [
      { url: 'https://mom1.example.com/api', forward: ['*'] },
      {
        url: 'https://mom2.example.com/api',
        forward: ['alerts', 'ack', 'unack', 'close', 'delete'],
        timeout: '10s',
        ssl_verify: false,
      },
      { url: 'http://10.1.2.3:8080/api', insecure: true, auth: { type: 'basic', username: 'fwd' } },
      { auth: { type: 'bearer', token: '${TICKETS_TOKEN}' }, forward: ['createIssue'] },
    ],
    reject: { allowed_environments: ['Production', 'Staging', 'Dev-.*'], require_service: true },
    alerts: { normal_severity: 'ok', severities: { fatal: 0, ok: 7 }, timeout: '12h', shelve_timeout: '2h' },
    web_ui: { sort_by: ['lastReceiveTime'], refresh_interval: '10s', actions: ['createIssue', 'updateIssue'] },
    log: { level: 'warn', format: 'json' },
    housekeeping: { delete_expired_after: '2h', delete_info_after: '12h' },
    heartbeats: { timeout: '5m' },
    blackouts: { duration: '1h', notification: true },
  })
  expect(secrets).toMatchObject({
    HMAC_1_SECRET: 'it\'s "quoted" $HOME',
    LON1_SECRET: 'bG9uMQo=',
    SECRET_KEY: expect.any(String),
  })
  expect(remarks).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^todo ACK_TIMEOUT:62 calls timedelta/),
      expect.stringMatching(/^note DATABASE_URL:24 /),
      expect.stringMatching(/^todo LDAP_URL:30 /),
      expect.stringMatching(/^todo FWD_DESTINATIONS:89 .*insecure/),
      expect.stringMatching(/^todo FWD_DESTINATIONS:91 the environment variable TICKETS_TOKEN is not set/),
      expect.stringMatching(/^todo PLUGINS:67 telegram/),
    ]),
  )
})

test('a file that allows everything and names no credential still starts, and says who may write', () => {
  const { config, remarks } = imported('')
  expect(config).toEqual({ auth: { required: false } })
  expect(remarks).toEqual([
    expect.stringMatching(/^todo AUTH_REQUIRED:undefined is not True: whoever reaches the relay/),
  ])
})

test('a file that asks for credentials and names none gets a fresh key, for those of Alerta are in its database', () => {
  const { config, secrets, problems } = imported('AUTH_REQUIRED = True\n')
  expect(problems).toEqual([])
  expect(config.auth.api_keys).toEqual([{ key: '${ADMIN_KEY}', scopes: ['admin'], text: 'made by import' }])
  expect(secrets).toEqual({ ADMIN_KEY: 'a-fresh-key' })
})

const destinations = (entry: string) => imported(`BASE_URL = 'https://me.example.com'\nFWD_DESTINATIONS = [${entry}]\n`)

test.each<[string, string, object]>([
  [
    'a secret wins over a key alone',
    "('http://a.example.com', dict(key='k', secret='s', algorithm='sha1'), ['*'])",
    { auth: { type: 'hawk', algorithm: 'sha1' } },
  ],
  [
    'a user wins over a key',
    "('https://a.example.com', dict(username='u', password='p', key='k'), ['*'])",
    { auth: { type: 'basic' } },
  ],
  ['no credential', "('http://a.example.com', {}, ['*'])", { auth: { type: 'none' } }],
  ['a tuple for the words', "('http://a.example.com', {}, ('alerts', 'ack'))", { forward: ['alerts', 'ack'] }],
  [
    'a text for the words, of which Alerta finds parts',
    "('http://a.example.com', {}, 'unack')",
    { forward: ['ack', 'unack'] },
  ],
  ['a list for the entry', "['http://a.example.com', {}, ['delete']]", { forward: ['delete'] }],
  [
    'a number as host',
    "('http://10.0.0.1:9000', {'key': 'k', 'secret': 's'}, [])",
    { auth: { secret: '${TO_10_0_0_1_9000_SECRET}' } },
  ],
])('a destination with %s', (_, entry, expected) => {
  const { config, problems } = destinations(entry)
  expect(problems).toEqual([])
  expect(config.destinations).toMatchObject([expected])
})

test.each<[string, string, RegExp]>([
  ['two parts', "('http://a.example.com', {})", /^todo FWD_DESTINATIONS:2 an entry is not/],
  ['itself as url', "('https://me.example.com/', {}, ['*'])", /^note FWD_DESTINATIONS:2 is this server itself/],
  [
    'no url',
    "('mom1:8080', {}, ['*'])",
    /^todo FWD_DESTINATIONS:2 left out, for destinations\[0\]\.url must be an absolute/,
  ],
  [
    'a user in the url',
    "('http://u:p@a.example.com', {}, ['*'])",
    /^todo FWD_DESTINATIONS:2 left out, for destinations\[0\]\.url must be/,
  ],
  [
    'a client certificate',
    "('https://a.example.com', {'ssl_cert': 'x.pem'}, ['*'])",
    /^todo FWD_DESTINATIONS:2 ssl_cert has no counterpart/,
  ],
])('a destination with %s is told, and the others stay', (_, entry, remark) => {
  const { config, remarks, problems } = destinations(
    `${entry}, ('http://b.example.com', {'key': 'k', 'secret': 's'}, ['*'])`,
  )
  expect(problems).toEqual([])
  expect(remarks).toContainEqual(expect.stringMatching(remark))
  expect(config.destinations.at(-1)).toMatchObject({ url: 'http://b.example.com' })
  expect(config.destinations.map(({ url }: { url: string }) => url)).not.toContain('mom1:8080')
})

test.each<[string, RegExp]>([
  ["BASE_URL = '/api'", /^todo BASE_URL:1 is no absolute URL/],
  ["SECRET_KEY = 'changeme'", /^todo SECRET_KEY:1 left out, for auth\.secret_key must be/],
  ["HMAC_AUTH_CREDENTIALS = [{'id': 'a', 'key': 'b'}]", /^todo HMAC_AUTH_CREDENTIALS:1 an entry has no key and secret/],
  [
    "HMAC_AUTH_CREDENTIALS = [{'key': 'a', 'secret': 'b', 'algorithm': 'sha512'}]",
    /^todo HMAC_AUTH_CREDENTIALS:1 an entry has an algorithm/,
  ],
  ["CORS_ORIGINS = ['https://a.example.com/x']", /^todo CORS_ORIGINS:1 1 of 1 entries/],
  [
    "DEFAULT_NORMAL_SEVERITY = 'fine'",
    /^todo DEFAULT_NORMAL_SEVERITY:1 left out, for alerts\.normal_severity is not one/,
  ],
  ["ALERT_TIMEOUT = 'soon'", /^todo ALERT_TIMEOUT:1 is not of the kind that alerts\.timeout must be/],
  [
    "PLUGINS = ['reject']\nFWD_DESTINATIONS = [('http://a.example.com', {}, ['*'])]",
    /^todo FWD_DESTINATIONS:2 Alerta forwards nothing/,
  ],
  ["PLUGINS = ['forwarder']\nALLOWED_ENVIRONMENTS = ['Production']", /^note ALLOWED_ENVIRONMENTS:2 does nothing there/],
  ["PLUGINS = ['forwarder']\nORIGIN_BLACKLIST = ['a,b/.*']", /^note ORIGIN_BLACKLIST:2 does nothing there/],
  ['NOTIFICATION_BLACKOUT = True', /^todo NOTIFICATION_BLACKOUT:1 there are no blackouts/],
  ['AUTH_REQUIRED = ask()', /^todo AUTH_REQUIRED:1 calls ask/],
  ['MY_OWN = 1', /^note MY_OWN:1 is nothing that the relay knows/],
  ['from settings import *', /^todo :1 takes settings from another file/],
])('%s is not lost in silence, and the rest starts', (text, remark) => {
  const { remarks, problems } = imported(`${text}\n`)
  expect(remarks).toContainEqual(expect.stringMatching(remark))
  expect(problems).toEqual([])
})

test('what is left out leaves no secret behind, which by its name would be read all the same', () => {
  expect(imported("SECRET_KEY = 'changeme'\n").secrets).toEqual({})
})

test('every setting has its place in the configuration that there is', () => {
  const keys = new Set(schemaKeys().keys())
  expect(Object.entries(MAPPINGS).filter(([, { path }]) => !keys.has(formatPath(path)))).toEqual([])
})

test('every name that the relay reads from its environment is taken from a file too', () => {
  const values: Readonly<Record<string, string>> = {
    BASE_URL: "'https://a.example.com'",
    FWD_DESTINATIONS: "[('http://b.example.com', {}, ['*'])]",
    SECRET_KEY: "'a-secret-of-32-letters-or-so-0123'",
    SEVERITY_MAP: "{'critical': 1, 'normal': 7, 'indeterminate': 5}",
    DEFAULT_NORMAL_SEVERITY: "'normal'",
    DEFAULT_PREVIOUS_SEVERITY: "'indeterminate'",
    CORS_ORIGINS: "['*']",
    ADMIN_KEY: "'key'",
    GOOGLE_TRACKING_ID: "'UA-1'",
    CLIPBOARD_TEMPLATE: "'x'",
    ALLOWED_ENVIRONMENTS: "['Production']",
  }
  const lost = ENVIRONMENT_NAMES.filter((name) => name !== 'DATABASE_URL').filter((name) => {
    const tried = [values[name] ?? '', 'True', '60', "['x']"].filter((text) => text !== '')
    return !tried.some((text) => imported(`${name} = ${text}\n`).taken.includes(name))
  })
  expect(lost).toEqual([])
})
