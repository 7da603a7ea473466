import type { LookupAddress } from 'node:dns'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { isPublic } from '../../src/config/network.js'
import { ask } from '../../src/egress/ask.js'
import { createClient } from '../../src/egress/client.js'
import { publicOnly } from '../../src/egress/dial.js'
import type { Resolve } from '../../src/egress/lookup.js'
import { createProbe } from '../../src/egress/probe.js'
import { clientOf, NEVER, POST, post } from './client-of.js'
import { destination, ids, OURS } from './fixtures.js'
import { httpPeer } from './servers.js'

const REFUSED = {
  kind: 'not sent',
  code: 'ERR_PRIVATE_ADDRESS',
  why: 'the address is a private one, and deny_private is true (ERR_PRIVATE_ADDRESS)',
}
const resolver =
  (...addresses: string[]): Resolve =>
  (_hostname, answer) =>
    answer(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )

test.each([
  '127.0.0.1',
  'localhost',
  'LocalHost',
  '2130706433',
  '0x7f.1',
  '0177.0.0.1',
  '127.1',
  '0.0.0.0',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::127.0.0.1]',
])('deny_private: a server on this machine, written as %s, gets no connection', async (host) => {
  const peer = await httpPeer((_request, response) => response.end('{}'))
  expect(await post({ url: `http://${host}:${peer.port}`, deny_private: true })).toEqual(REFUSED)
  expect(peer.connections()).toBe(0)
})

test.each([
  ['private', '10.1.2.3'],
  ['private', '172.16.0.1'],
  ['private', '192.168.0.1'],
  ["a cloud's metadata", '169.254.169.254'],
  ["a carrier's", '100.64.0.1'],
  ['benchmarks', '198.18.0.1'],
  ['broadcast', '255.255.255.255'],
  ['multicast', '224.0.0.1'],
  ['unique local', 'fd12:3456::1'],
  ['link-local', 'fe80::1'],
  ['site-local', 'fec0::1'],
  ['v4-mapped', '::ffff:10.0.0.1'],
  ['v4-compatible', '::a00:1'],
  ['v4-translated', '::ffff:0:10.0.0.1'],
  ['NAT64', '64:ff9b::a00:1'],
  ['local NAT64', '64:ff9b:1::a00:1'],
  ['6to4', '2002:a00:1::1'],
  ['Teredo', '2001:0:a00:1::1'],
])('deny_private: %s (%s) is refused as it stands and as the address of a name', async (_what, address) => {
  const host = address.includes(':') ? `[${address}]` : address
  expect(await post({ url: `http://${host}`, deny_private: true })).toEqual(REFUSED)
  const client = createClient(destination({ url: 'http://north.example.com', deny_private: true }), {
    sign: () => undefined,
    clock: systemClock,
    resolve: resolver(address),
  })
  expect(await client.exchange(POST, NEVER)).toEqual(REFUSED)
  await client.close()
})

test.each(['8.8.8.8', '::ffff:8.8.8.8', '2606:4700::1111'])('%s is public', (address) => {
  expect(isPublic(address)).toBe(true)
})

test('deny_private: of the addresses of a name only the public ones are dialled', () => {
  const got: LookupAddress[] = []
  publicOnly(resolver('10.0.0.1', '8.8.8.8', '::1', '2606:4700::1111'))('north', (_error, addresses) =>
    got.push(...addresses),
  )
  expect(got.map(({ address }) => address)).toEqual(['8.8.8.8', '2606:4700::1111'])
})

test('deny_private: a name that cannot be resolved is told as such', async () => {
  expect(await post({ url: 'http://no-such-host.invalid', deny_private: true })).toMatchObject({
    why: expect.stringContaining('host name'),
  })
})

test('deny_private: the harmless request of a suspended destination is refused too', async () => {
  const peer = await httpPeer((_request, response) => response.end('{"status":"ok"}'))
  const settings = { url: peer.url, deny_private: true } as const
  const probe = createProbe(destination(settings), { client: clientOf(settings), ours: OURS, ids })
  expect(await probe?.(NEVER)).toEqual({ kind: 'ill', why: REFUSED.why })
  expect(peer.connections()).toBe(0)
})

test('deny_private: check --probe is refused too', async () => {
  const peer = await httpPeer((_request, response) => response.end('{}'))
  const answers = await ask(destination({ url: peer.url, deny_private: true }), {
    clock: systemClock,
    ids,
    ours: OURS,
  })
  expect(answers.config).toEqual(REFUSED)
  expect(peer.connections()).toBe(0)
})

test('without deny_private a server on this machine is a destination like any other', async () => {
  const peer = await httpPeer((_request, response) => response.end('{}'))
  expect(await post({ url: `http://localhost:${peer.port}` })).toMatchObject({ kind: 'answer' })
})
