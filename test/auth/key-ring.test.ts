import { expect, test } from 'vitest'
import { createAuthenticator } from '../../src/auth/credentials.js'
import { createKeyRing, type KeyRing, type MadeKey, type NewKey } from '../../src/auth/key-ring.js'
import type { Log } from '../../src/base/log.js'
import type { KeptKey } from '../../src/model/api-key.js'
import { randomIds } from '../../src/model/ids.js'
import { authConfig, request, stoppedClock } from './request.js'

const DAY_MS = 86_400_000
const NEW: NewKey = {
  ...{ text: 'probe', scopes: ['write:alerts'], customers: [], peer: false, expiresAt: null, by: 'key boss' },
}

/** A key ring, the store behind it, and what signs in by both. */
function world(kept: readonly KeptKey[] = []) {
  const clock = stoppedClock()
  const rows = new Map(kept.map((key) => [key.id, key]))
  const writes: string[] = []
  let broken = false
  let made = 0
  const note = (what: string) => {
    if (broken) throw new Error('disk is full')
    writes.push(what)
  }
  const log = { debug: (_: object, text: string) => void writes.push(text) } as Log
  const ring = createKeyRing({
    ...{ kept, ids: randomIds, clock, log },
    randomBytes: (size) => Buffer.alloc(size, ++made),
    keeping: {
      async add(key, replaces) {
        note(`add${replaces === undefined ? '' : ' and end'}`)
        rows.set(key.id, key)
      },
      async remove(id) {
        note('remove')
        rows.delete(id)
      },
      async used(_, __, times) {
        note(`used ${times}`)
      },
    },
  })
  const auth = authConfig({ api_keys: [{ key: 'configured', scopes: ['read'], text: 'configured' }] })
  const authenticate = createAuthenticator({ auth, ownNames: [], clock, spend: async () => true, keyRing: ring })
  const use = (secret: string) => authenticate(request({ xApiKey: secret }))
  const make = async (more: Partial<NewKey> = {}) => (await ring.make({ ...NEW, ...more })) as MadeKey
  return { clock, ring, rows, writes, use, make, fail: (is: boolean) => (broken = is) }
}

/** After whatever was begun has been written. */
const later = () => new Promise((resolve) => setImmediate(resolve))

test('a key works as soon as it is made and no longer than until it is revoked; those of the configuration stay', async () => {
  const { ring, use, make } = world()
  const { key, secret } = await make({ customers: ['acme'], peer: true })
  expect(await use(secret)).toMatchObject({
    ok: true,
    principal: { name: 'key probe', scopes: ['write:alerts'], customers: ['acme'], peer: true },
  })
  expect(await use('configured')).toMatchObject({ ok: true, principal: { name: 'key configured' } })
  expect(await ring.revoke(key.id)).toBe(true)
  expect(await use(secret)).toMatchObject({ ok: false, status: 401, message: 'API key is invalid' })
  expect(await ring.revoke(key.id)).toBe(false)
  expect(await use('configured')).toMatchObject({ ok: true })
})

test('the secret is kept nowhere: not in what is written, not in any list', async () => {
  const { ring, rows, make } = world()
  const { secret } = await make()
  expect(secret).toMatch(/^ar_[\w-]{43}$/)
  const kept = JSON.stringify([...rows.values(), ring.list()])
  expect(kept).not.toContain(secret)
  expect(kept).toContain(`"prefix":"${secret.slice(0, 8)}"`)
  expect(JSON.stringify(ring.list())).not.toContain('digest')
})

test('of a key that somebody chose three characters are shown, and it is there once', async () => {
  const { ring, use, make } = world()
  const { key, secret } = await make({ secret: 'chosen-by-somebody' })
  expect([secret, key.prefix]).toEqual(['chosen-by-somebody', 'cho'])
  expect(await use(secret)).toMatchObject({ ok: true })
  expect(await ring.make({ ...NEW, secret })).toBe('taken')
  expect(ring.get(secret)).toEqual(ring.get(key.id))
  const both = [1, 2].map(() => ring.make({ ...NEW, secret: 'chosen-by-two-at-once' }))
  expect(await Promise.all(both)).toEqual([{ key: expect.anything(), secret: 'chosen-by-two-at-once' }, 'taken'])
})

test('a key that was made before a restart works after it', async () => {
  const { rows, make } = world()
  const { secret } = await make()
  expect(await world([...rows.values()]).use(secret)).toMatchObject({ ok: true })
})

test('a key that is over is told so, and one whose end nears stands on a list', async () => {
  const { clock, ring, use, make } = world()
  const { secret } = await make({ expiresAt: clock.now() + 20 * DAY_MS })
  await make({ text: 'endless' })
  expect(ring.expiring(14 * DAY_MS)).toEqual([])
  clock.move(6 * DAY_MS)
  expect(ring.expiring(14 * DAY_MS)).toMatchObject([{ text: 'probe' }])
  clock.move(14 * DAY_MS - 1)
  expect(await use(secret)).toMatchObject({ ok: true })
  clock.move(1)
  expect(await use(secret)).toMatchObject({ ok: false, status: 401, message: 'API key is invalid: it has expired' })
  expect(ring.expiring(14 * DAY_MS)).toHaveLength(1)
  clock.move(14 * DAY_MS + 1)
  expect(ring.expiring(14 * DAY_MS), 'nobody missed it').toEqual([])
})

test('rotating gives a key with the same rights and life; the old one works until the overlap is over', async () => {
  const { clock, ring, use, make, writes } = world()
  const old = await make({ expiresAt: clock.now() + 90 * DAY_MS, customers: ['acme'] })
  clock.move(80 * DAY_MS)
  const next = (await ring.rotate(old.key.id, DAY_MS, 'key boss')) as MadeKey
  expect(next.key).toMatchObject({ text: 'probe', scopes: ['write:alerts'], customers: ['acme'], uses: 0 })
  expect(next.key.expiresAt).toBe(clock.now() + 90 * DAY_MS)
  expect(writes).toEqual(['add', 'add and end'])
  for (const { secret } of [old, next]) expect(await use(secret)).toMatchObject({ ok: true })
  clock.move(DAY_MS)
  expect(await use(old.secret)).toMatchObject({ ok: false })
  expect(await use(next.secret)).toMatchObject({ ok: true })
  expect(await ring.rotate('nobody', DAY_MS, 'key boss')).toBeUndefined()
})

test('a key that was rotated wakes nobody when it ends, unless somebody still uses it before', async () => {
  const { clock, ring, use, make } = world()
  const old = await make()
  await make({ text: 'alone', expiresAt: clock.now() + 3 * DAY_MS })
  clock.move(DAY_MS)
  await use(old.secret)
  clock.move(1)
  await ring.rotate(old.key.id, DAY_MS, 'key boss')
  const told = () => ring.expiring(7 * DAY_MS).map(({ text }) => text)
  expect(told()).toEqual(['alone'])
  clock.move(1)
  await use(old.secret)
  expect(told()).toEqual(['probe', 'alone'])
  clock.move(DAY_MS)
  expect(told(), 'it is over').toEqual(['alone'])
  // another one of the same name is no successor
  await make({ text: 'alone', scopes: ['read'] })
  expect(told()).toEqual(['alone'])
})

test('rotating does not let the old key live longer than it would have', async () => {
  const { clock, ring, make } = world()
  const end = clock.now() + 1_000
  const { key } = await make({ expiresAt: end })
  await ring.rotate(key.id, DAY_MS, 'key boss')
  expect(ring.get(key.id)?.expiresAt).toBe(end)
})

test('a key that is used all the time costs one write a minute, and no use is lost at the end', async () => {
  const { clock, ring, use, make, writes } = world()
  const { key, secret } = await make()
  for (let i = 0; i < 50; i += 1) await use(secret)
  await later()
  expect(writes).toEqual(['add', 'used 1'])
  clock.move(60_000)
  for (let i = 0; i < 50; i += 1) await use(secret)
  await later()
  expect(writes).toEqual(['add', 'used 1', 'used 50'])
  await ring.flush()
  expect(writes).toEqual(['add', 'used 1', 'used 50', 'used 49'])
  expect(ring.get(key.id)).toMatchObject({ uses: 100, lastUsedAt: clock.now() })
})

const revoked = (ring: KeyRing) => ring.revoke(ring.list()[0]?.id ?? '')

test('where the store cannot be written keys go on as they were, and senders notice nothing', async () => {
  const { clock, ring, use, make, writes, fail } = world()
  const { secret } = await make()
  await use(secret)
  fail(true)
  clock.move(60_000)
  expect(await use(secret)).toMatchObject({ ok: true })
  await later()
  expect(writes.at(-1)).toBe('use of a key not written')
  await expect(make()).rejects.toThrow('disk is full')
  await expect(revoked(ring)).rejects.toThrow('disk is full')
  expect(ring.list()).toHaveLength(1)
  expect(await use(secret)).toMatchObject({ ok: true })
  fail(false)
  await ring.flush()
  expect(writes.at(-1)).toBe('used 2')
})
