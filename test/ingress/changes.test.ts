import { describe, expect, test } from 'vitest'
import { noteDraft } from '../support/drafts.js'
import { BASE_URL, sentBody, startIngress } from './server.js'

const AUTH = {
  auth: {
    api_keys: [
      { key: 'admin-key', scopes: ['admin'], text: 'admin' },
      { key: 'peer-key', scopes: ['write'], peer: true },
      { key: 'acme-key', scopes: ['write:alerts'], customers: ['Acme'] },
    ],
  },
}
const key = (name: string) => ({ Authorization: `Key ${name}-key` })

const BODIES = {
  status: { status: 'ack', text: 'mine', timeout: 60 },
  tag: { tags: ['a', 'b'] },
  untag: { tags: ['a'] },
  attributes: { attributes: { owner: 'ops', old: null } },
}

test.each(Object.entries(BODIES))('PUT %s is answered as by Alerta, and its bytes stay', async (kind, body) => {
  const { send, drafts } = await startIngress()
  const text = `{ "extra" : 1, ${JSON.stringify(body).slice(1)}`
  expect(await send(`/alert/x1/${kind}`, { method: 'PUT', body: text })).toMatchObject({
    status: 200,
    json: { status: 'ok' },
  })
  expect(drafts[0]).toMatchObject({ kind, alertId: 'x1', ...body })
  expect(String(drafts[0]?.body)).toBe(text)
})

const WRONG: readonly (readonly [path: string, body: unknown, message: string])[] = [
  ['status', {}, "must supply 'status' as json data"],
  ['status', { status: '' }, "must supply 'status' as json data"],
  ['status', { status: 5 }, 'status must be a string'],
  ['status', { status: 'ack', timeout: 'soon' }, 'timeout must be an integer'],
  ['tag', {}, "must supply 'tags' as json list"],
  ['tag', { tags: [] }, "must supply 'tags' as json list"],
  ['untag', { tags: 'a' }, 'tags must be a list'],
  ['untag', { tags: [1] }, 'tags must be a list of strings'],
  ['attributes', { attributes: {} }, "must supply 'attributes' as json data"],
  ['attributes', { attributes: [1] }, 'attributes must be a JSON object'],
  ['attributes', { attributes: { 'a.b': 1 } }, 'Attribute keys must not contain "." or "$"'],
  ['note', {}, "must supply 'note' text"],
  ['note', { text: 7 }, 'text must be a string'],
  ['note/n1', {}, 'nothing to change'],
  ['note/n1', { text: ['a'] }, 'text must be a string'],
  ['note/%00', { text: 'a' }, 'id must not contain control characters'],
  ['tag', [], 'request body must be a JSON object'],
]

test.each(WRONG)('PUT %s with %j is refused and not journalled', async (path, body, message) => {
  const { send, drafts } = await startIngress()
  const answer = await send(`/alert/x1/${path}`, { method: 'PUT', body: JSON.stringify(body) })
  expect(answer).toMatchObject({ status: 400, json: { status: 'error', code: 400, message } })
  expect(drafts).toEqual([])
})

test('what has been here before is not journalled', async () => {
  const { send, drafts } = await startIngress()
  const headers = { 'x-alerta-loop': BASE_URL }
  const paths = [...Object.keys(BODIES).map((kind) => `/alert/x1/${kind}`), '/alert/x1/note', '/alert/x1/note/n1']
  for (const path of paths) {
    const body = { text: 'a', ...Object.assign({}, ...Object.values(BODIES)) }
    const answer = await send(path, { method: 'PUT', headers, body })
    expect([path, answer.status, answer.json.message]).toEqual([path, 202, expect.stringContaining(BASE_URL)])
  }
  expect((await send('/alert/x1/note/n1', { method: 'DELETE', headers })).status).toBe(202)
  expect(drafts).toEqual([])
})

describe('a note', () => {
  test('gets an id that goes out with it, whatever a stranger puts there', async () => {
    const { send, drafts } = await startIngress(AUTH)
    for (const method of ['PUT', 'POST']) {
      const answer = await send('/alert/x1/note', { method, body: { note: 'seen', id: 'mine' } })
      const { id } = answer.json
      expect(answer).toMatchObject({ status: 201, json: { note: { id, text: 'seen', related: { alert: 'x1' } } } })
      expect(id).not.toBe('mine')
      expect(answer.headers.location).toBe(`${BASE_URL}/alert/x1/note/${id}`)
      expect(drafts.at(-1)).toMatchObject({ kind: 'note', action: 'add', noteId: id, text: 'seen' })
      expect(sentBody(drafts.at(-1))).toEqual({ note: 'seen', id })
    }
  })

  test('keeps the id that another relay gave it', async () => {
    const { send, drafts } = await startIngress(AUTH)
    const body = '{"id":"theirs", "text":"seen"}'
    expect((await send('/alert/x1/note', { method: 'PUT', headers: key('peer'), body })).json.id).toBe('theirs')
    expect(drafts[0]).toMatchObject({ noteId: 'theirs', fromPeer: false })
    expect(String(drafts[0]?.body)).toBe(body)
  })

  test('is changed and taken away by its id', async () => {
    const { send, drafts } = await startIngress()
    expect((await send('/alert/x1/note/n1', { method: 'PUT', body: { text: 'new' } })).json).toMatchObject({
      note: { id: 'n1', text: 'new' },
    })
    expect((await send('/alert/x1/note/n1', { method: 'DELETE' })).json).toEqual({ status: 'ok' })
    expect(drafts).toMatchObject([
      { kind: 'note', action: 'change', noteId: 'n1', text: 'new' },
      { kind: 'note', action: 'remove', noteId: 'n1', body: null },
    ])
  })

  test('that the alert has not is not found', async () => {
    const { send, results } = await startIngress()
    results.push({ kind: 'no such note' })
    const answer = await send('/alert/x1/note/n1', { method: 'PUT', body: { text: 'new' } })
    expect(answer).toMatchObject({ status: 404, json: { message: 'note not found' } })
  })

  test('that came before is answered as then', async () => {
    const { send, results, drafts } = await startIngress(AUTH)
    const note = { ...{ id: 'n1', text: 'then', user: 'key a', attributes: {}, createTime: 0 } }
    results.push({
      ...{ kind: 'copy', by: 'message id', alertId: 'x1', current: undefined },
      note: { ...note, updateTime: null, alert: 'x1', customer: null },
    })
    const answer = await send('/alert/x1/note', { method: 'PUT', body: { text: 'then' } })
    expect(answer).toMatchObject({ status: 201, json: { id: 'n1', note: { text: 'then' } } })
    expect(drafts[0]?.kind).toBe(noteDraft('x1', 'add', 'n1', '').kind)
  })
})

describe('many at once', () => {
  test('each alert gets a message of its own, and one that is gone meanwhile is left out', async () => {
    const asked: unknown[] = []
    const { send, drafts, results } = await startIngress(AUTH, {
      select: async (parameters, customers) => {
        asked.push([parameters.get('status'), customers])
        return ['x1', 'x2', 'x3']
      },
    })
    const headers = key('acme')
    for (const [kind, body] of Object.entries(BODIES)) {
      const answer = await send(`/_bulk/alerts/${kind}?status=open`, { method: 'PUT', headers, body })
      expect(answer.json).toEqual({ status: 'ok', updated: ['x1', 'x2', 'x3'], count: 3 })
    }
    results.push({ kind: 'gone' })
    const deleted = await send('/_bulk/alerts?status=open', { method: 'DELETE', headers })
    expect(deleted.json).toEqual({ status: 'ok', deleted: ['x2', 'x3'], count: 2 })
    expect(new Set(drafts.map(({ messageId }) => messageId)).size).toBe(15)
    expect(drafts.slice(0, 3)).toMatchObject(['x1', 'x2', 'x3'].map((alertId) => ({ kind: 'status', alertId })))
    expect(asked).toEqual(Array(5).fill(['open', ['Acme']]))
  })

  test('a large body for many alerts is refused, for each of them would keep it', async () => {
    const { send, drafts } = await startIngress(AUTH, {
      select: async () => Array.from({ length: 1_000 }, (_, i) => `x${i}`),
    })
    const body = { attributes: { long: 'x'.repeat(300_000) } }
    expect((await send('/_bulk/alerts/attributes', { method: 'PUT', body })).status).toBe(413)
    expect(drafts).toEqual([])
  })

  test('while the disk is nearly full the rest of them waits', async () => {
    let asked = 0
    const { send, drafts } = await startIngress(AUTH, {
      select: async () => Array.from({ length: 600 }, (_, i) => `x${i}`),
      room: () => {
        asked += 1
        return asked > 2 ? 'disk low' : 'ok'
      },
    })
    expect((await send('/_bulk/alerts/tag', { method: 'PUT', body: BODIES.tag })).status).toBe(503)
    expect(drafts).toHaveLength(250)
  })

  test('where nothing fits, statuses and actions are not found, and the others touch nothing', async () => {
    const { send, drafts } = await startIngress()
    const status = await send('/_bulk/alerts/status', { method: 'PUT', body: BODIES.status })
    const action = await send('/_bulk/alerts/action', { method: 'PUT', body: { action: 'ack' } })
    expect([status.status, action.status]).toEqual([404, 404])
    expect((await send('/_bulk/alerts/tag', { method: 'PUT', body: BODIES.tag })).json).toMatchObject({ count: 0 })
    expect(drafts).toEqual([])
  })

  test('a bad body is refused before anything is looked for', async () => {
    const { send } = await startIngress({}, { select: () => Promise.reject(new Error('asked')) })
    expect((await send('/_bulk/alerts/tag', { method: 'PUT', body: {} })).status).toBe(400)
    expect((await send('/_bulk/alerts/action', { method: 'PUT', body: {} })).status).toBe(400)
  })

  test('the id that a peer offers for all of them makes no copies of them', async () => {
    const { send, drafts } = await startIngress(AUTH, { select: async () => ['x1', 'x2'] })
    const offered = '01930000-0000-7000-8000-000000000001'
    const headers = { ...key('peer'), 'x-alerta-message': offered }
    await send('/_bulk/alerts/tag', { method: 'PUT', headers, body: BODIES.tag })
    expect(drafts.map(({ messageId, fromPeer }) => [messageId === offered, fromPeer])).toEqual(
      Array(2).fill([false, false]),
    )
  })

  test('a task that nobody knows is pending', async () => {
    const { send } = await startIngress()
    expect((await send('/_bulk/task/nobody', { method: 'GET' })).json).toEqual({ status: 'pending', id: 'nobody' })
  })
})
