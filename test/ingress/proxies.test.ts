import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { createOrigins } from '../../src/ingress/proxies.js'

const from = (remoteAddress: string, headers: Record<string, string> = {}) =>
  ({ socket: { remoteAddress }, headers: { host: 'relay:8080', ...headers } }) as unknown as IncomingMessage

const origins = createOrigins({ trusted_proxies: ['10.0.0.0/8', '2001:db8::/32', '192.0.2.7'], use_proxyfix: false })

describe('the sender is who spoke to the outermost trusted proxy', () => {
  test.each([
    ['no proxy', '203.0.113.5', undefined, '203.0.113.5'],
    ['a stranger who claims to be a proxy', '203.0.113.5', '1.2.3.4', '203.0.113.5'],
    ['one proxy', '10.0.0.1', '203.0.113.5', '203.0.113.5'],
    ['one proxy, and a forged entry before it', '10.0.0.1', '6.6.6.6, 203.0.113.5', '203.0.113.5'],
    ['two proxies', '10.0.0.1', '203.0.113.5, 10.2.2.2', '203.0.113.5'],
    ['only proxies', '10.0.0.1', '10.3.3.3, 10.2.2.2', '10.3.3.3'],
    ['a proxy that says nothing', '10.0.0.1', undefined, '10.0.0.1'],
    ['a proxy that does not know', '10.0.0.1', 'unknown', '10.0.0.1'],
    ['garbage before an address', '10.0.0.1', '203.0.113.5, <script>, 10.2.2.2', '10.2.2.2'],
    ['v4 in v6 clothes', '::ffff:10.0.0.1', '::ffff:203.0.113.5', '203.0.113.5'],
    ['addresses with ports', '10.0.0.1', '203.0.113.5:4711', '203.0.113.5'],
    ['v6 with a port', '2001:db8::1', '[2001:4860::8]:4711', '2001:4860::8'],
    ['a single trusted address', '192.0.2.7', '203.0.113.5', '203.0.113.5'],
    ['its neighbour', '192.0.2.8', '203.0.113.5', '192.0.2.8'],
  ])('%s', (_, remote, forwarded, sender) => {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
    expect(origins(from(remote, headers)).sender).toBe(sender)
  })
})

test('host and scheme are believed of trusted proxies only', () => {
  const headers = { 'x-forwarded-host': 'relay.example.com', 'x-forwarded-proto': 'https' }
  expect(origins(from('10.0.0.1', headers))).toMatchObject({ host: 'relay.example.com', scheme: 'https' })
  expect(origins(from('203.0.113.5', headers))).toMatchObject({ host: 'relay:8080', scheme: 'http' })
})

test('use_proxyfix trusts this machine', () => {
  const fixed = createOrigins({ trusted_proxies: [], use_proxyfix: true })
  expect(fixed(from('::1', { 'x-forwarded-for': '203.0.113.5' })).sender).toBe('203.0.113.5')
  expect(fixed(from('127.0.0.1', { 'x-forwarded-for': '203.0.113.5' })).sender).toBe('203.0.113.5')
  expect(fixed(from('10.0.0.1', { 'x-forwarded-for': '203.0.113.5' })).sender).toBe('10.0.0.1')
})
