import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createSenders } from '../../src/base/senders.js'
import { randomIds } from '../../src/model/ids.js'
import { LINK_HEADER } from '../../src/model/link.js'
import { StoreUnavailable } from '../../src/store/contract.js'
import { batchOf, LINKED, type One, sendAlone, sendBatch, sendRaw } from './link.js'
import { ALERT, BASE_URL, startIngress } from './server.js'

const auth = {
  api_keys: [
    { key: 'peer', scopes: ['admin'], text: 'peer', peer: true },
    { key: 'probe', scopes: ['write:alerts'], text: 'probe' },
    { key: 'beat', scopes: ['write:heartbeats'], text: 'beat' },
  ],
}
const PEER = { Authorization: 'Key peer' }
const PROBE = { Authorization: 'Key probe' }
const alert = (id: string, more: object = {}, headers: Record<string, string> = {}): One => ({
  path: '/alert',
  headers,
  body: { ...ALERT, id, ...more },
})
const statuses = (answers: readonly { status: number }[]) => answers.map(({ status }) => status)

/** One of each thing that a message can be answered. */
const MESSAGES: readonly (readonly [what: string, message: One])[] = [
  ['an alert', alert('a1')],
  ['an alert without an id', { path: '/alert', body: ALERT }],
  ['an alert that lacks a resource', { path: '/alert', body: { event: 'E' } }],
  ['what is no JSON', { path: '/alert', body: '{"resource":' }],
  ['what is no object', { path: '/alert', body: '[]' }],
  ['another type', { path: '/alert', headers: { 'content-type': 'text/plain' }, body: 'x' }],
  ['no body', { path: '/alert' }],
  ['bytes that are no UTF-8', { path: '/alert', body: Buffer.from('7b22c3', 'hex').toString('latin1') }],
  ['a loop', alert('a2', {}, { 'x-alerta-loop': `http://other:1,${BASE_URL}` })],
  ['hops without end', alert('a3', {}, { 'x-alerta-loop': 'http://h,'.repeat(300) })],
  ['headers without end', alert('a4', {}, { 'x-alerta-loop': 'x'.repeat(20_000) })],
  ['a request id', alert('a5', {}, { 'x-request-id': 'mine-1' })],
  ['an action', { method: 'PUT', path: '/alert/a%2Fb%20c/action', body: { action: 'ack', timeout: 60 } }],
  ['an action without a name', { method: 'PUT', path: '/alert/a1/action', body: { text: 'x' } }],
  ['an action about a strange id', { method: 'PUT', path: '/alert/%E0%A4%A/action', body: { action: 'ack' } }],
  ['a status', { method: 'PUT', path: '/alert/a1/status', body: { status: 'ack' } }],
  ['tags', { method: 'PUT', path: '/alert/a1/tag', body: { tags: ['a'] } }],
  ['tags that are none', { method: 'PUT', path: '/alert/a1/untag', body: { tags: [] } }],
  ['attributes', { method: 'PUT', path: '/alert/a1/attributes', body: { attributes: { a: 1 } } }],
  ['a delete', { method: 'DELETE', path: '/alert/a1' }],
  ['a delete with a body', { method: 'DELETE', path: '/alert/a1', body: '{' }],
  ['a heartbeat', { path: '/heartbeat', body: { origin: 'o', id: 'h1', createTime: '2026-01-02T03:04:05.678Z' } }],
  ['a heartbeat without JSON', { path: '/heartbeat', body: 'x' }],
  ['a path that is none', { path: '/nothing', body: {} }],
]

describe('each message of a batch', () => {
  const brief = ({ status, id, message }: Record<string, unknown>) => ({ status, id, message })
  const NEW_ID = /^[0-9a-f-]{36}$/

  test.each(MESSAGES)('is answered as by itself: %s', async (_what, message) => {
    const [together, by] = [await startIngress({ auth }), await startIngress({ auth })]
    const [answer] = await sendBatch(together, [message], PEER)
    const single = await sendAlone(by, message, PEER)
    expect(answer?.status).toBe(single.status)
    const { id, ...rest } = brief(single.json)
    expect(brief(answer?.body ?? {})).toEqual({
      ...rest,
      id: NEW_ID.test(String(id)) ? expect.stringMatching(NEW_ID) : id,
    })
    const shown = ({ drafts }: typeof together) =>
      drafts.map(({ messageId: _, acceptedAt: _at, requestId: _r, trace: _t, brief: _b, ...draft }) => ({
        ...draft,
        alertId: undefined,
        alert: undefined,
        body: draft.kind === 'alert' ? draft.body?.includes('NodeDown') : String(draft.body),
      }))
    expect(shown(together)).toEqual(shown(by))
    const refusals = ({ counters }: typeof together) =>
      Object.entries(counters.snapshot()).filter(([name]) => name !== 'batches received')
    // by itself it is refused before it comes to where that is counted
    if (single.status !== 431 && message.path !== '/nothing') expect(refusals(together)).toEqual(refusals(by))
  })

  test('asks the store for no history, which its answer leaves out', async () => {
    const ingress = await startIngress({ auth })
    await sendBatch(ingress, [alert('first')], PEER)
    await sendAlone(ingress, alert('second'), PEER)
    expect(ingress.drafts.map(({ brief }) => brief)).toEqual([true, false])
  })

  test('comes to the store as it is, with what it said of itself', async () => {
    const ingress = await startIngress({ auth, trusted_proxies: ['127.0.0.1/32'] })
    const messageId = randomIds.messageId()
    const body = '{ "resource":"r", "event":"E",\n "id":"x", "createTime":"2026-01-02T03:04:05.678Z", "text":"é\\n" }'
    const headers = {
      'x-alerta-message': messageId,
      'x-alerta-loop': 'http://edge:8080',
      'x-alerta-accepted': '2026-01-02T03:04:05.678Z; nothing',
      'x-request-id': 'request-7',
      'x-forwarded-for': '192.0.2.7',
      authorization: 'Key wrong',
    }
    await sendBatch(ingress, [alert('first'), { path: '/alert', headers, body }], PEER)
    const draft = ingress.drafts[1]
    expect(String(draft?.body)).toBe(body)
    expect(draft).toMatchObject({ messageId, fromPeer: true, requestId: 'request-7', sender: '192.0.2.7' })
    expect(draft).toMatchObject({ stamp: Date.parse('2026-01-02T03:04:05.678Z'), credential: 'key peer' })
    expect(draft?.hops.map(({ text }) => text)).toEqual(['http://edge:8080'])
  })

  test('needs its own scope, and its message id is believed of a peer only', async () => {
    const ingress = await startIngress({ auth })
    const messageId = randomIds.messageId()
    const mine = alert('x', {}, { 'x-alerta-message': messageId })
    const answers = await sendBatch(ingress, [mine, { path: '/heartbeat', body: { origin: 'o' } }], PROBE)
    expect(statuses(answers)).toEqual([201, 403])
    expect(answers[1]?.body).toEqual({ status: 'error', message: 'Missing required scope: write:heartbeats' })
    expect(ingress.drafts.map(({ fromPeer }) => fromPeer)).toEqual([false])
    expect(ingress.drafts[0]?.messageId).not.toBe(messageId)
    expect(ingress.counters.snapshot()).toMatchObject({ 'ignored.message id': 1, 'request refused.403': 1 })
  })

  test('is answered by itself where the store refuses it or fails', async () => {
    const ingress = await startIngress({ auth })
    ingress.results.push(
      { kind: 'refused', destination: 'mom1', limit: 'rows' },
      new StoreUnavailable('disk'),
      new Error('a bug'),
    )
    const answers = await sendBatch(
      ingress,
      ['a', 'b', 'c', 'd'].map((id) => alert(id)),
      PEER,
    )
    expect(statuses(answers)).toEqual([503, 503, 500, 201])
    expect(answers[0]).toEqual({
      status: 503,
      headers: { 'retry-after': '30' },
      body: { status: 'error', message: 'The queue of mom1 is full (rows)' },
    })
  })

  test('counts for its sender, and is a line in the log', async () => {
    const senders = createSenders(() => 0)
    const ingress = await startIngress({ auth }, { senders })
    await sendBatch(ingress, [alert('a'), alert('b'), { path: '/alert', body: {} }], PEER)
    expect(senders.all()).toMatchObject([{ key: 'key peer', accepted: 2, refused: { 400: 1 } }])
    expect(ingress.lines.filter(({ text }) => text === 'message accepted')).toHaveLength(2)
    expect(ingress.counters.snapshot()).toMatchObject({ 'batches received': 1, 'accepted.alert': 2 })
  })
})

describe('the messages of a batch', () => {
  test('come to the store in their order, however long each waits before', async () => {
    const waiting: (() => void)[] = []
    const letIn = [0, 1, 2, 3, 4].map(() => new Promise<void>((resolve) => waiting.push(resolve)))
    let next = 0
    const ingress = await startIngress({ auth }, { admit: () => letIn[next++] })
    const ack = { method: 'PUT', path: '/alert/x0/action', body: { action: 'ack' } } as const
    const refused = { path: '/alert', body: {} }
    const batch = [
      alert('x0'),
      ack,
      refused,
      alert('x1'),
      { method: 'DELETE', path: '/alert/x0' } as const,
      alert('x2'),
    ]
    const answered = sendBatch(ingress, batch, PEER)
    await expect.poll(() => next).toBe(5)
    for (const enter of waiting.toReversed()) {
      enter()
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(statuses(await answered)).toEqual([201, 200, 400, 201, 200, 201])
    const kinds = ingress.drafts.map((draft) => `${draft.kind} ${'alertId' in draft ? draft.alertId : ''}`)
    expect(kinds).toEqual(['alert x0', 'action x0', 'alert x1', 'delete x0', 'alert x2'])
  })

  test('are with the store together', async () => {
    let most = 0
    const held: (() => void)[] = []
    const ingress = await startIngress(
      { auth },
      {
        append: (draft) =>
          new Promise((resolve) => {
            most += 1
            held.push(() => resolve({ kind: 'accepted', queued: [], skipped: 0, full: [], current: undefined }))
            if (draft.kind === 'delete') for (const commit of held) commit()
          }),
      },
    )
    const batch: One[] = [alert('a'), alert('b'), alert('c'), { method: 'DELETE', path: '/alert/d' }]
    expect(statuses(await sendBatch(ingress, batch, PEER))).toEqual([201, 201, 201, 200])
    expect(most).toBe(4)
  })
})

describe('a batch that is none', () => {
  const refusal = async (body: Buffer, headers: Record<string, string> = {}, settings: object = {}) => {
    const ingress = await startIngress({ auth, ...settings })
    const { status, json } = await sendRaw(ingress, body, { ...PEER, ...headers })
    expect(ingress.drafts).toEqual([])
    expect(json).toMatchObject({ status: 'error', code: status })
    return `${status} ${json.message}`
  }
  const GZIP = { 'Content-Encoding': 'gzip' }
  const one = batchOf([alert('x')])

  test.each([
    ['no line', Buffer.from('[]'), 'The batch has no first line that ends'],
    ['no JSON', Buffer.from('[{\n'), 'The first line of the batch is not valid JSON (SyntaxError)'],
    ['no list', Buffer.from('{}\n'), 'The first line of the batch is not a list of messages: it:'],
    ['a bad method', Buffer.from('[{"method":"GET","path":"/alert","headers":{},"bytes":null}]\n'), '0.method'],
    ['a bad path', Buffer.from('[{"method":"POST","path":"/a b","headers":{},"bytes":null}]\n'), '0.path'],
    [
      'a split header',
      Buffer.from('[{"method":"POST","path":"/a","headers":{"a":"b\\r\\nc: d"},"bytes":null}]\n'),
      '0.headers.a',
    ],
    ['a body that is not there', Buffer.from(String(one).slice(0, -1)), 'not as long as its first line says'],
    ['a body nobody told of', Buffer.concat([one, one]), 'not as long as its first line says'],
  ])('%s', async (_, body, why) => {
    expect(await refusal(body)).toContain('400 ')
    expect(await refusal(body)).toContain(why)
  })
  test('what is not gzip, and what ends early', async () => {
    expect(await refusal(one, GZIP)).toBe('400 The batch is not valid gzip')
    expect(await refusal(gzipSync(one).subarray(0, -9), GZIP)).toBe('400 The batch is not valid gzip')
  })
  test('another encoding or type', async () => {
    expect(await refusal(one, { 'Content-Encoding': 'br' })).toBe('415 Content-Encoding must be gzip or identity')
    expect(await refusal(one, { 'Content-Type': 'application/json' })).toMatch(/^415 Content-Type must be/)
  })
  test('too many messages', async () => {
    const many = batchOf(Array.from({ length: 257 }, (_, i) => alert(`x${i}`)))
    expect(await refusal(many)).toBe('413 A batch may hold 256 messages')
  })
  test('too many bytes, packed or not', async () => {
    const large = Buffer.alloc(1024 * 1024 + 1, 0x20)
    expect(await refusal(large)).toBe('413 A batch may have 1048576 bytes')
    expect(await refusal(gzipSync(large), GZIP)).toBe('413 A batch may have 1048576 bytes')
    const settings = { limits: { body: '2KiB' } }
    expect(await refusal(gzipSync(Buffer.alloc(3_000, 0x20)), GZIP, settings)).toBe('413 A batch may have 2048 bytes')
  })
  test('a bomb, which takes no more room than a batch may have', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
    const before = process.memoryUsage().arrayBuffers
    expect(await refusal(bomb, GZIP)).toBe('413 A batch may have 1048576 bytes')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024)
  })
  test('room for what it unpacks to is counted before', async () => {
    const settings = { limits: { body: '1MiB', bodies_in_flight: '1MiB' } }
    expect(await refusal(gzipSync(one), GZIP, settings)).toBe('503 Too many request bodies at once')
  })
})

describe('who may send batches', () => {
  test('whoever may write alerts, and nobody without a credential or with a wrong one', async () => {
    const ingress = await startIngress({ auth })
    const status = async (headers: Record<string, string>) => (await sendRaw(ingress, batchOf([]), headers)).status
    expect(await status(PROBE)).toBe(200)
    expect(await status({ Authorization: 'Key beat' })).toBe(403)
    expect(await status({ Authorization: 'Key wrong' })).toBe(401)
    expect(await status({ Authorization: '' })).toBe(401)
  })
  test('nobody while the disk is nearly full', async () => {
    const ingress = await startIngress({ auth }, { room: () => 'disk low' })
    expect(await sendRaw(ingress, batchOf([]), PEER)).toMatchObject({ status: 503, headers: { 'retry-after': '30' } })
  })
  test('relays hear of it whose message ids are believed, and nobody else', async () => {
    const { send } = await startIngress({ auth, limits: { body: '4KiB' } })
    const told = async (headers: Record<string, string>, body: object = ALERT) =>
      (await send('/alert', { headers, body })).headers[LINK_HEADER]
    const id = { 'X-Alerta-Message': randomIds.messageId() }
    expect(await told({ ...PEER, ...id })).toBe('messages=256, bytes=4096')
    expect(await told({ ...PEER, ...id }, {})).toBe('messages=256, bytes=4096')
    expect(await told(PEER)).toBeUndefined()
    expect(await told({ ...PROBE, ...id })).toBeUndefined()
  })
  test('it is taken under every prefix', async () => {
    const { send } = await startIngress({ auth, base_url: 'http://127.0.0.1:9102/alerts/in' })
    for (const prefix of ['', '/api', '/alerts/in']) {
      const answer = await send(`${prefix}/relay/messages`, { headers: { ...LINKED, ...PEER }, body: batchOf([]) })
      expect(answer.json).toEqual({ status: 'ok', answers: [] })
    }
  })
})
