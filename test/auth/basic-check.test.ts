import { hashSync } from '@node-rs/argon2'
import { expect, test } from 'vitest'
import { createBasicCheck } from '../../src/auth/basic-check.js'
import { createLogin } from '../../src/auth/login.js'
import { createLoginTokens, type LoginTokens } from '../../src/auth/login-token.js'
import { createPasswordCheck, type PasswordDeps } from '../../src/auth/password-check.js'
import { randomIds } from '../../src/model/ids.js'
import { authConfig, stoppedClock } from './request.js'

/** Small, for the tests have to wait for it. */
const COST = { memoryCost: 1024, timeCost: 1, parallelism: 1 }
const auth = authConfig({
  secret_key: 'a-secret-of-16-or-more',
  users: [
    { username: 'ops', password_hash: hashSync('pass:word', COST), scopes: ['read', 'write'] },
    { username: 'bob', password_hash: hashSync('other', COST), scopes: ['read'] },
  ],
})
const { users } = auth
const pair = (text: string) => Buffer.from(text).toString('base64')
function checkOf(deps: PasswordDeps) {
  const basic = createBasicCheck(createPasswordCheck(deps))
  return (text: string, sender = '192.0.2.1') => basic(text, sender)
}
const check = () => checkOf({ users, clock: stoppedClock() })

test('a user signs in, also with a colon in the password', async () => {
  expect(await check()(pair('ops:pass:word'))).toMatchObject({ ok: true, principal: { name: 'user ops' } })
})

test.each([
  ['a wrong password', 'ops:wrong'],
  ['an empty password', 'ops:'],
  ['an unknown user', 'nobody:x'],
  ["an unknown user with somebody else's password", 'nobody:pass:word'],
  ["a user with another's password", 'bob:pass:word'],
])('%s is asked to sign in', async (_, text) => {
  const verdict = await check()(pair(text))
  expect(verdict).toMatchObject({ ok: false, status: 401, message: 'Authorization required' })
  expect(verdict).toHaveProperty('headers.WWW-Authenticate', expect.stringMatching(/^Basic realm=/))
})

test.each([
  ['no colon', pair('abc')],
  ['no base64', '%%%'],
])('what is no pair is a bad request: %s', async (_, text) => {
  expect(await check()(text)).toMatchObject({ ok: false, status: 400, message: 'Invalid credentials' })
})

test('a verified pair is remembered for five minutes, a wrong one is not', async () => {
  const clock = stoppedClock()
  const asked: string[] = []
  const basic = checkOf({
    users,
    clock,
    verify: async (_, password) => {
      asked.push(password)
      return password === 'right'
    },
  })
  for (const password of ['right', 'right', 'wrong', 'wrong', 'right']) await basic(pair(`ops:${password}`))
  expect(asked).toEqual(['right', 'wrong', 'wrong'])
  clock.move(5 * 60_000 + 1)
  await basic(pair('ops:right'))
  expect(asked).toEqual(['right', 'wrong', 'wrong', 'right'])
})

test('an unknown user costs a verification like a wrong password', async () => {
  let verified = 0
  const verify = async () => ++verified > 0
  const basic = checkOf({ users, clock: stoppedClock(), verify })
  expect(await basic(pair('nobody:guess'))).toMatchObject({ ok: false, status: 401 })
  expect(verified).toBe(1)
})

test('a flood of wrong passwords is turned away beyond 34 at once', async () => {
  const basic = check()
  const verdicts = await Promise.all(Array.from({ length: 40 }, (_, i) => basic(pair(`ops:guess${i}`), `192.0.2.${i}`)))
  const statuses = verdicts.map((verdict) => (verdict.ok ? 200 : verdict.status))
  expect(statuses.filter((status) => status === 401)).toHaveLength(34)
  expect(statuses.filter((status) => status === 429)).toHaveLength(6)
  expect(verdicts.at(-1)).toMatchObject({ headers: { 'Retry-After': '1' } })
  expect(await basic(pair('ops:pass:word'))).toMatchObject({ ok: true })
})

test('after ten wrong passwords for one name from one address the next guess waits; others do not', async () => {
  const clock = stoppedClock()
  const basic = checkOf({ users, clock })
  for (let i = 0; i < 10; i += 1) expect(await basic(pair(`ops:guess ${i}`))).toMatchObject({ status: 401 })
  clock.move(60_000)
  for (const password of ['guess', 'pass:word']) {
    expect(await basic(pair(`ops:${password}`))).toMatchObject({ status: 429, headers: { 'Retry-After': '240' } })
  }
  expect(await basic(pair('ops:pass:word'), '192.0.2.2')).toMatchObject({ ok: true })
  clock.move(240_000)
  expect(await basic(pair('ops:pass:word'))).toMatchObject({ ok: true })
})

test('whoever signs in all the time with the right password is not locked out by guesses from the same address', async () => {
  const basic = checkOf({ users, clock: stoppedClock() })
  expect(await basic(pair('ops:pass:word'))).toMatchObject({ ok: true })
  for (let i = 0; i < 12; i += 1) await basic(pair(`ops:guess ${i}`))
  expect(await basic(pair('ops:guess'))).toMatchObject({ status: 429 })
  expect(await basic(pair('ops:pass:word'))).toMatchObject({ ok: true })
})

test('guesses by Basic and by login count together', async () => {
  const clock = stoppedClock()
  const passwords = createPasswordCheck({ users, clock })
  const tokens = createLoginTokens({ auth, baseUrl: 'http://relay', clock, ids: randomIds }) as LoginTokens
  const login = createLogin({ passwords, tokens })
  const basic = createBasicCheck(passwords)
  for (let i = 0; i < 5; i += 1) await login('ops', `guess ${i}`, '192.0.2.1')
  for (let i = 5; i < 10; i += 1) await basic(pair(`ops:guess ${i}`), '192.0.2.1')
  expect(await basic(pair('ops:guess'), '192.0.2.1')).toMatchObject({ status: 429 })
  expect(await login('ops', 'guess', '192.0.2.1')).toMatchObject({ status: 429 })
})

test('a crowd with the same right password all get in', async () => {
  const basic = check()
  const verdicts = await Promise.all(Array.from({ length: 100 }, () => basic(pair('ops:pass:word'))))
  expect(verdicts.every((verdict) => verdict.ok)).toBe(true)
})

test('where there are no users nobody signs in', async () => {
  expect(await checkOf({ users: [], clock: stoppedClock() })(pair('ops:pass:word'))).toMatchObject({
    ok: false,
    status: 401,
  })
})
