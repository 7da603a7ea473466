import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { waitFor } from '../support/wait.js'
import { runCommand, runRemote } from './command.js'
import { KEY, killAll, type RelayProcess, startRelay } from './relay.js'

afterEach(killAll)

async function world() {
  const relay = await startRelay({ destinations: [] })
  const env = { ALERTA_RELAY_URL: relay.url, ALERTA_RELAY_KEY: KEY }
  return { relay, run: (...args: string[]) => runRemote(env, ...args) }
}

const use = (relay: RelayProcess, key: string) => relay.alert({ text: key }, { authorization: `Key ${key}` })

test('a key is made, used, rotated and revoked without a restart, and outlives one', async () => {
  const { relay, run } = await world()
  const made = await run('key', 'create', '--scopes', 'write:alerts', '--text', 'probe', '--expires', '90d')
  expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining('the key probe') })
  const first = made.stdout.trim()
  expect((await use(relay, first)).status).toBe(201)
  expect(await relay.action('x', 'ack', { authorization: `Key ${first}` })).toMatchObject({ status: 200 })
  const [listed] = (await run('key', 'list', '--json')).stdout.trim().split('\n')
  expect(JSON.parse(listed ?? '')).toMatchObject({
    ...{ text: 'probe', scopes: ['write:alerts'], createdBy: 'key test', uses: 2, expired: false },
    prefix: first.slice(0, 8),
  })

  await relay.kill()
  await relay.restart()
  expect((await use(relay, first)).status).toBe(201)
  const second = (await run('key', 'rotate', 'probe', '--overlap', '1s')).stdout.trim()
  expect((await use(relay, second)).status).toBe(201)
  await waitFor(
    'the old key to end',
    () => use(relay, first),
    ({ status }) => status === 401,
  )
  const ids = (await run('key', 'list', '--json')).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(await run('key', 'revoke', 'probe')).toMatchObject({ code: 1, stderr: expect.stringContaining('several') })
  expect((await run('key', 'revoke', ids[1].id)).code).toBe(0)
  expect(await use(relay, second)).toMatchObject({ status: 401, body: { message: 'API key is invalid' } })

  const everything = relay.output() + readFileSync(`${relay.dir}/relay.db`) + (await run('audit', '--json')).stdout
  for (const secret of [first, second]) expect(everything).not.toContain(secret)
})

test('the commands of Alerta’s own CLI about keys find what they ask for', async () => {
  const { relay } = await world()
  const ask = async (method: string, path: string, body?: object, key = KEY) => {
    const answer = await fetch(relay.url + path, {
      method,
      headers: { authorization: `Key ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> }
  }
  const made = await ask('POST', '/key', { user: 'ops', scopes: ['read:alerts'], text: 'k', customer: null, key: null })
  const { key, data } = made.json as { key: string; data: Record<string, unknown> }
  expect([made.status, data]).toEqual([201, expect.objectContaining({ key, text: 'k', type: 'read-only', count: 0 })])
  expect((await ask('GET', '/alerts', undefined, key)).status).toBe(200)
  const { keys } = (await ask('GET', '/keys')).json as { keys: Record<string, unknown>[] }
  expect(keys.map(({ text, status, count }) => [text, status, count])).toEqual([
    ['test', 'active', null],
    ['peer', 'active', null],
    ['k', 'active', 1],
  ])
  expect(JSON.stringify(keys)).not.toContain(key)
  expect((await ask('POST', '/key', { scopes: ['admin'] }, key)).status).toBe(403)
  expect((await ask('POST', '/key', { scopes: ['read'], key: 'short' })).status).toBe(400)
  // else the audit would tell what it does as another's
  expect((await ask('POST', '/key', { scopes: ['read'], text: 'test' })).status).toBe(409)
  expect((await ask('DELETE', `/key/${key}`)).json).toEqual({ status: 'ok' })
  expect((await ask('DELETE', `/key/${key}`)).status).toBe(404)
  expect((await ask('GET', '/alerts', undefined, key)).status).toBe(401)
  const { stdout } = await runCommand(relay.dir, 'audit', '--json')
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { command: 'key create', who: 'key test', result: 'done' },
    { command: 'key create', who: 'key test', result: 'refused', why: 'another key is called test' },
    { command: 'key revoke', who: 'key test', result: 'done' },
  ])
  expect(stdout).not.toContain(key)
})
