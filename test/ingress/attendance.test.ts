import { expect, test } from 'vitest'
import { createSenders } from '../../src/base/senders.js'
import { ALERT, startIngress } from './server.js'

const auth = { api_keys: [{ key: 'k1', scopes: ['write:alerts'], text: 'probe' }] }

async function attended() {
  const senders = createSenders(() => 0)
  const ingress = await startIngress({ auth }, { senders })
  const post = async (headers: Record<string, string>, body: unknown = ALERT) =>
    (await ingress.send('/alert', { headers, body: body as object })).status
  const shown = () => senders.all().map(({ key, accepted, refused }) => ({ key, accepted, refused }))
  return { ...ingress, post, shown }
}

test('each sender is counted by how its requests ended', async () => {
  const { post, shown, results } = await attended()
  const key = { Authorization: 'Key k1' }
  expect(await post(key)).toBe(201)
  expect(await post(key, { resource: 'web01' })).toBe(400)
  results.push({ kind: 'refused', destination: 'mom1', limit: 'rows' })
  expect(await post(key)).toBe(503)
  expect(await post({ 'X-API-Key': 'guess' })).toBe(401)
  expect(await post({ Authorization: 'Basic bm9ib2R5Omd1ZXNz' })).toBe(401)
  expect(await post({ Authorization: '' })).toBe(401)
  expect(shown()).toEqual([
    { key: 'none from 127.0.0.1', accepted: 0, refused: { 401: 1 } },
    { key: 'basic from 127.0.0.1', accepted: 0, refused: { 401: 1 } },
    { key: 'key from 127.0.0.1', accepted: 0, refused: { 401: 1 } },
    { key: 'key probe', accepted: 1, refused: { 400: 1, 503: 1 } },
  ])
})

test('a credential that was not let in is logged by its kind and its address, never as it was offered', async () => {
  const { post, lines } = await attended()
  await post({ Authorization: 'Key secret-guess' })
  const line = lines.find(({ text }) => text === 'credential refused')
  expect(line?.fields).toMatchObject({ credential: 'key', sender: '127.0.0.1', status: 401, why: 'API key is invalid' })
  expect(JSON.stringify(lines)).not.toContain('secret-guess')
})
