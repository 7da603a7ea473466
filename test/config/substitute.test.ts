import { expect, test } from 'vitest'
import { substitute } from '../../src/config/substitute.js'

const env = { NAME: 'value', EMPTY: '', YAML: 'a: "b" # [c]', NESTED: '${NAME}' }

test.each([
  ['${NAME}', 'value'],
  ['http://${NAME}:80/${NAME}', 'http://value:80/value'],
  ['${MISSING:-other}', 'other'],
  ['${EMPTY:-other}', 'other'],
  ['${NAME:-other}', 'value'],
  ['${MISSING:-}', ''],
  ['${EMPTY}', ''],
  ['${MISSING:-http://a:1/b}', 'http://a:1/b'],
  ['$${NAME}', '${NAME}'],
  ['$$${NAME}', '$${NAME}'],
  ['$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA', '$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA'],
  ['$NAME', '$NAME'],
])('%s becomes %s', (text, expected) => {
  expect(substitute(text, env)).toEqual({ value: expected, faults: [] })
})

test('a variable is put in as it is: its content is neither YAML nor substituted again', () => {
  expect(substitute(['${YAML}', '${NESTED}'], env).value).toEqual(['a: "b" # [c]', '${NAME}'])
})

test('keys, numbers and booleans stay', () => {
  const value = { '${NAME}': 1, flag: true, nothing: null }
  expect(substitute(value, env)).toEqual({ value, faults: [] })
})

test.each([
  ['${MISSING}', 'the environment variable MISSING is not set'],
  ['${constructor}', 'the environment variable constructor is not set'],
  ['${not-a-name}', 'write $${ for a literal ${'],
  ['${NAME', 'write $${ for a literal ${'],
  ['${}', 'write $${ for a literal ${'],
])('%s is a problem at its place', (text, message) => {
  const { faults } = substitute({ list: ['fine', { secret: text }] }, env)
  expect(faults).toEqual([{ path: ['list', 1, 'secret'], message: expect.stringContaining(message) }])
})
