import Hawk from 'hawk'
import { describe, expect, test } from 'vitest'
import { createHawkCheck } from '../../src/auth/hawk-check.js'
import { ownNames } from '../../src/auth/own-names.js'
import type { AuthRequest } from '../../src/auth/verdict.js'
import { authConfig, request, stoppedClock } from './request.js'

const SECRET = 'mlm1-secret'
const BODY = Buffer.from('{"resource":"réseau"}')
const clock = stoppedClock(Date.UTC(2026, 5, 1))
const names = ownNames({
  base_url: 'https://relay.example.com/api',
  also_known_as: ['http://relay:8080'],
  listen: { host: '127.0.0.1', port: 9000 },
})

function check() {
  const spent = new Map<string, number>()
  const { hmac } = authConfig({
    hmac: [
      { key: 'mlm1', secret: SECRET },
      { key: 'old', secret: 'x', algorithm: 'sha1' },
    ],
  })
  const spend = async (nonce: string, expiresAt: number) => {
    if (spent.has(nonce)) return false
    spent.set(nonce, expiresAt)
    return true
  }
  return { verify: createHawkCheck({ hmac, names, clock, spend }), spent }
}

interface Signing {
  url?: string
  method?: string
  secret?: string
  id?: string
  at?: number
  payload?: Buffer
  algorithm?: 'sha256' | 'sha1'
}

const sign = ({
  url = 'http://relay:8080/alert',
  method = 'POST',
  secret = SECRET,
  id = 'mlm1',
  at = 0,
  ...rest
}: Signing = {}) =>
  Hawk.client.header(url, method, {
    credentials: { id, key: secret, algorithm: rest.algorithm ?? 'sha256' },
    timestamp: Math.floor(clock.now() / 1000) + at,
    ...(rest.payload === undefined ? {} : { payload: rest.payload, contentType: 'application/json' }),
  }).header

const signed = (signing: Signing = {}, parts: Partial<AuthRequest> = {}) =>
  request({ authorization: sign({ payload: BODY, ...signing }), body: async () => BODY, ...parts })

describe('a good signature is accepted', () => {
  const cases: [string, AuthRequest][] = [
    ['with its body', signed()],
    ['with a charset in the content type', signed({}, { contentType: 'application/json; charset=utf-8' })],
    ['without a body', request({ method: 'DELETE', authorization: sign({ method: 'DELETE' }) })],
    [
      'with the query as it came',
      signed({ url: 'http://relay:8080/alert?b=%C3%A9&a' }, { target: '/alert?b=%C3%A9&a' }),
    ],
    ['for base_url, though the proxy rewrote Host', signed({ url: 'https://relay.example.com/alert' })],
    ['for base_url, though the proxy stripped its path', signed({ url: 'https://relay.example.com/api/alert' })],
    [
      'for localhost on a loopback listener',
      signed({ url: 'http://localhost:9000/alert' }, { host: 'localhost:9000' }),
    ],
    ['for [::1] on a loopback listener', signed({ url: 'http://[::1]:9000/alert' }, { host: '[::1]:9000' })],
    ['299 seconds old', signed({ at: -299 })],
    ['299 seconds ahead', signed({ at: 299 })],
    ['with sha1 where configured', signed({ id: 'old', secret: 'x', algorithm: 'sha1' })],
  ]
  test.each(cases)('%s', async (_, sent) => {
    expect(await check().verify(sent)).toMatchObject({ ok: true, principal: { name: expect.stringMatching(/^hawk /) } })
  })

  test('and may do everything, as with Alerta', async () => {
    const verdict = await check().verify(signed())
    expect(verdict).toMatchObject({ principal: { name: 'hawk mlm1', scopes: ['admin', 'read', 'write'] } })
  })
})

describe('a bad signature is denied and teaches nothing', () => {
  const tampered = async () => Buffer.from('{"resource":"other"}')
  const garbled = (from: RegExp, to: string) => signed({}, { authorization: sign({ payload: BODY }).replace(from, to) })
  const cases: [string, AuthRequest, RegExp][] = [
    ['wrong secret', signed({ secret: 'guess' }), /MAC does not match/],
    ['unknown id', signed({ id: 'nobody' }), /MAC does not match/],
    ['other path', signed({ url: 'http://relay:8080/heartbeat' }), /MAC/],
    ['other method', signed({ method: 'PUT' }), /MAC/],
    ['other port', signed({ url: 'http://relay:8081/alert' }), /MAC/],
    ["another server's name, also in Host", signed({ url: 'http://evil:8080/alert' }, { host: 'evil:8080' }), /MAC/],
    ['query added on the way', signed({}, { target: '/alert?x=1' }), /MAC/],
    ['changed body', signed({}, { body: tampered }), /payload hash does not match/],
    ['a body without a hash', request({ authorization: sign(), body: async () => BODY }), /payload hash is missing/],
    ['301 seconds old', signed({ at: -301 }), /stale/],
    ['301 seconds ahead', signed({ at: 301 }), /stale/],
    ['no attributes', request({ authorization: 'Hawk garbage' }), /malformed/],
    ['an unknown attribute', garbled(/$/, ', x="y"'), /malformed/],
    ['a missing attribute', garbled(/ts="\d+", /, ''), /malformed/],
  ]
  test.each(cases)('%s', async (_, sent, message) => {
    const { verify, spent } = check()
    const verdict = await verify(sent)
    expect(verdict).toMatchObject({ ok: false, status: 401, message: expect.stringMatching(message) })
    expect(JSON.stringify(verdict)).not.toMatch(/[A-Za-z0-9+/]{27}=/)
    expect(spent.size).toBe(0)
  })

  test('a timestamp that is no number, signed with the right secret', async () => {
    const { header } = Hawk.client.header('http://relay:8080/alert', 'DELETE', {
      credentials: { id: 'mlm1', key: SECRET, algorithm: 'sha256' },
      timestamp: 'soon' as unknown as number,
    })
    expect(await check().verify(request({ method: 'DELETE', authorization: header }))).toMatchObject({ ok: false })
  })
})

test('a request cannot be replayed as long as its timestamp is good', async () => {
  const { verify, spent } = check()
  const sent = signed({ at: 299 })
  expect(await verify(sent)).toMatchObject({ ok: true })
  expect(await verify(sent)).toMatchObject({ ok: false, message: 'Hawk nonce was used before' })
  expect(Math.min(...spent.values())).toBeGreaterThanOrEqual(clock.now() + (299 + 300) * 1000)
})

test('a stranger cannot make the relay read a body', async () => {
  let reads = 0
  const body = async () => {
    reads++
    return BODY
  }
  await check().verify(signed({ secret: 'guess' }, { body }))
  expect(reads).toBe(0)
})

test('a store that cannot note the nonce lets nobody in', async () => {
  const { hmac } = authConfig({ hmac: [{ key: 'mlm1', secret: SECRET }] })
  const verify = createHawkCheck({ hmac, names, clock, spend: () => Promise.reject(new Error('disk')) })
  await expect(verify(signed())).rejects.toThrow('disk')
})
