import { describe, expect, test } from 'vitest'
import type { Draft } from '../../src/model/message.js'
import { alertDraft } from '../support/drafts.js'
import { rulesFor } from '../support/rules.js'
import { ALERT, BASE_URL, startIngress } from './server.js'

const MESSAGE_ID = '01890a5d-ac96-774b-bcce-b302099a8057'

describe('loops', () => {
  const loop = (hops: string) => ({ 'X-Alerta-Loop': hops })
  const writes = [
    ['/alert', 'POST', ALERT, 'Alert'],
    ['/alert/x/action', 'PUT', { action: 'ack' }, 'Action ack'],
    ['/alert/x', 'DELETE', undefined, 'Delete'],
    ['/heartbeat', 'POST', { origin: 'x' }, 'Heartbeat'],
  ] as const

  test.each(writes)('%s has been here before: 202, and nothing is stored', async (path, method, body, what) => {
    const { send, drafts, counters } = await startIngress({ also_known_as: ['https://relay.example.com/api'] })
    for (const [hops, name] of [
      [`http://a:1,${BASE_URL},http://b:2`, BASE_URL],
      ['http://a:1, HTTP://127.0.0.1:9102/', 'HTTP://127.0.0.1:9102/'],
      ['https://RELAY.example.com:443/api', 'https://RELAY.example.com:443/api'],
    ] as const) {
      const answer = await send(path, { method, headers: loop(hops), ...(body === undefined ? {} : { body }) })
      expect(answer.status).toBe(202)
      expect(answer.json).toEqual({
        status: 'ok',
        message: `${what} forwarded by (unknown) already processed by ${name}`,
      })
    }
    expect(drafts).toEqual([])
    expect(counters.snapshot()).toEqual({ 'suppressed.loop': 3 })
  })

  test.each([
    'http://127.0.0.1:91021',
    'http://127.0.0.1:9102/api',
    'https://127.0.0.1:9102',
    'xhttp://127.0.0.1:9102',
    '',
  ])('what only looks like us is none: %s', async (hops) => {
    const { send, drafts } = await startIngress()
    expect((await send('/alert', { headers: loop(hops), body: ALERT })).status).toBe(201)
    expect(drafts[0]?.hops.map((hop) => hop.text)).toEqual(hops === '' ? [] : [hops])
  })

  test('a path longer than any path is refused', async () => {
    const { send, counters } = await startIngress({ limits: { hops: 3 } })
    const hops = (count: number) => loop(Array.from({ length: count }, (_, i) => `http://h${i}`).join(','))
    expect((await send('/alert', { headers: hops(3), body: ALERT })).status).toBe(201)
    expect(await send('/alert', { headers: hops(4), body: ALERT })).toMatchObject({
      status: 400,
      json: { message: expect.stringContaining('X-Alerta-Loop') },
    })
    expect((await send('/alert', { headers: loop(`http://${'h'.repeat(5_000)}`), body: ALERT })).status).toBe(400)
    expect(counters.snapshot()).toMatchObject({ 'refused.hops': 2 })
  })
})

describe('copies', () => {
  const auth = {
    api_keys: [
      { key: 'admin-key', scopes: ['admin'] },
      { key: 'relay-key', scopes: ['write'], peer: true },
    ],
  }
  const peer = { Authorization: 'Key relay-key', 'X-Alerta-Message': MESSAGE_ID }

  test("a peer's message id is kept, anybody else's is ignored and counted", async () => {
    const { send, drafts, counters } = await startIngress({ auth })
    await send('/alert', { headers: { ...peer, 'X-Alerta-Message': MESSAGE_ID.toUpperCase() }, body: ALERT })
    await send('/alert', { headers: { 'X-Alerta-Message': MESSAGE_ID }, body: ALERT })
    await send('/alert', {
      headers: { ...peer, 'X-Alerta-Message': '11111111-2222-4333-8444-555555555555' },
      body: ALERT,
    })
    expect(drafts.map((draft) => draft.fromPeer)).toEqual([true, false, false])
    expect(drafts[0]?.messageId).toBe(MESSAGE_ID)
    expect(drafts[1]?.messageId).not.toBe(MESSAGE_ID)
    expect(counters.snapshot()).toMatchObject({ 'ignored.message id': 2 })
  })

  test("a relay's word on when it accepted a message is believed, but never for what is to come", async () => {
    const { send, drafts } = await startIngress({ auth })
    const told = (time: string) => ({ ...peer, 'X-Alerta-Accepted': `${time}; status=ack; status-since=${time}` })
    await send('/alert', { headers: told('2001-02-03T04:05:06.789Z'), body: ALERT })
    await send('/alert', { headers: told('+275760-09-13T00:00:00.000Z'), body: ALERT })
    await send('/alert', {
      headers: { ...told('2001-02-03T04:05:06.789Z'), Authorization: 'Key admin-key' },
      body: ALERT,
    })
    const then = Date.parse('2001-02-03T04:05:06.789Z')
    const now = drafts[1]?.acceptedAt
    expect(drafts.map(({ stamp, became }) => [stamp, became])).toEqual([
      [then, { status: 'ack', statusStamp: then }],
      [now, { status: 'ack', statusStamp: now }],
      [undefined, undefined],
    ])
  })

  test('a change that is older than what is known is answered, and counted as suppressed', async () => {
    const { send, results, counters } = await startIngress({ auth })
    results.push({ kind: 'accepted', queued: [], skipped: 1, full: [], current: undefined, outdated: true })
    expect((await send('/alert/x/action', { method: 'PUT', headers: peer, body: { action: 'ack' } })).status).toBe(200)
    expect(counters.snapshot()).toMatchObject({ 'suppressed.outdated': 1 })
  })

  test('the same message again is answered as the first time', async () => {
    const { send, results, counters } = await startIngress({ auth })
    const { state } = rulesFor([]).apply(
      alertDraft({}, { alertId: 'first-id' }) as Extract<Draft, { kind: 'alert' }>,
      undefined,
    )
    results.push(
      { kind: 'copy', by: 'message id', alertId: 'first-id', current: { state, history: [] } },
      { kind: 'copy', by: 'message id', alertId: 'first-id', current: undefined },
      { kind: 'copy', by: 'message id', alertId: 'x', current: undefined },
    )
    const answer = await send('/alert', { headers: peer, body: ALERT })
    expect(answer).toMatchObject({ status: 201, json: { id: 'first-id', alert: { id: 'first-id' } } })
    const gone = await send('/alert', { headers: peer, body: ALERT })
    expect([gone.status, gone.json], 'deleted meanwhile').toEqual([201, { status: 'ok', id: 'first-id' }])
    const action = await send('/alert/x/action', { method: 'PUT', headers: peer, body: { action: 'ack' } })
    expect([action.status, action.json]).toEqual([200, { status: 'ok' }])
    expect(counters.snapshot()).toMatchObject({ 'suppressed.message id': 3 })
  })

  test('the same news on another way is taken for what it is', async () => {
    const { send, results, counters } = await startIngress({ auth })
    results.push(
      { kind: 'copy', by: 'content', alertId: 'a1', current: undefined },
      { kind: 'copy', by: 'content', alertId: 'a1', current: undefined },
    )
    const answer = await send('/alert', { body: { ...ALERT, id: 'a1' } })
    expect(answer.status).toBe(202)
    expect(answer.json).toEqual({ status: 'ok', id: 'a1', message: expect.any(String) })
    const action = await send('/alert/a1/action', { method: 'PUT', body: { action: 'ack' } })
    expect(action).toMatchObject({ status: 202, json: { status: 'ok', id: 'a1' } })
    expect(counters.snapshot()).toMatchObject({ 'suppressed.copy': 2 })
  })
})
