import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { describe } from '../../src/config/describe.js'
import { load, RIGHT } from './loading.js'

test('the effective configuration is a file that says the same, but for its secrets', () => {
  const { config } = load(`${RIGHT}listen: "[::1]:8080"
destinations:
  - name: mom1
    kind: http
    url: https://mom1.example.com/api/
    auth: { type: basic, username: a, password: b }
    match: { severity: critical, attributes.region: ['eu-*', '!eu-west'] }
    accept: [200, 202-204]
    timeout: 1.5s
    queue: { bytes: 1536KiB }`)
  const written = describe(config)
  expect(load(written).config).toEqual({ ...config, operators: { ...config.operators, http: true } })
  expect(parse(written).destinations[0]).toMatchObject({
    url: 'https://mom1.example.com/api',
    auth: { password: '***' },
    match: { severity: ['critical'] },
    accept: [200, '202-204'],
    timeout: '1500ms',
    queue: { rows: 1_000_000, bytes: '1536KiB' },
  })
})

test.each([
  [RIGHT, true],
  ['auth: { required: false }\n', false],
  [`${RIGHT}operators: { http: false }\n`, false],
])('it says whether operators are answered on its own port, also where the file does not: %j', (text, http) => {
  expect(parse(describe(load(text).config)).operators).toEqual({ http, hosts: [] })
})

test('no secret of any kind is written', () => {
  const env = Object.fromEntries(
    ['ADMIN_KEY', 'SECRET_KEY', 'MLM1_SECRET', 'SENDER_TOKEN', 'MOM1_SECRET', 'CORE_TOKEN', 'TICKETS_PASSWORD'].map(
      (name) => [name, `s3cr3t-${name}`],
    ),
  )
  const hash = '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$s3cr3t'
  const example = readFileSync('config/relay.example.yaml', 'utf8')
  const written = describe(load(example, { ...env, OPS_PASSWORD_HASH: hash }).config)
  expect(written.match(/\*\*\*/g)).toHaveLength(8)
  expect(written).not.toContain('s3cr3t')
})
