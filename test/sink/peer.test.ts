import { describe, expect, test } from 'vitest'
import { alert, type Talk, talkTo } from './talk.js'

type Shown = Readonly<Record<string, unknown>> & { readonly history: readonly Record<string, unknown>[] }

const look = async ({ ask }: Talk, id: string) => (await ask('GET', `/alert/${id}`)).body.alert as Shown
const list = async ({ ask }: Talk, query: string) => (await ask('GET', `/alerts?${query}`)).body.alerts as Shown[]
const idsOf = async (talk: Talk, query: string) => (await list(talk, query)).map(({ id }) => id)

describe('an alert is told as Alerta tells it', () => {
  test('with everything that was posted, and what became of it', async () => {
    const talk = await talkTo()
    const full = {
      ...alert({ id: 'first-id', correlate: ['NodeUp'], service: ['Web'], group: 'Net', value: 5, text: 'down' }),
      ...{ tags: ['a'], attributes: { region: 'EU' }, origin: 'me', type: 'myType', timeout: 60, rawData: 'RAW' },
      createTime: '2020-01-02T03:04:05.678Z',
    }
    await talk.ask('POST', '/alert', full)
    const again = { ...full, id: 'second-id', tags: ['b'], attributes: { rack: '7' }, value: '6' }
    const answer = await talk.ask('POST', '/alert', again)
    expect(answer).toMatchObject({ status: 201, body: { id: 'first-id' } })
    const shown = await look(talk, 'first-id')
    expect(answer.body.alert).toEqual(shown)
    expect(shown).toMatchObject({
      ...{ ...full, correlate: ['NodeUp', 'NodeDown'], value: '6', tags: ['a', 'b'], status: 'open', customer: null },
      attributes: { region: 'EU', rack: '7' },
      ...{ duplicateCount: 1, repeat: true, lastReceiveId: 'second-id', previousSeverity: 'indeterminate' },
      href: `${talk.url}/alert/first-id`,
      lastReceiveTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      history: [
        { id: 'first-id', type: 'new', value: '5' },
        { id: 'second-id', type: 'value', value: '6' },
      ],
    })
  })
  test('a correlated event takes the place of the one it correlates with', async () => {
    const talk = await talkTo()
    await talk.ask('POST', '/alert', alert({ id: 'a1', correlate: ['NodeUp', 'NodeDown'] }))
    const up = await talk.ask('POST', '/alert', alert({ event: 'NodeUp', severity: 'normal' }))
    expect(up.body.id).toBe('a1')
    expect(await look(talk, 'a1')).toMatchObject({
      ...{ event: 'NodeUp', severity: 'normal', status: 'closed', previousSeverity: 'major' },
      trendIndication: 'lessSevere',
    })
  })
  test('a status other than open is kept', async () => {
    const talk = await talkTo()
    await talk.ask('POST', '/alert', alert({ id: 'a1', status: 'ack' }))
    expect(await look(talk, 'a1')).toMatchObject({ status: 'ack' })
  })
  test('its history stays short', async () => {
    const talk = await talkTo()
    for (let value = 0; value < 30; value++) await talk.ask('POST', '/alert', alert({ id: 'a1', value: `${value}` }))
    const { history } = await look(talk, 'a1')
    expect(history.map(({ value }) => value)).toEqual(Array.from({ length: 20 }, (_, i) => `${i + 10}`))
  })
})

describe('an alert is known by', () => {
  const FIRST = '1c9b1c0e-0000-4000-8000-000000000001'
  const SECOND = '2d9b1c0e-0000-4000-8000-000000000002'
  async function posted(): Promise<Talk> {
    const talk = await talkTo()
    await talk.ask('POST', '/alert', alert({ id: FIRST }))
    await talk.ask('POST', '/alert', alert({ id: SECOND }))
    return talk
  }
  test.each([FIRST, SECOND, FIRST.slice(0, 8), SECOND.slice(0, 8)])('%s', async (id) => {
    const talk = await posted()
    expect((await talk.ask('PUT', `/alert/${id}/action`, { action: 'ack' })).status).toBe(200)
    expect(await look(talk, FIRST)).toMatchObject({ status: 'ack' })
    expect((await talk.ask('DELETE', `/alert/${id}`)).status).toBe(200)
    expect((await talk.ask('GET', `/alert/${FIRST}`)).status).toBe(404)
  })
  test.each([FIRST.slice(0, 7), SECOND.replace('2d', '3d')])('not %s', async (id) => {
    const talk = await posted()
    expect((await talk.ask('PUT', `/alert/${id}/action`, { action: 'ack' })).status).toBe(404)
  })
  test('not the beginning of an id that another one has too', async () => {
    const talk = await posted()
    await talk.ask('POST', '/alert', alert({ id: `${FIRST.slice(0, 20)}x`, resource: 'web02' }))
    expect((await talk.ask('DELETE', `/alert/${FIRST.slice(0, 8)}`)).status).toBe(404)
  })
  test('the id last received, however short it is', async () => {
    const talk = await posted()
    await talk.ask('POST', '/alert', alert({ id: 'a3' }))
    expect(await look(talk, 'a3')).toMatchObject({ id: FIRST, lastReceiveId: 'a3' })
  })
  test('not the id of a repeat before the last one, as at Alerta', async () => {
    const talk = await posted()
    await talk.ask('POST', '/alert', alert({ id: 'third' }))
    expect((await talk.ask('GET', `/alert/${SECOND}`)).status).toBe(404)
  })
})

describe('the status can be set', () => {
  test('to anything, from anything, and stands in the history', async () => {
    const talk = await talkTo()
    await talk.ask('POST', '/alert', alert({ id: 'a1' }))
    const set = await talk.ask('PUT', '/alert/a1/status', { status: 'assign', text: 'to me' })
    expect(set).toMatchObject({ status: 200, body: { status: 'ok' } })
    const { status, history } = await look(talk, 'a1')
    expect(status).toBe('assign')
    expect(history.at(-1)).toMatchObject({ type: 'status', status: 'assign', text: 'to me' })
  })
  test('of a known alert, by its name', async () => {
    const { ask } = await talkTo()
    expect(await ask('PUT', '/alert/a1/status', { status: 'open' })).toMatchObject({ status: 404 })
    expect(await ask('PUT', '/alert/a1/status', { text: 'x' })).toMatchObject({ status: 400 })
  })
})

describe('GET /alerts', () => {
  async function four(): Promise<Talk> {
    const talk = await talkTo()
    const posts = [
      { id: 'a1', resource: 'web01' },
      { id: 'a2', resource: 'web02', severity: 'critical', rawData: 'RAW' },
      { id: 'a3', resource: '~web%', customer: 'acme' },
      { id: 'a4', resource: 'db01', environment: 'Test', severity: 'normal' },
    ]
    for (const post of posts) await talk.ask('POST', '/alert', alert(post))
    return talk
  }
  test.each([
    ['', ['a1', 'a2', 'a3', 'a4']],
    ['environment=Production&resource=web01&event=NodeDown', ['a1']],
    ['resource=web01&resource=web02', ['a1', 'a2']],
    ['resource=WEB01', []],
    ['resource=~WEB0', ['a1', 'a2']],
    ['resource=~%5C~web%5C%25', ['a3']],
    ['resource!=web01&environment!=~test', ['a2', 'a3']],
    ['customer=acme', ['a3']],
    ['status=closed', ['a4']],
    ['severity=major&severity=critical', ['a1', 'a2', 'a3']],
    ['id=a2', ['a2']],
    ['id=a', ['a1', 'a2', 'a3', 'a4']],
    ['id=a1&id=a4', ['a1', 'a4']],
    ['sort-by=resource', ['a4', 'a1', 'a2', 'a3']],
    ['sort-by=environment&sort-by=-resource', ['a3', 'a2', 'a1', 'a4']],
  ])('?%s', async (query, ids) => {
    expect(await idsOf(await four(), query)).toEqual(ids)
  })
  test('comes page by page', async () => {
    const talk = await four()
    const first = await talk.ask('GET', '/alerts?page-size=3')
    expect(first.body).toMatchObject({ status: 'ok', page: 1, pageSize: 3, pages: 2, more: true, total: 4 })
    const last = await talk.ask('GET', '/alerts?page-size=3&page=2')
    expect(last.body).toMatchObject({ alerts: [{ id: 'a4' }], more: false, statusCounts: { open: 3, closed: 1 } })
    expect(await talk.ask('GET', '/alerts?page-size=3&page=3')).toMatchObject({ status: 416 })
    expect(await talk.ask('GET', '/alerts?page=0')).toMatchObject({ status: 416 })
  })
  test('tells history and raw data only where they are wanted', async () => {
    const talk = await four()
    expect(await list(talk, 'id=a2')).toMatchObject([{ rawData: null, history: [] }])
    const [all] = await list(talk, 'id=a2&show-raw-data=true&show-history=1')
    expect(all).toMatchObject({ rawData: 'RAW', history: [{ type: 'new' }] })
  })
  test.each(['foo=bar', 'tags=x', 'sort-by=foo', 'page-size=1&reverse=1'])('refuses ?%s', async (query) => {
    const { ask } = await talkTo()
    expect(await ask('GET', `/alerts?${query}`)).toMatchObject({ status: 400, body: { status: 'error' } })
  })
  test('counts what it would list', async () => {
    const { ask } = await four()
    const counted = await ask('GET', '/alerts/count?environment=Production')
    expect(counted.body).toMatchObject({ total: 3, severityCounts: { major: 2, critical: 1 } })
  })
})
