import { expect, test } from 'vitest'
import { ownIdentities } from '../../src/config/identities.js'
import type { Answers } from '../../src/egress/ask.js'
import type { Answer } from '../../src/egress/exchange.js'
import { findings } from '../../src/egress/findings.js'
import { load, RIGHT } from '../config/loading.js'

const NOW = Date.parse('2026-11-20T12:00:00.000Z')

interface Scene {
  /** of the destination mom1 */
  readonly entry?: string
  readonly answers?: Partial<Answers>
}

function said({ entry = '', answers = {} }: Scene): string[] {
  const { config } = load(`${RIGHT}base_url: https://relay.example.com/api
destinations:
  - { name: mom1, url: "https://mom1.example.com/api", ${entry} }
  - { name: mom2, url: "https://mom2.example.com" }`)
  const [destination] = config.destinations
  if (destination === undefined) throw new Error('no destination')
  const all: Answers = { config: answered({}), askedAt: NOW, credential: { kind: 'well' }, ...answers }
  const names = { own: ownIdentities(config), destinations: config.destinations, environment: 'Production' }
  return findings(destination, all, names).map(({ level, text }) => `${level} ${text}`)
}

/** GET /config as Alerta 9.1.0 answers it, in what counts here. */
const answered = ({ body, ...rest }: Partial<Omit<Answer, 'body'>> & { body?: unknown }): Answer => ({
  kind: 'answer',
  status: 200,
  headers: { 'content-type': 'application/json', date: 'Fri, 20 Nov 2026 12:00:00 GMT' },
  body: typeof body === 'string' ? body : JSON.stringify(body ?? { endpoint: 'https://mom1.example.com/api' }),
  oversized: false,
  ...rest,
})
const calling = (body: unknown) => ({ answers: { config: answered({ body }) } })
const dated = (date: string) => ({ config: answered({ headers: { date } }) })

test('an Alerta in good order', () => {
  expect(said({ entry: 'auth: { type: key, key: k }' })).toEqual([
    'ok reachable over https, and its certificate is valid',
    'ok its clock agrees with ours',
    'ok takes our credential (key)',
    'ok calls itself https://mom1.example.com/api, as configured',
  ])
})

test('one that cannot be reached, and one that does not answer', () => {
  const refused = { kind: 'not sent', code: 'ECONNREFUSED', why: 'connection refused (ECONNREFUSED)' } as const
  expect(said({ answers: { config: refused } })).toEqual(['fail cannot be reached: connection refused (ECONNREFUSED)'])
  expect(said({ answers: { config: { kind: 'unknown', why: 'no answer within 10 s' } } })).toEqual([
    'fail was reached, but did not answer: no answer within 10 s',
  ])
})

test('a certificate that nobody looks at', () => {
  expect(said({ entry: 'ssl_verify: false' })[0]).toMatch(/^warn .*not verified/)
})

test.each([
  ['Fri, 20 Nov 2026 12:00:29 GMT', 'ok its clock agrees with ours'],
  ['Fri, 20 Nov 2026 12:01:00 GMT', 'warn its clock is 60 s ahead of ours; Hawk allows 300'],
  ['Fri, 20 Nov 2026 11:50:00 GMT', 'warn its clock is 600 s behind ours; Hawk allows 300'],
])('a clock at %s', (date, expected) => {
  expect(said({ answers: dated(date) })[1]).toContain(expected)
})

test('a clock that Hawk does not forgive', () => {
  const entry = 'auth: { type: hawk, key: k, secret: s }'
  expect(said({ entry, answers: dated('Fri, 20 Nov 2026 12:10:00 GMT') })[1]).toBe(
    'fail its clock is 600 s ahead of ours; Hawk allows 300',
  )
})

test('a server without a clock says nothing of it', () => {
  expect(said({ answers: { config: answered({ headers: {} }) } }).join()).not.toContain('clock')
})

test('a credential that is not taken', () => {
  const answers: Partial<Answers> = { credential: { kind: 'ill', why: 'answered 401: no such key' } }
  expect(said({ answers })).toContain('fail does not serve a request without a credential: answered 401: no such key')
  expect(said({ entry: 'auth: { type: key, key: k }', answers })).toContain(
    'fail does not serve a request with our credential: answered 401: no such key',
  )
})

test('a relay that refuses our credential even for its configuration', () => {
  const config = answered({ status: 401, body: { status: 'error' } })
  const answers: Partial<Answers> = { config, credential: { kind: 'ill', why: 'answered 401: no' } }
  expect(said({ entry: 'kind: relay, auth: { type: key, key: k }', answers })).toContain(
    'fail does not serve a request with our credential: answered 401: no',
  )
})

test('a relay that wants a credential and gets none', () => {
  const body = { base_url: 'https://mom1.example.com/api', auth_required: true }
  expect(said({ entry: 'kind: relay', ...calling(body) })).toContain('fail wants a credential, and auth is none')
  expect(said({ entry: 'kind: relay', ...calling({ ...body, auth_required: false }) })).toContain(
    'ok takes requests without a credential',
  )
})

test.each([
  ['a login page', answered({ body: '<html>', headers: { 'content-type': 'text/html' } }), '200 (text/html)'],
  ['a wrong path', answered({ status: 404, body: { message: 'no' } }), '404 (application/json)'],
])('%s in place of Alerta', (_, config, expected) => {
  const last = said({ answers: { config } }).at(-1)
  expect(last).toContain(`fail does not answer like an Alerta server: GET /config gave ${expected}`)
})

test('a server that is ourselves', () => {
  expect(said(calling({ endpoint: 'https://RELAY.example.com/api/' })).at(-1)).toBe(
    'fail has our own name https://relay.example.com/api: it is this relay, or one of the two must change',
  )
})

test('a name that is not configured, and how to configure it', () => {
  expect(said(calling({ endpoint: 'https://alerta.internal' })).at(-1)).toBe(
    'fail calls itself https://alerta.internal, which is not configured: loops are not recognised; add base_url: https://alerta.internal',
  )
})

test('a name that is not configured and a part of another', () => {
  expect(said(calling({ endpoint: 'https://mom2.example.com/api' })).at(-1)).toBe(
    'warn its name https://mom2.example.com/api and https://mom2.example.com are part of each other: a plain Alerta confuses them',
  )
})

test('an Alerta whose BASE_URL is a path takes our messages for loops', () => {
  expect(said(calling({ endpoint: '/api' })).at(-1)).toMatch(/^fail its BASE_URL is \/api, which is a part of our name/)
  expect(said(calling({ endpoint: '/alerta' })).at(-1)).toMatch(/^warn its BASE_URL is \/alerta, which is no absolute/)
})

test('a server that does not tell its name', () => {
  expect(said(calling({})).at(-1)).toBe('warn does not tell its BASE_URL, so its name is not checked')
})

test('any other system is asked for nothing but an answer', () => {
  const entry = 'kind: http, auth: { type: bearer, token: t }'
  const credential = undefined
  expect(said({ entry, answers: { config: answered({ status: 405, body: '' }), credential } })).toEqual([
    'ok reachable over https, and its certificate is valid',
    'ok its clock agrees with ours',
  ])
  expect(said({ entry, answers: { config: answered({ status: 401, body: '' }), credential } })).toContain(
    'fail does not take our credential: answered 401',
  )
})

test('one that does not allow the environment of the own alerts', () => {
  const allowing = (...environments: string[]) =>
    said(calling({ endpoint: 'https://mom1.example.com/api', environments })).filter((line) =>
      line.includes('self_alerts'),
    )
  const refuses = (shown: string) => [
    `warn refuses alerts about this relay: self_alerts.environment is Production, it allows ${shown}`,
  ]
  expect(allowing('Development', 'production')).toEqual(refuses('Development, production'))
  expect(allowing('Prod', '.*duction2')).toEqual(refuses('Prod, .*duction2'))
  for (const allowed of [[], ['Production'], ['Dev', 'Prod.*'], ['(?!odd']]) expect(allowing(...allowed)).toEqual([])
})
