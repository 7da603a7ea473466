import { describe, expect, test } from 'vitest'
import type { Client } from '../../src/egress/client.js'
import type { Exchange, OutgoingRequest } from '../../src/egress/exchange.js'
import { createProbe } from '../../src/egress/probe.js'
import { answer, destination, ids, OURS } from './fixtures.js'

const NEVER = new AbortController().signal
const HTML = '<html>Sign in</html>'

function probing(kind: 'alerta' | 'relay' | 'http', exchange: Exchange) {
  const asked: OutgoingRequest[] = []
  const client: Client = {
    async exchange(request) {
      asked.push(request)
      return exchange
    },
    perRequest: () => 1,
    stats: () => ({ connected: 0, free: 0, running: 0, queued: 0 }),
    close: async () => {},
  }
  const auth = { type: 'key', key: 's3cret' } as const
  const probe = createProbe(destination({ kind, auth }), { client, ours: OURS, ids: { ...ids, id: () => 'p r' } })
  return { asked, ask: () => probe?.(NEVER) }
}

const error = (message: string) => ({ status: 'error', message })
const refused: Exchange = { kind: 'not sent', code: 'ECONNREFUSED', why: 'connection refused (ECONNREFUSED)' }

describe('of an Alerta', () => {
  test('counts one alert that is not there, for /config needs no credential there', async () => {
    const { asked, ask } = probing('alerta', answer(200, { status: 'ok', total: 0 }))
    expect(await ask()).toEqual({ kind: 'well' })
    expect(asked.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['GET', '/api/alerts/count?id=p%20r', null],
    ])
  })
  test.each([
    ['200', answer(200, { status: 'ok', total: 0 }), { kind: 'well' }],
    ['403: it may not read, but is known', answer(403, error('Missing required scope: read:alerts')), { kind: 'well' }],
    [
      '403 by a proxy',
      answer(403, HTML),
      { kind: 'ill', why: expect.stringContaining('answered 403 with no JSON object') },
    ],
    [
      '401',
      answer(401, error("API key parameter 's3cret' is invalid")),
      { kind: 'ill', why: "answered 401: API key parameter '***' is invalid" },
    ],
    ['a login page', answer(200, HTML), { kind: 'ill', why: expect.stringContaining('answered 200 with') }],
    ['500', answer(500, undefined), { kind: 'ill', why: 'answered 500' }],
    ['refused', refused, { kind: 'ill', why: 'connection refused (ECONNREFUSED)' }],
    [
      'no answer',
      { kind: 'unknown', why: 'no answer within 35 s' } as const,
      { kind: 'ill', why: 'no answer within 35 s' },
    ],
  ])('%s', async (_name, exchange, expected) => {
    expect(await probing('alerta', exchange).ask()).toEqual(expected)
  })
})

describe('of a relay', () => {
  test.each([
    ['200 with an object', answer(200, { severity: {} }), { kind: 'well' }],
    ['401', answer(401, error('API key is invalid')), { kind: 'ill', why: 'answered 401: API key is invalid' }],
    ['a login page', answer(200, HTML), { kind: 'ill', why: 'answered 200' }],
    ['refused', refused, { kind: 'ill', why: 'connection refused (ECONNREFUSED)' }],
  ])('%s', async (_name, exchange, expected) => {
    const { asked, ask } = probing('relay', exchange)
    expect(await ask()).toEqual(expected)
    expect(asked.map(({ method, path }) => [method, path])).toEqual([['GET', '/api/config']])
  })
})

test('an http destination has none', () => {
  expect(
    createProbe(destination({ kind: 'http' }), { client: probing('http', refused) as never, ours: OURS, ids }),
  ).toBeUndefined()
})
