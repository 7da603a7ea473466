import { expect, test } from 'vitest'
import { differenceOf, inForce } from '../../src/config/difference.js'
import { load, RIGHT } from './loading.js'

const configOf = (text: string) => load(RIGHT + text).config
const mom1 = (more = '') => `destinations: [{ name: mom1, url: "https://mom1.example.com/api", ${more} }]\n`
const NOTHING = { added: [], changed: [], removed: [], sections: [], later: [] }

test('the same file read again is no difference', () => {
  const text = `${mom1('auth: { type: hawk, key: a, secret: b }')}reject: { origin_blacklist: ["a.*"] }\n`
  expect(differenceOf(configOf(text), configOf(text))).toEqual(NOTHING)
})

test('a credential that was exchanged is a difference, though no secret ever shows', () => {
  const before = configOf(mom1('auth: { type: key, key: secret-one }'))
  const difference = differenceOf(before, configOf(mom1('auth: { type: key, key: secret-two }')))
  expect(difference).toEqual({ ...NOTHING, changed: ['mom1'] })
  expect(JSON.stringify(difference)).not.toContain('secret-')
})

test.each([
  ['a key of a sender', 'auth: { api_keys: [{ key: k2, scopes: [admin] }] }\n', { sections: ['auth'] }],
  ['an environment that is let in', `${RIGHT}reject: { allowed_environments: [Prod] }\n`, { sections: ['reject'] }],
  ['a limit', `${RIGHT}limits: { hops: 7, max_age: 1d }\n`, { later: ['limits.hops', 'limits.max_age'] }],
  ['our own name', `${RIGHT}base_url: http://localhost:8080\n`, { later: ['base_url'] }],
])('%s is a difference', (_, text, expected) => {
  expect(differenceOf(configOf(mom1()), load(mom1() + text).config)).toEqual({ ...NOTHING, ...expected })
})

test('what takes effect at the next start only stays as it is, and all else is the new file', () => {
  const next = configOf(`${mom1('timeout: 3s')}limits: { hops: 7 }\nreject: { require_service: true }\n`)
  const mixed = inForce(configOf(''), next)
  expect(mixed.limits.hops).toBe(32)
  expect(mixed.reject.require_service).toBe(true)
  // otherwise the same would be told as changed at each reload
  expect(differenceOf(mixed, next)).toEqual({ ...NOTHING, later: ['limits.hops'] })
})
