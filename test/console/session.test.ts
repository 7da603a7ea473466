import { hashSync } from '@node-rs/argon2'
import { expect, test } from 'vitest'
import { createPasswordCheck } from '../../src/auth/password-check.js'
import { createSessions, type SigningIn } from '../../src/auth/session.js'
import { authConfig, stoppedClock } from '../auth/request.js'

const COST = { memoryCost: 1024, timeCost: 1, parallelism: 1 }
const HASH = hashSync('right', COST)
const OTHER_HASH = hashSync('changed', COST)
const HOUR_MS = 3_600_000
const HERE = '192.0.2.1'
const OPS: SigningIn = { username: 'ops', password: 'right' }

interface Changes {
  readonly hash?: string
  readonly secret?: string | undefined
  readonly key?: string
  readonly madeUp?: string
  readonly clock?: ReturnType<typeof stoppedClock>
}

function sessionsOf(changes: Changes = {}) {
  const { hash = HASH, key = 'the-key', madeUp = 'made up here', clock = stoppedClock() } = changes
  const secret = 'secret' in changes ? changes.secret : 'a-secret-of-16-or-more'
  const auth = authConfig({
    ...(secret === undefined ? {} : { secret_key: secret }),
    api_keys: [{ key, scopes: ['admin'], text: 'first' }],
    users: [{ username: 'ops', password_hash: hash, scopes: ['read'] }],
  })
  const passwords = createPasswordCheck({ users: auth.users, clock })
  const baseUrl = 'http://relay.example.com'
  return createSessions({ auth, lastsMs: HOUR_MS, madeUp, baseUrl, passwords, keyRing: undefined, clock })
}

async function tokenOf(sessions: ReturnType<typeof sessionsOf>, by: SigningIn = OPS): Promise<string> {
  const opened = await sessions.open(by, HERE)
  if (!opened.ok) throw new Error(opened.message)
  return opened.token
}

test('a user and a key open sessions of their own, which end with their time', async () => {
  const clock = stoppedClock()
  const sessions = sessionsOf({ clock })
  const ofUser = await tokenOf(sessions)
  const ofKey = await tokenOf(sessions, { key: 'the-key' })
  expect(sessions.read(ofUser)).toMatchObject({ principal: { name: 'user ops', scopes: ['read'] } })
  expect(sessions.read(ofKey)).toMatchObject({ principal: { name: 'key first', scopes: ['admin'] } })
  clock.move(HOUR_MS - 1)
  expect(sessions.read(ofUser)).toBeDefined()
  clock.move(1)
  expect(sessions.read(ofUser)).toBeUndefined()
  expect(sessions.read(ofKey)).toBeUndefined()
})

test('what the browser holds says neither the key, nor its digest, nor the user', async () => {
  const sessions = sessionsOf()
  for (const by of [OPS, { key: 'the-key' }]) {
    const bytes = Buffer.from(await tokenOf(sessions, by), 'base64url').toString('latin1')
    expect(bytes).not.toMatch(/the-key|ops|user|key|until/)
  }
})

test('a session ends with the password or the key that it was opened with', async () => {
  const before = sessionsOf()
  const ofUser = await tokenOf(before)
  const ofKey = await tokenOf(before, { key: 'the-key' })
  const after = sessionsOf({ hash: OTHER_HASH, key: 'another-key' })
  expect(after.read(ofUser)).toBeUndefined()
  expect(after.read(ofKey)).toBeUndefined()
})

test('relays with the same secret_key take each others sessions, and no others', async () => {
  const one = sessionsOf({ madeUp: 'made up by one' })
  const token = await tokenOf(one)
  const fellow = sessionsOf({ madeUp: 'made up by another' })
  expect(fellow.read(token)).toBeDefined()
  expect(fellow.name).toBe(one.name)
  expect(sessionsOf({ secret: 'another-secret-of-16' }).read(token)).toBeUndefined()
  expect(sessionsOf({ secret: 'another-secret-of-16' }).name).not.toBe(one.name)
})

test('without a secret_key a restart ends all sessions', async () => {
  const token = await tokenOf(sessionsOf({ secret: undefined, madeUp: 'of this run' }))
  expect(sessionsOf({ secret: undefined, madeUp: 'of this run' }).read(token)).toBeDefined()
  expect(sessionsOf({ secret: undefined, madeUp: 'of the next run' }).read(token)).toBeUndefined()
})

test('what was changed on the way is no session', async () => {
  const sessions = sessionsOf()
  const bytes = Buffer.from(await tokenOf(sessions), 'base64url')
  for (let i = 0; i < bytes.length; i += 1) {
    const changed = Buffer.from(bytes)
    changed[i] = (changed[i] ?? 0) ^ 1
    expect(sessions.read(changed.toString('base64url')), `byte ${i}`).toBeUndefined()
  }
  for (const text of ['', 'x', 'a'.repeat(1_000), bytes.subarray(0, 20).toString('base64url')]) {
    expect(sessions.read(text), text).toBeUndefined()
  }
})

test('who guesses passwords or keys has to wait', async () => {
  const sessions = sessionsOf()
  for (const wrong of [{ username: 'ops', password: 'wrong' }, { key: 'wrong' }]) {
    for (let i = 0; i < 10; i += 1) expect(await sessions.open(wrong, HERE)).toMatchObject({ status: 401 })
    expect(await sessions.open(wrong, HERE)).toMatchObject({ status: 429, headers: { 'Retry-After': '300' } })
  }
  // somebody else is not kept out by it
  expect(await sessions.open({ key: 'the-key' }, '192.0.2.2')).toMatchObject({ ok: true })
})

test('who has the right key gets in, however many wrong ones came from the same address', async () => {
  const sessions = sessionsOf()
  for (let i = 0; i < 20; i += 1) await sessions.open({ key: `wrong ${i}` }, HERE)
  expect(await sessions.open({ key: 'the-key' }, HERE)).toMatchObject({ ok: true })
})
