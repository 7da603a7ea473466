import { describe, expect, test } from 'vitest'
import { ALERT, sentBody, startIngress } from './server.js'

const NONE = { Authorization: '' }

describe('who may do what', () => {
  const auth = {
    required: false,
    anonymous: ['write:alerts'],
    api_keys: [
      { key: 'read-key', scopes: ['read'] },
      { key: 'acme-key', scopes: ['write'], customers: ['acme'] },
      { key: 'both-key', scopes: ['write'], customers: ['acme', 'globex'] },
      { key: 'relay-key', scopes: ['write'], peer: true },
    ],
  }
  const key = (name: string) => ({ Authorization: `Key ${name}-key` })

  test('a missing scope is named', async () => {
    const { send, drafts } = await startIngress({ auth })
    const message = async (path: string, method: string, headers: Record<string, string>) =>
      (await send(path, { method, headers, ...(method === 'DELETE' ? {} : { body: ALERT }) })).json.message
    expect(await message('/alert', 'POST', key('read'))).toBe('Missing required scope: write:alerts')
    expect(await message('/alert/x/action', 'PUT', key('read'))).toBe('Missing required scope: write:alerts')
    expect(await message('/alert/x', 'DELETE', NONE)).toBe('Missing required scope: delete:alerts')
    expect(await message('/heartbeat', 'POST', NONE)).toBe('Missing required scope: write:heartbeats')
    expect(drafts).toEqual([])
  })

  test('who opens the web UI of a relay to which anybody may write is asked to log in', async () => {
    const { send } = await startIngress(
      { auth },
      { management: (api, gate) => void api.get('/alerts', gate('read:alerts'), (c) => c.json({})) },
    )
    const asked = (name?: string) => send('/alerts', { method: 'GET', headers: name === undefined ? NONE : key(name) })
    expect(await asked()).toMatchObject({ status: 401, json: { message: 'Missing required scope: read:alerts' } })
    expect((await asked('read')).status).toBe(200)
    const refused = await send('/alert', { headers: key('read'), body: ALERT })
    expect(refused.status).toBe(403)
  })

  test('anonymous writes alerts where that is written out', async () => {
    const { send, drafts } = await startIngress({ auth })
    expect((await send('/alert', { headers: NONE, body: ALERT })).status).toBe(201)
    expect(drafts[0]).toMatchObject({ credential: 'anonymous' })
  })

  test('a key bound to a customer writes for that customer', async () => {
    const { send, drafts } = await startIngress({ auth })
    const answer = await send('/alert', { headers: key('acme'), body: { ...ALERT, customer: null } })
    expect(answer.json.alert).toMatchObject({ customer: 'acme' })
    expect(sentBody(drafts[0]).customer).toBe('acme')
    expect(drafts[0]).toMatchObject({ alert: { customer: 'acme' } })
    await send('/heartbeat', { headers: key('acme'), body: { origin: 'x' } })
    expect(sentBody(drafts[1]).customer).toBe('acme')
    expect(drafts[1]).toMatchObject({ customer: 'acme' })
  })

  test.each([
    ['acme', { customer: 'globex' }, 400],
    ['both', {}, 400],
    ['both', { customer: 'globex' }, 201],
    ['relay', { customer: 'globex' }, 201],
  ])('key %s with %j: %i', async (name, customer, status) => {
    const { send } = await startIngress({ auth })
    for (const path of ['/alert', '/heartbeat']) {
      expect((await send(path, { headers: key(name), body: { ...ALERT, ...customer } })).status).toBe(status)
    }
  })

  test('a wrong key is refused though none is needed, and is not repeated', async () => {
    const { send, lines } = await startIngress({ auth })
    for (const [path, headers] of [
      ['/alert', { Authorization: 'Key secret-guess' }],
      ['/alert', { ...NONE, 'X-API-Key': 'secret-guess' }],
      ['/alert?api-key=secret-guess', NONE],
    ] as const) {
      const answer = await send(path, { headers, body: ALERT })
      expect(answer.status).toBe(401)
      expect(answer.text + JSON.stringify(answer.headers)).not.toContain('secret-guess')
    }
    expect(JSON.stringify(lines)).not.toContain('secret-guess')
  })
})
