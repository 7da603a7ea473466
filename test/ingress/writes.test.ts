import { describe, expect, test } from 'vitest'
import type { AppDeps } from '../../src/ingress/app.js'
import { randomIds } from '../../src/model/ids.js'
import { ADMIN, ALERT, BASE_URL, JSON_TYPE, sentBody, startIngress } from './server.js'

const NONE = { Authorization: '' }

describe('a message is taken in', () => {
  test('as it came, with an id and a createTime where they were missing', async () => {
    const { send, drafts } = await startIngress()
    const body = '{ "resource":"r", "event":"E",\n "unknown": [1.0, 12345678901234567890], "id": null }'
    const answer = await send('/alert', { body, headers: JSON_TYPE })
    expect(answer.status).toBe(201)
    const { id, createTime } = sentBody(drafts[0])
    expect(String(drafts[0]?.body)).toBe(
      `{"createTime":"${createTime}", "resource":"r", "event":"E",\n "unknown": [1.0, 12345678901234567890], "id": "${id}" }`,
    )
    expect(answer.json).toMatchObject({ status: 'ok', id, alert: { id, createTime, receiveTime: createTime } })
    expect(drafts[0]).toMatchObject({ kind: 'alert', alertId: id, fromPeer: false, credential: 'key admin', hops: [] })
    expect(drafts[0]).toMatchObject({ sender: '127.0.0.1', requestId: answer.headers['x-request-id'] })
    expect(drafts[0]).toMatchObject({ alert: { resource: 'r', createTime } })
  })

  test('byte for byte where nothing is missing', async () => {
    const { send, drafts } = await startIngress()
    const body = JSON.stringify({ ...ALERT, id: 'my own/id', createTime: '2026-01-02T03:04:05.123456Z', text: 'é' })
    const answer = await send('/alert', { body, headers: JSON_TYPE })
    expect(String(drafts[0]?.body)).toBe(body)
    expect(answer.json).toMatchObject({ id: 'my own/id', alert: { href: `${BASE_URL}/alert/my%20own%2Fid` } })
  })

  test('with a date that Alerta would ignore replaced by the time it came', async () => {
    const { send, drafts } = await startIngress()
    await send('/alert', { body: { ...ALERT, id: 'i', createTime: 1_700_000_000 } })
    expect(sentBody(drafts[0]).createTime).toMatch(/^\d{4}-.*Z$/)
  })

  test('an action, with its bytes and its decoded id', async () => {
    const { send, drafts } = await startIngress()
    const body = '{"action" : "ack", "text":"mine", "timeout": 60}'
    const answer = await send('/alert/a%2Fb%20c/action', { method: 'PUT', body, headers: JSON_TYPE })
    expect([answer.status, answer.json]).toEqual([200, { status: 'ok' }])
    expect(drafts[0]).toMatchObject({ kind: 'action', alertId: 'a/b c', action: 'ack', text: 'mine', timeout: 60 })
    expect(String(drafts[0]?.body)).toBe(body)
  })

  test('a delete, whatever it carries', async () => {
    const { send, drafts } = await startIngress()
    const answer = await send('/alert/abc', { method: 'DELETE', body: '{not json', headers: JSON_TYPE })
    expect([answer.status, answer.json]).toEqual([200, { status: 'ok' }])
    expect(drafts[0]).toMatchObject({ kind: 'delete', alertId: 'abc', body: null })
  })

  test('a heartbeat, with the time it came and no id', async () => {
    const { send, drafts } = await startIngress()
    const answer = await send('/heartbeat', { body: { origin: 'lab/hb', timeout: 5 } })
    expect(answer).toMatchObject({ status: 201, json: { status: 'ok', heartbeat: { origin: 'lab/hb', latency: 0 } } })
    expect(drafts[0]).toMatchObject({ kind: 'heartbeat', origin: 'lab/hb', timeout: 5, customer: null })
    expect(Object.keys(sentBody(drafts[0])).sort()).toEqual(['createTime', 'origin', 'timeout'])
  })

  test('a heartbeat that took long on its way is slow', async () => {
    const { send } = await startIngress()
    const answer = await send('/heartbeat', { body: { origin: 'x', createTime: '2026-01-02T03:04:05.000Z' } })
    expect(answer.json.heartbeat).toMatchObject({ status: 'slow', createTime: '2026-01-02T03:04:05.000Z' })
  })

  test('with an id in the URL that no peer could be sent: refused', async () => {
    const { send, drafts } = await startIngress()
    expect(await send('/alert/a%00b', { method: 'DELETE' })).toMatchObject({ status: 400 })
    expect(drafts).toEqual([])
  })
})

describe('where it is served', () => {
  test.each(['/alert', '/api/alert', '/alerta/relay/alert'])('%s', async (path) => {
    const { send } = await startIngress({ base_url: 'http://relay.example.com/alerta/relay/' })
    expect((await send(path, { body: ALERT })).status).toBe(201)
  })

  test('?callback= changes nothing', async () => {
    const { send } = await startIngress()
    const answer = await send('/alert?callback=f', { body: ALERT })
    expect(answer.status).toBe(201)
    expect(answer.headers['content-type']).toBe('application/json')
  })

  test('GET /config is open, but not to a wrong key', async () => {
    const { send } = await startIngress()
    const answer = await send('/config', { method: 'GET', headers: NONE })
    expect(answer.json).toMatchObject({
      endpoint: BASE_URL,
      auth_required: true,
      provider: 'basic',
      client_id: null,
      alarm_model: { severity: { critical: 1 } },
      colors: { severity: { critical: 'red' } },
      timeouts: { alert: 86_400 },
    })
    expect((await send('/config', { method: 'GET', headers: { Authorization: 'Key wrong' } })).status).toBe(401)
  })

  test('what else a path can do is said, whichever room does it', async () => {
    const management: AppDeps['management'] = (api) => void api.get('/alert/:id', (c) => c.text('here'))
    const { send } = await startIngress({}, { management })
    const answer = await send('/alert/abc', { method: 'PUT' })
    const allowed = 'DELETE, GET, HEAD, OPTIONS'
    expect(answer).toMatchObject({ status: 405, headers: { allow: allowed }, json: { code: 405 } })
    expect((await send('/alert/abc', { method: 'GET' })).status).toBe(200)
    const options = await send('/heartbeat', { method: 'OPTIONS', headers: NONE })
    expect(options).toMatchObject({ status: 204, headers: { allow: 'POST, OPTIONS' } })
  })

  test('other rooms add their routes, open or behind a scope', async () => {
    const { send } = await startIngress(
      {
        auth: {
          api_keys: [
            { key: 'read-key', scopes: ['read:alerts'] },
            { key: 'admin-key', scopes: ['admin'] },
          ],
        },
      },
      {
        management: (api, gate) => {
          api.get('/management/gtg', (c) => c.text('OK'))
          api.get('/management/status', gate('read:management'), (c) => c.json({ status: 'ok' }))
        },
      },
    )
    const status = async (path: string, headers: Record<string, string>) =>
      (await send(path, { method: 'GET', headers })).status
    expect(await status('/api/management/gtg', NONE)).toBe(200)
    expect(await status('/management/status', NONE)).toBe(401)
    expect(await status('/management/status', { Authorization: 'Key read-key' })).toBe(403)
    expect(await status('/management/status', ADMIN)).toBe(200)
  })
})

test('two messages that come without ids get different ones', async () => {
  const { send, drafts } = await startIngress({}, { ids: randomIds })
  await Promise.all([send('/alert', { body: ALERT }), send('/alert', { body: ALERT })])
  expect(new Set(drafts.flatMap((draft) => [draft.messageId, sentBody(draft).id])).size).toBe(4)
})
