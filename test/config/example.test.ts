import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Loaded, loadConfig, loadConfigFile } from '../../src/config/load.js'
import { formatProblem } from '../../src/config/problem.js'
import type { Config } from '../../src/config/schema.js'
import { schemaKeys } from './schema-keys.js'

const example = readFileSync('config/relay.example.yaml', 'utf8')
/** The example with every commented default switched on. */
const complete = example.replace(/^( *)#([a-z_]+:)/gm, '$1$2')

const env = {
  ADMIN_KEY: 'an-admin-key',
  SECRET_KEY: 'a-secret-of-16-or-more',
  MLM1_SECRET: 'a-secret',
  SENDER_TOKEN: 'a-token',
  OPS_PASSWORD_HASH: '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNo',
  MOM1_SECRET: 'another-secret',
  CORE_TOKEN: 'another-token',
  TICKETS_PASSWORD: 'a-password',
}

function configOf(loaded: Loaded): Config {
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'))
  return loaded.config
}

test('the example loads without problems or warnings once its variables are set', () => {
  expect(loadConfig(example, env)).toMatchObject({ ok: true, warnings: [] })
})

test('the example asks for exactly the variables it names', () => {
  const loaded = loadConfig(example, {})
  const asked = loaded.ok ? [] : loaded.problems.map(({ message }) => /variable (\w+) is not set/.exec(message)?.[1])
  expect(asked.sort()).toEqual(Object.keys(env).sort())
})

test('the defaults shown in the example are the real ones: switching them on changes nothing', () => {
  expect(complete).not.toBe(example)
  expect(configOf(loadConfig(complete, env))).toEqual(configOf(loadConfig(example, env)))
})

test('every key of the schema stands in the example', () => {
  const shown = new Set<string>()
  collectKeys(parse(complete), '', shown)
  const missing = [...schemaKeys().keys()].filter((key) => !shown.has(key))
  expect(missing).toEqual([])
})

test('npm start runs on loopback with a key, and nothing to complain of', () => {
  const loaded = loadConfigFile('config/relay.yaml', {})
  expect(loaded).toMatchObject({ ok: true, warnings: [] })
  const config = configOf(loaded)
  expect(config.listen).toEqual({ host: '127.0.0.1', port: 8080 })
  expect(config.auth.required).toBe(true)
  expect(config.auth.api_keys.map(({ key }) => key.reveal())).toEqual(['demo-key'])
  expect(config.destinations.map(({ url }) => url)).toEqual(['http://127.0.0.1:8090'])
})

function collectKeys(value: unknown, path: string, into: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collectKeys(item, `${path}[]`, into)
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      collectKeys(inner, path === '' ? key : `${path}.${key}`, into)
    }
  }
  into.add(path)
}
