import { describe, expect, test } from 'vitest'
import { buildRequest } from '../../src/egress/request.js'
import type { Message } from '../../src/model/message.js'
import { destination, hops, message, OURS } from './fixtures.js'

const build = (
  parts: Partial<Message>,
  settings: Parameters<typeof destination>[0] = {},
  alias?: string,
  noteAlias?: string,
) => buildRequest(destination(settings), { message: message(parts), alias, noteAlias }, OURS)

const line = ({ method, path }: { method: string; path: string }) => `${method} ${path}`

test.each([
  ['alert', 'POST /api/alert'],
  ['action', 'PUT /api/alert/a1/action'],
  ['delete', 'DELETE /api/alert/a1'],
  ['heartbeat', 'POST /api/heartbeat'],
  ['status', 'PUT /api/alert/a1/status'],
  ['tag', 'PUT /api/alert/a1/tag'],
  ['untag', 'PUT /api/alert/a1/untag'],
  ['attributes', 'PUT /api/alert/a1/attributes'],
] as const)('%s goes to %s', (kind, expected) => {
  expect(line(build({ kind }))).toBe(expected)
})

describe('a note', () => {
  const about = (action: string, body: string | null = '{}') =>
    ({ kind: 'note', action, noteId: 'n1', body: body === null ? null : Buffer.from(body) }) as const

  test('is added, changed and taken away under the ids that the destination has', () => {
    const asked = ['add', 'change', 'remove'].map((action) => line(build(about(action), {}, 'p1', 'm1')))
    expect(asked).toEqual(['PUT /api/alert/p1/note', 'PUT /api/alert/p1/note/m1', 'DELETE /api/alert/p1/note/m1'])
  })
  test('that an Alerta has not got is added there when it is changed', () => {
    expect(line(build(about('change')))).toBe('PUT /api/alert/a1/note')
  })
  test.each(['relay', 'http'] as const)('has our id at a %s', (kind) => {
    expect(line(build(about('change'), { kind }))).toBe('PUT /api/alert/a1/note/n1')
  })
  test('that is taken away has no body', () => {
    const { body, headers } = build(about('remove', null), {}, 'p1', 'm1')
    expect([body, headers['content-type']]).toEqual([null, undefined])
  })
})

describe('a webhook', () => {
  const webhook = { kind: 'webhook', alertId: '/webhooks/slack?team=a' } as const
  test('goes on with its query, bytes and content type', () => {
    const form = { ...webhook, contentType: 'application/x-www-form-urlencoded', body: Buffer.from('payload=1') }
    const request = build(form)
    expect(line(request)).toBe('POST /api/webhooks/slack?team=a')
    expect([String(request.body), request.headers['content-type']]).toEqual(['payload=1', form.contentType])
  })
  test('that came by GET has no body', () => {
    const request = build({ ...webhook, contentType: null, body: Buffer.alloc(0) })
    expect([line(request), request.body]).toEqual(['GET /api/webhooks/slack?team=a', null])
  })
})

test('a url without a path has no double slash', () => {
  expect(build({}, { url: 'http://north.example.com' }).path).toBe('/alert')
})

describe('the id in the path', () => {
  const path = (alertId: string, url = 'http://north.example.com') => build({ kind: 'delete', alertId }, { url }).path

  test("is the peer's, where it has told us", () => {
    expect(line(build({ kind: 'action' }, {}, 'p1'))).toBe('PUT /api/alert/p1/action')
  })
  test("is the sender's for an http destination", () => {
    expect(line(build({ kind: 'action' }, { kind: 'http' }, 'p1'))).toBe('PUT /api/alert/a1/action')
  })
  test.each([
    ['a/b?c#d e', '/alert/a%2Fb%3Fc%23d%20e'],
    ["it's(1)*!", '/alert/it%27s%281%29%2A%21'],
    ['ü', '/alert/%C3%BC'],
    ['half \ud800', '/alert/half%20%EF%BF%BD'],
  ])('%j is escaped', (id, expected) => {
    expect(path(id)).toBe(expected)
  })
  test('stands below a path that is escaped as well', () => {
    expect(path('a1', "http://north.example.com/it's|so")).toBe('/it%27s%7Cso/alert/a1')
  })
})

describe('the headers', () => {
  test('are ours alone, and Alerta gets no message id', () => {
    expect(build({}).headers).toEqual({
      'content-type': 'application/json',
      'user-agent': 'alerta-relay/1.2.3',
      'x-alerta-loop': 'http://relay.example.com:8080',
      'x-request-id': 'request-1',
      'x-forwarded-for': '192.0.2.7',
    })
  })
  test.each(['relay', 'http'] as const)('a destination of kind %s gets the message id', (kind) => {
    expect(build({}, { kind }).headers['x-alerta-message']).toBe('01930000-0000-7000-8000-000000000001')
  })
  test('forwarded_for: false hides the sender', () => {
    expect(build({}, { forwarded_for: false }).headers).not.toHaveProperty('x-forwarded-for')
  })
  test('a delete has no body and no content type', () => {
    const request = build({ kind: 'delete', body: null })
    expect(request.body).toBeNull()
    expect(request.headers).not.toHaveProperty('content-type')
  })
  test("the body's bytes are the ones that came in", () => {
    const body = Buffer.from('{"resource" :\t"web01", "odd": 1e5, "odd": "\\u00e9"}')
    expect(build({ body }).body).toBe(body)
  })
})

describe('X-Alerta-Loop', () => {
  const loop = (received: string, settings: Parameters<typeof destination>[0] = {}) =>
    build({ hops: hops(received) }, settings).headers['x-alerta-loop']
  const US = 'http://relay.example.com:8080'
  const north = { url: 'http://h:9102' } as const

  test('has the hops as they came, without blanks, and us', () => {
    expect(loop('http://a:1/, HTTP://B:80 ,odd')).toBe(`http://a:1/,HTTP://B:80,odd,${US}`)
  })
  test.each([`http://a:1,${US}`, `http://a:1,${US}/`, 'http://a:1,http://RELAY:80'])(
    '%s has us last already',
    (received) => {
      expect(loop(received)).toBe(received)
    },
  )
  test('we stand there again where another hop came after us', () => {
    expect(loop(`${US},http://a:1`)).toBe(`${US},http://a:1,${US}`)
  })
  test.each(['http://h:91021', 'http://h:9102/api', 'xhttp://h:9102', 'http://h:9102.example.com'])(
    'towards Alerta, which would take %s for itself, it is left out',
    (lookalike) => {
      expect(loop(`http://a:1,${lookalike}`, north)).toBe(`http://a:1,${US}`)
    },
  )
  test('all names of the destination are looked for', () => {
    const names = { ...north, base_url: 'http://mom', also_known_as: ['http://m'] }
    expect(loop('http://mom1,http://monitor,http://n', names)).toBe(`http://n,${US}`)
  })
  test('a hop that is the destination stays, also where it looks like its other name', () => {
    const names = { ...north, also_known_as: ['http://h:9102/api'] }
    expect(loop('http://h:9102/api,http://H:9102/', names)).toBe(`http://h:9102/api,http://H:9102/,${US}`)
  })
  test('our own name is left out too where it looks like the destination', () => {
    expect(loop('http://a:1', { url: 'http://relay.example.com:80' })).toBe('http://a:1')
  })
  test.each(['relay', 'http'] as const)('a destination of kind %s compares exactly and gets them all', (kind) => {
    expect(loop('http://h:91021', { ...north, kind })).toBe(`http://h:91021,${US}`)
  })
})
