import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { ownIdentities } from '../../src/config/identities.js'
import { ask } from '../../src/egress/ask.js'
import { findings } from '../../src/egress/findings.js'
import { randomIds } from '../../src/model/ids.js'
import { load, RIGHT } from '../config/loading.js'
import { alert, talkTo } from './talk.js'

describe('alerts', () => {
  test('a new one is answered with its id, a repeat with the id of the first', async () => {
    const { ask } = await talkTo()
    const first = await ask('POST', '/alert', alert({ id: 'a1', text: 'hello' }))
    expect(first).toMatchObject({ status: 201, body: { status: 'ok', id: 'a1', alert: { id: 'a1', text: 'hello' } } })
    const again = await ask('POST', '/api/alert', alert({ id: 'a2' }))
    expect(again).toMatchObject({ status: 201, body: { id: 'a1', alert: { duplicateCount: 1, repeat: true } } })
  })
  test.each([{ environment: 'Test' }, { resource: 'web02' }, { event: 'NodeUp' }, { customer: 'acme' }])(
    'one that differs in %o is another',
    async (more) => {
      const { ask } = await talkTo()
      await ask('POST', '/alert', alert({ id: 'a1' }))
      expect(await ask('POST', '/alert', alert({ id: 'a2', ...more }))).toMatchObject({ body: { id: 'a2' } })
      expect(await ask('GET', '/alerts/count')).toMatchObject({ body: { status: 'ok', total: 2 } })
    },
  )
  test('a clear closes it, and it opens again', async () => {
    const { ask } = await talkTo()
    await ask('POST', '/alert', alert({ id: 'a1' }))
    await ask('POST', '/alert', alert({ severity: 'cleared' }))
    expect(await ask('GET', '/alert/a1')).toMatchObject({ body: { alert: { status: 'closed', severity: 'cleared' } } })
    await ask('POST', '/alert', alert())
    expect(await ask('GET', '/alert/a1')).toMatchObject({ body: { alert: { status: 'open', severity: 'major' } } })
  })
  test('an id that another alert has is not given twice', async () => {
    const { ask } = await talkTo()
    await ask('POST', '/alert', alert({ id: 'a1' }))
    const other = await ask('POST', '/alert', alert({ id: 'a1', resource: 'web02' }))
    expect(other.status).toBe(201)
    expect(other.body.id).not.toBe('a1')
  })
  test.each([
    [{ event: 'NodeDown' }, 400, 'Missing mandatory value for "resource"'],
    [{ resource: 'web01' }, 400, 'Missing mandatory value for "event"'],
    [['list'], 400, 'the body is no JSON object'],
  ])('%o is refused', async (body, status, message) => {
    const { ask } = await talkTo()
    expect(await ask('POST', '/alert', body)).toMatchObject({ status, body: { status: 'error', message } })
  })
  test('without a content type of JSON it is refused', async () => {
    const { ask } = await talkTo()
    expect(await ask('POST', '/alert', alert(), { 'content-type': 'text/plain' })).toMatchObject({ status: 415 })
  })
})

test.each([
  [['ack', 'ack'], [200, 409], 'ack'],
  [['ack', 'unack', 'unack'], [200, 200, 409], 'open'],
  [['shelve', 'ack', 'unshelve'], [200, 409, 200], 'open'],
  [['close', 'close', 'open', 'open'], [200, 409, 200, 409], 'open'],
  [['createIssue', 'createIssue', 'constructor'], [200, 200, 200], 'open'],
])('the actions %j are answered %j', async (actions, statuses, status) => {
  const { ask } = await talkTo()
  await ask('POST', '/alert', alert({ id: 'a/1' }))
  const got: number[] = []
  for (const action of actions) got.push((await ask('PUT', '/alert/a%2F1/action', { action })).status)
  expect(got).toEqual(statuses)
  expect(await ask('GET', '/alert/a%2F1')).toMatchObject({ body: { alert: { status } } })
})

test('an unknown id is answered 404, and a deleted one is unknown', async () => {
  const { ask } = await talkTo()
  const notFound = { status: 404, body: { status: 'error', message: 'not found' } }
  expect(await ask('PUT', '/alert/a1/action', { action: 'ack' })).toMatchObject(notFound)
  expect(await ask('DELETE', '/alert/a1')).toMatchObject(notFound)
  await ask('POST', '/alert', alert({ id: 'a1' }))
  expect(await ask('DELETE', '/api/alert/a1')).toMatchObject({ status: 200, body: { status: 'ok' } })
  expect(await ask('DELETE', '/alert/a1')).toMatchObject(notFound)
})

test('an action without a name is refused', async () => {
  const { ask } = await talkTo()
  expect(await ask('PUT', '/alert/a1/action', { text: 'x' })).toMatchObject({ status: 400 })
})

test('a heartbeat is answered with an id', async () => {
  const { ask } = await talkTo()
  const answer = await ask('POST', '/heartbeat', { origin: 'web01', tags: ['x'] })
  expect(answer).toMatchObject({ status: 201, body: { status: 'ok', heartbeat: { origin: 'web01', tags: ['x'] } } })
  expect(answer.body.id).toEqual(expect.any(String))
})

test('what the alerta command line asks first is there', async () => {
  const { ask, url } = await talkTo()
  expect(await ask('GET', '/api/config')).toMatchObject({ status: 200, body: { severity: { critical: 1 } } })
  expect(await (await fetch(`${url}/management/gtg`)).text()).toBe('OK')
  expect(await ask('GET', '/alerts/count?id=none')).toMatchObject({ status: 200, body: { status: 'ok', total: 0 } })
  expect(await ask('GET', '/alerts')).toMatchObject({ status: 200, body: { status: 'ok', alerts: [], total: 0 } })
})

test('a probe learns its name where it was given one, as of an Alerta with a BASE_URL', async () => {
  const baseUrl = 'http://sink.example.com/api'
  const named = await talkTo({ baseUrl })
  expect(await named.ask('GET', '/api/config')).toMatchObject({ status: 200, body: { endpoint: baseUrl } })
  const nameless = await talkTo()
  expect((await nameless.ask('GET', '/config')).body).not.toHaveProperty('endpoint')
  expect(await probed(named.url, baseUrl)).toBe(`calls itself ${baseUrl}, as configured`)
  expect(await probed(named.url, 'http://other.example.com')).toMatch(/^calls itself .*, which is not configured/)
  expect(await probed(nameless.url, baseUrl)).toBe('does not tell its BASE_URL, so its name is not checked')
})

describe('X-Alerta-Loop', () => {
  test('with its own name among the hops it answers 202 and does nothing', async () => {
    const { ask, url } = await talkTo()
    await ask('POST', '/alert', alert({ id: 'a1' }))
    const loop = { 'x-alerta-loop': `http://edge:1, ${url}/ ,http://hub:2` }
    const passed = {
      status: 202,
      body: { status: 'ok', message: expect.stringContaining(`already processed by ${url}`) },
    }
    expect(await ask('POST', '/alert', alert({ resource: 'web02' }), loop)).toMatchObject(passed)
    expect(await ask('PUT', '/alert/a1/action', { action: 'ack' }, loop)).toMatchObject(passed)
    expect(await ask('DELETE', '/alert/a1', undefined, loop)).toMatchObject(passed)
    expect(await ask('GET', '/alerts/count')).toMatchObject({ body: { total: 1, statusCounts: { open: 1 } } })
  })
  test('a hop that only looks like it is no loop', async () => {
    const { ask, url } = await talkTo()
    expect(await ask('POST', '/alert', alert(), { 'x-alerta-loop': `${url}1,x${url}` })).toMatchObject({ status: 201 })
  })
  test('another name can be given', async () => {
    const { ask } = await talkTo({ baseUrl: 'http://north.example.com/api' })
    const loop = { 'x-alerta-loop': 'http://north.example.com/api' }
    expect(await ask('POST', '/alert', alert(), loop)).toMatchObject({ status: 202 })
  })
})

/** What `check --probe` would say of the name of a sink, and nothing else. */
async function probed(url: string, base_url: string): Promise<string> {
  const { config } = load(`${RIGHT}destinations: [{ name: sink, url: "${url}", base_url: "${base_url}" }]`)
  const [destination] = config.destinations
  if (destination === undefined) throw new Error('no destination')
  const answers = await ask(destination, { clock: systemClock, ids: randomIds, ours: { version: '1' } })
  return (
    findings(destination, answers, { own: ownIdentities(config), destinations: config.destinations }).at(-1)?.text ?? ''
  )
}
