import { hashSync } from '@node-rs/argon2'
import { sign } from 'hono/jwt'
import { expect, test } from 'vitest'
import { createLogin } from '../../src/auth/login.js'
import { createLoginTokens, type LoginTokens } from '../../src/auth/login-token.js'
import { createPasswordCheck } from '../../src/auth/password-check.js'
import { randomIds } from '../../src/model/ids.js'
import { authConfig, stoppedClock } from './request.js'

const COST = { memoryCost: 1024, timeCost: 1, parallelism: 1 }
const HASH = hashSync('right', COST)
const SECRET = 'a-secret-of-16-or-more'
const BASE_URL = 'http://relay.example.com'
const DAY_S = 86_400
const DAY_MS = DAY_S * 1_000

function world(changes: { password_hash?: string; scopes?: string[]; secret_key?: string; baseUrl?: string } = {}) {
  const { password_hash = HASH, scopes = ['read'], secret_key = SECRET, baseUrl = BASE_URL } = changes
  const user = { username: 'ops@example.com', password_hash, scopes, customers: ['acme'] }
  const auth = authConfig({ secret_key, users: [user] })
  const clock = stoppedClock()
  const tokens = createLoginTokens({ auth, baseUrl, clock, ids: randomIds }) as LoginTokens
  const login = createLogin({ passwords: createPasswordCheck({ users: auth.users, clock }), tokens })
  return { tokens, login, clock }
}
const tokenOf = async ({ login }: ReturnType<typeof world>): Promise<string> => {
  const result = await login('ops@example.com', 'right', '192.0.2.1')
  if (!result.ok) throw new Error(result.message)
  return result.token
}

test('a login gives a token that signs its user in, with the scopes and customers of the configuration', async () => {
  const there = world()
  const token = await tokenOf(there)
  expect(await there.tokens.check(token)).toMatchObject({
    ok: true,
    principal: { name: 'user ops@example.com', scopes: ['read'], customers: ['acme'], peer: false },
  })
  const iat = Math.floor(there.clock.now() / 1_000)
  expect(await there.tokens.read(token)).toEqual({
    ...{ iss: `${BASE_URL}/`, typ: 'Bearer', sub: 'ops@example.com', aud: BASE_URL, iat, nbf: iat },
    ...{ exp: iat + 14 * DAY_S, jti: expect.stringMatching(/^[0-9a-f-]{36}$/), name: 'ops@example.com' },
    ...{ preferred_username: 'ops@example.com', email: 'ops@example.com', provider: 'basic', scope: 'read' },
    ...{ customers: ['acme'], pwd: expect.stringMatching(/^[\w-]{16}$/) },
  })
})

test('a login ends after two weeks', async () => {
  const there = world()
  const token = await tokenOf(there)
  there.clock.move(14 * DAY_MS - 1_000)
  expect(await there.tokens.check(token)).toMatchObject({ ok: true })
  there.clock.move(1_000)
  expect(await there.tokens.check(token)).toMatchObject({ ok: false, status: 401, message: 'Token has expired' })
})

test('a login ends with the password, the secret or the server that it was given for; scopes are those of now', async () => {
  const token = await tokenOf(world())
  const same = world({ scopes: ['write'] })
  expect(await same.tokens.check(token)).toMatchObject({ ok: true, principal: { scopes: ['write'] } })
  for (const other of [
    world({ password_hash: hashSync('right', COST) }),
    world({ secret_key: 'another-secret-of-16' }),
    world({ baseUrl: 'http://other.example.com' }),
  ]) {
    expect(await other.tokens.check(token)).toMatchObject({ ok: false, message: 'Token is invalid' })
  }
})

const claims = { sub: 'ops@example.com', aud: BASE_URL, exp: 9_999_999_999 }
const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

test.each([
  ['nothing', ''],
  ['no token', 'x'],
  ['two dots', '..'],
  ['no base64', '%.%.%'],
  ['base64 of no JSON', 'YQ.YQ.YQ'],
  ['an odd number of signs', 'a.b.c'],
  ['no signature', `${base64({ alg: 'none', typ: 'JWT' })}.${base64(claims)}.`],
  ['signed with what everybody knows', await sign(claims, 'changeme', 'HS256')],
  ['signed here for another server', await sign({ ...claims, aud: 'http://other' }, SECRET, 'HS256')],
  ['signed here in another way', await sign(claims, SECRET, 'HS512')],
  ['signed by an Alerta with the same secret and name', await sign(claims, SECRET, 'HS256')],
  ['for a user that there is not', await sign({ ...claims, sub: '__proto__' }, SECRET, 'HS256')],
])('what is no token of ours is refused: %s', async (_, token) => {
  const { tokens } = world()
  expect(await tokens.check(token)).toMatchObject({ ok: false, status: 401, message: 'Token is invalid' })
})

test('a token of which one character was changed is refused', async () => {
  const there = world()
  const token = await tokenOf(there)
  for (const at of [5, token.indexOf('.') + 20, token.lastIndexOf('.') + 3]) {
    const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
    expect(await there.tokens.check(changed)).toMatchObject({ ok: false })
  }
})

test('a wrong password and an unknown user get the same answer, which no browser takes for a question', async () => {
  const { login } = world()
  const wrong = await login('ops@example.com', 'wrong', '192.0.2.1')
  expect(wrong).toMatchObject({ ok: false, status: 401, message: 'Invalid username or password', headers: {} })
  expect(await login('nobody', 'right', '192.0.2.1')).toEqual(wrong)
})

test('after ten wrong passwords in five minutes the next one waits, the right one too; others do not', async () => {
  const { login, clock } = world()
  const guess = (password: string, sender = '192.0.2.1') => login('ops@example.com', password, sender)
  for (let i = 0; i < 10; i += 1) expect(await guess(`guess ${i}`)).toMatchObject({ status: 401 })
  clock.move(60_000)
  expect(await guess('guess')).toMatchObject({ ok: false, status: 429, headers: { 'Retry-After': '240' } })
  expect(await guess('right')).toMatchObject({ ok: false, status: 429 })
  expect(await guess('right', '192.0.2.2')).toMatchObject({ ok: true })
  clock.move(240_000)
  expect(await guess('right')).toMatchObject({ ok: true })
})

test('a sender that tries many names is stopped after a hundred', async () => {
  const { login } = world()
  const statuses: number[] = []
  for (let i = 0; i < 101; i += 1) {
    const result = await login(`user${i}`, 'wrong', '192.0.2.1')
    statuses.push(result.ok ? 200 : result.status)
  }
  expect(statuses).toEqual([...Array(100).fill(401), 429])
})

test('right passwords are not counted', async () => {
  const there = world()
  const tokens = new Set<string>()
  for (let i = 0; i < 30; i += 1) tokens.add(await tokenOf(there))
  expect(tokens.size, 'each has an id of its own').toBe(30)
})
