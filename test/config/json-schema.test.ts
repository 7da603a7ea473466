import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { jsonSchema } from '../../src/config/json-schema.js'
import { ROOT } from '../house/source.js'

const validate = new Ajv2020({ strict: false, allErrors: true }).compile(jsonSchema())
const file = (path: string): unknown => parse(readFileSync(`${ROOT}/${path}`, 'utf8'))

test.each(['config/relay.yaml', 'config/relay.example.yaml'])('an editor finds nothing wrong with %s', (path) => {
  validate(file(path))
  expect(validate.errors).toBeNull()
})

test('an editor takes a number and a map for the concurrency', () => {
  const of = (concurrency: unknown) => validate({ destinations: [{ name: 'a', url: 'http://a', concurrency }] })
  expect([4, { start: 2 }, { min: 1, start: 2, max: 8 }].map(of)).toEqual([true, true, true])
})

test.each([
  ['an unknown key', { bas_url: 'http://a' }],
  ['a wrong choice', { destinations: [{ name: 'a', url: 'http://a', kind: 'alert' }] }],
  ['a key that is missing', { destinations: [{ name: 'a' }] }],
  ['a concurrency of none', { destinations: [{ name: 'a', url: 'http://a', concurrency: 0 }] }],
  ['a text where a number belongs', { limits: { hops: 'many' } }],
  ['a credential of two types', { destinations: [{ name: 'a', url: 'http://a', auth: { type: 'hawk', token: 'a' } }] }],
])('an editor marks %s', (_, config) => {
  expect(validate(config)).toBe(false)
})
