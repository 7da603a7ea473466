import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { createPeerReader, type PeerReader } from '../../src/egress/peer-reader.js'
import { talkTo } from '../sink/talk.js'
import { waitFor } from '../support/wait.js'
import { NEVER } from './client-of.js'
import { destination, ids, OURS } from './fixtures.js'
import { ALERT, answering, KEY, list, readerAt, readerOf, type Settings } from './reader-of.js'

interface Recorded {
  readonly cases: readonly {
    readonly name: string
    readonly answer: { readonly status: number; readonly body: object }
  }[]
}
const recorded = JSON.parse(readFileSync('test/data/recorded-alert-get.json', 'utf8')) as Recorded
const answerOf = (name: string) => recorded.cases.find((each) => each.name === name)?.answer ?? { status: 0, body: {} }

describe('what Alerta 9.1.0 answered', () => {
  const reading = (name: string) => readerOf(answering(answerOf(name).body, answerOf(name).status))
  test('one alert is read with its history, its times and its raw data', async () => {
    const read = await (await reading('get-one')).byId('d52bc825', NEVER)
    expect(read).toEqual({
      kind: 'read',
      value: {
        id: 'd52bc825-8827-47ac-9e2f-5f012eaf3111',
        lastReceiveId: 'd52bc825-8827-47ac-9e2f-5f012eaf3111',
        ...{ environment: 'Production', resource: 'res-act-70', event: 'EventX', customer: null },
        ...{ severity: 'major', status: 'open', lastReceiveTime: Date.parse('2026-11-21T00:24:43.211Z') },
        history: [
          {
            id: 'd52bc825-8827-47ac-9e2f-5f012eaf3111',
            ...{ type: 'new', text: '', status: 'open', updateTime: Date.parse('2026-11-21T00:24:43.207Z') },
          },
        ],
        alert: {
          ...{ environment: 'Production', resource: 'res-act-70', event: 'EventX', customer: null },
          ...{ severity: 'major', status: 'open', correlate: [], service: ['Svc'], group: 'Misc', value: null },
          ...{ text: '', tags: ['gt'], attributes: { g: '1', ip: '127.0.0.1' }, origin: 'gunicorn/vm' },
          ...{ type: 'exceptionAlert', createTime: '2026-11-21T00:24:43.207Z', timeout: 86_400, rawData: 'RAW' },
        },
      },
    })
  })
  test('an id that it does not know is no alert', async () => {
    expect(await (await reading('get-one-unknown')).byId('a1', NEVER)).toEqual({ kind: 'read', value: undefined })
  })
  test('an endpoint that is not there is something else', async () => {
    const read = await (await reading('get /nonexistent')).byId('a1', NEVER)
    expect(read).toMatchObject({ kind: 'unreadable', why: expect.stringContaining('answered 404: 404 Not Found') })
  })
  test('an alert that its id pattern met by chance is not taken for ours', async () => {
    expect(await (await reading('get-one')).byId('d52bc82.', NEVER)).toEqual({ kind: 'read', value: undefined })
    expect(await (await reading('get-one')).byId('d52', NEVER)).toEqual({ kind: 'read', value: undefined })
  })
  test('a key is found, with its history where that came along', async () => {
    const key = { ...KEY, resource: 'res-act-1', event: 'EventX' }
    const read = await (await reading('alerts-resource-exact')).byKey(key, NEVER)
    expect(read).toMatchObject({ value: { id: '6f55e7e1-e42d-4ae6-88bc-e8a0684c82e8', history: [] } })
    const other = await (await reading('alerts-show-history')).byKey({ ...key, resource: 'res-act-70' }, NEVER)
    expect(other).toMatchObject({ value: { history: [{ type: 'new' }] } })
  })
  test('a key that is not there is no alert', async () => {
    expect(await (await reading('alerts-none')).byKey(KEY, NEVER)).toEqual({ kind: 'read', value: undefined })
  })
  test('the page after the last one is empty', async () => {
    const empty = { kind: 'read', value: { alerts: [], more: false, total: 0 } }
    expect(await (await reading('alerts-page-too-high')).page(9999, NEVER)).toEqual(empty)
    expect(await (await reading('alerts-none')).page(1, NEVER)).toEqual(empty)
  })
})

describe('what is asked', () => {
  async function asked(settings: Settings, ask: (reader: PeerReader) => Promise<unknown>): Promise<IncomingMessage> {
    let seen: IncomingMessage | undefined
    const reader = await readerOf((request, response) => {
      seen = request
      answering(list())(request, response)
    }, settings)
    await ask(reader)
    return seen as IncomingMessage
  }
  const queryOf = ({ url = '' }: IncomingMessage) => new URL(url, 'http://peer').searchParams

  test('a key, with its credential and below the path of the url', async () => {
    const auth = { type: 'key', key: 'top-secret' } as const
    const key = { environment: '', resource: "it's 50% ü/&=+", event: 'x', customer: 'acme' }
    const request = await asked({ auth }, (reader) => reader.byKey(key, NEVER))
    expect(request).toMatchObject({ method: 'GET', headers: { authorization: 'Key top-secret' } })
    expect(request.headers['user-agent']).toBe('alerta-relay/1.2.3')
    expect(Object.fromEntries(queryOf(request))).toMatchObject({ ...key, 'show-history': 'true' })
  })
  test('an alert of no customer is asked for without one, for no filter means none', async () => {
    expect(queryOf(await asked({}, (reader) => reader.byKey(KEY, NEVER))).has('customer')).toBe(false)
  })
  test('a tilde in front is escaped, or Alerta would search for a pattern', async () => {
    const request = await asked({}, (reader) => reader.byKey({ ...KEY, resource: '~a.b_c%\\' }, NEVER))
    expect(queryOf(request).get('resource')).toBe('~\\~a\\.b\\_c\\%\\\\')
  })
  test('a page in the order of the keys, with raw data', async () => {
    const query = queryOf(await asked({}, (reader) => reader.page(3, NEVER)))
    expect(query.getAll('sort-by')).toEqual(['environment', 'resource', 'event', 'customer'])
    expect(Object.fromEntries(query)).toMatchObject({ page: '3', 'page-size': '500', 'show-raw-data': 'true' })
  })
  test('an id is one segment of the path, whatever stands in it', async () => {
    expect((await asked({}, (reader) => reader.byId('a/../b?c', NEVER))).url).toBe('/alert/a%2F..%2Fb%3Fc')
  })
  test('nothing of an arbitrary system', () => {
    expect(
      createPeerReader(destination({ kind: 'http' }), { client: undefined as never, ours: OURS, ids }),
    ).toBeUndefined()
  })
})

describe('of several alerts', () => {
  test('only the one of exactly this key counts', async () => {
    const reader = await readerOf(
      answering(
        list(
          { ...ALERT, id: 'p2', customer: 'acme' },
          { ...ALERT, id: 'p3', resource: 'WEB01' },
          { ...ALERT, id: 'p4', event: 'NodeDown2' },
        ),
      ),
    )
    expect(await reader.byKey(KEY, NEVER)).toEqual({ kind: 'read', value: undefined })
    expect(await reader.byKey({ ...KEY, customer: 'acme' }, NEVER)).toMatchObject({ value: { id: 'p2' } })
  })
  test('one that is not over comes first, then the one last received', async () => {
    const at = (lastReceiveTime: string, more: object) => ({ ...ALERT, lastReceiveTime, ...more })
    const reader = await readerOf(
      answering(
        list(
          at('2026-11-21T09:00:00.000Z', { id: 'closed', status: 'closed' }),
          at('2026-11-21T07:00:00.000Z', { id: 'older' }),
          at('2026-11-21T08:00:00.000Z', { id: 'newer', status: 'ack' }),
        ),
      ),
    )
    expect(await reader.byKey(KEY, NEVER)).toMatchObject({ value: { id: 'newer', status: 'ack' } })
  })
})

test('what an alert does not tell has its usual value', async () => {
  const reader = await readerOf(answering({ status: 'ok', alert: { ...ALERT, tags: null, value: 5 } }))
  expect(await reader.byId('p1', NEVER)).toMatchObject({
    value: {
      ...{ lastReceiveId: 'p1', history: [] },
      alert: {
        ...{ tags: [], service: [], attributes: {}, value: '5', text: '', group: 'Misc', origin: null, rawData: null },
        ...{ timeout: 86_400, createTime: '2026-11-21T00:24:26.629Z', customer: null },
      },
    },
  })
})

test('history comes newest first, without what is none', async () => {
  const entry = (updateTime: unknown, type: string) => ({ id: 'p1', type, text: '', status: 'open', updateTime })
  const history = [
    entry('2026-11-21T00:00:00.000Z', 'new'),
    entry('2026-11-21T00:00:02.000Z', 'ack'),
    entry(5, 'broken'),
    'no entry',
  ]
  const reader = await readerOf(answering({ status: 'ok', alert: { ...ALERT, history } }))
  expect(await reader.byId('p1', NEVER)).toMatchObject({ value: { history: [{ type: 'ack' }, { type: 'new' }] } })
})

test('a relay that cannot be asked is not taken for one without the alert', async () => {
  const notFound = { status: 'error', message: 'not found' }
  const old = await readerOf(answering(notFound, 404), { kind: 'relay' })
  expect(await old.byId('a1', NEVER)).toEqual({ kind: 'unreadable', why: 'answered 404: not found' })
  const { ask, url } = await talkTo()
  await ask('POST', '/alert', { ...ALERT, id: 'a1' })
  const reader = readerAt(url, { kind: 'relay' })
  expect(await reader.byId('a1', NEVER)).toMatchObject({ kind: 'read', value: { id: 'a1' } })
  expect(await reader.byId('a2', NEVER)).toEqual({ kind: 'read', value: undefined })
})

test('every alert of a server is on one of its pages, and is found by its ids and its key', async () => {
  const { ask, url } = await talkTo()
  const posted = Array.from({ length: 501 }, (_, i) => `alert-number-${String(i).padStart(3, '0')}`)
  for (const id of posted) {
    await ask('POST', '/alert', { ...ALERT, id, resource: id, createTime: null, rawData: `raw ${id}` })
  }
  const reader = readerAt(url)
  const first = await reader.page(1, NEVER)
  const last = await reader.page(2, NEVER)
  if (first.kind !== 'read' || last.kind !== 'read') throw new Error('not read')
  expect([first.value.more, last.value.more, first.value.total]).toEqual([true, false, 501])
  const seen = [...first.value.alerts, ...last.value.alerts]
  expect(seen.map(({ id, alert }) => [id, alert.rawData])).toEqual(posted.map((id) => [id, `raw ${id}`]))
  const [, one] = seen
  expect(await reader.byId('alert-number-001', NEVER)).toMatchObject({ value: { id: one?.id, alert: one?.alert } })
  expect(await reader.byId('alert-number-999', NEVER)).toEqual({ kind: 'read', value: undefined })
  const key = { ...KEY, resource: 'alert-number-500' }
  expect(await reader.byKey(key, NEVER)).toMatchObject({
    value: { id: 'alert-number-500', history: [{ type: 'new' }] },
  })
  expect(await reader.byKey({ ...key, event: 'NodeUp' }, NEVER)).toEqual({ kind: 'read', value: undefined })
  await ask('POST', '/alert', { ...ALERT, id: 'odd', resource: "~it's 100% \\ ü" })
  expect(await reader.byKey({ ...key, resource: "~it's 100% \\ ü" }, NEVER)).toMatchObject({ value: { id: 'odd' } })
})

test('a page much longer than a usual answer is read whole', async () => {
  const alerts = Array.from({ length: 500 }, (_, i) => ({ ...ALERT, id: `p${i}`, text: 'ü'.repeat(2000) }))
  const read = await (await readerOf(answering({ ...list(...alerts), more: true, total: 501 }))).page(1, NEVER)
  expect(read).toMatchObject({ kind: 'read', value: { more: true, total: 501 } })
  expect(read.kind === 'read' && read.value.alerts.length).toBe(500)
})

test('of one peer one page is read at a time, while single alerts are; a failed page does not stop the next', async () => {
  const held: (() => void)[] = []
  let pages = 0
  const reader = await readerOf((request, response) => {
    if (request.url?.startsWith('/alerts') !== true) return answering({ status: 'ok', alert: ALERT })(request, response)
    const status = ++pages === 1 ? 500 : 200
    held.push(() => answering(list(), status)(request, response))
  })
  const asked = [1, 2, 3].map((page) => reader.page(page, NEVER))
  for (const [before, page] of asked.entries()) {
    await waitFor(
      'the page to be asked for',
      () => held.length,
      (count) => count > before,
    )
    for (let i = 0; i < 5; i++) expect(await reader.byId('p1', NEVER)).toMatchObject({ kind: 'read' })
    expect(held).toHaveLength(before + 1)
    held[before]?.()
    expect(await page).toMatchObject({ kind: before === 0 ? 'failed' : 'read' })
  }
})

test('a stopping relay asks nothing more', async () => {
  let asked = 0
  const reader = await readerOf((request, response) => {
    asked++
    answering(list())(request, response)
  })
  expect(await reader.page(1, AbortSignal.abort())).toEqual({ kind: 'failed', why: 'the relay is stopping' })
  expect(asked).toBe(0)
})
