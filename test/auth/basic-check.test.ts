import { hashSync } from '@node-rs/argon2'
import { expect, test } from 'vitest'
import { createBasicCheck } from '../../src/auth/basic-check.js'
import { createPasswordCheck, type PasswordDeps } from '../../src/auth/password-check.js'
import { authConfig, stoppedClock } from './request.js'

/** Small, for the tests have to wait for it. */
const COST = { memoryCost: 1024, timeCost: 1, parallelism: 1 }
const { users } = authConfig({
  users: [
    { username: 'ops', password_hash: hashSync('pass:word', COST), scopes: ['read', 'write'] },
    { username: 'bob', password_hash: hashSync('other', COST), scopes: ['read'] },
  ],
})
const pair = (text: string) => Buffer.from(text).toString('base64')
const checkOf = (deps: PasswordDeps) => createBasicCheck(createPasswordCheck(deps))
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
  const verdicts = await Promise.all(Array.from({ length: 40 }, (_, i) => basic(pair(`ops:guess${i}`))))
  const statuses = verdicts.map((verdict) => (verdict.ok ? 200 : verdict.status))
  expect(statuses.filter((status) => status === 401)).toHaveLength(34)
  expect(statuses.filter((status) => status === 429)).toHaveLength(6)
  expect(verdicts.at(-1)).toMatchObject({ headers: { 'Retry-After': '1' } })
  expect(await basic(pair('ops:pass:word'))).toMatchObject({ ok: true })
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
