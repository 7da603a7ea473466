import { afterEach, expect, test } from 'vitest'
import { closeSinks, startSink } from '../acceptance/sink.js'
import { waitFor } from '../support/wait.js'
import { type Serving, serve, stopServing } from './serving.js'

afterEach(stopServing)
afterEach(closeSinks)

const ON = { blackouts: { enabled: true } }
/** As recorded of `alerta blackout -E Development -S Web -r r -e e -g g -T t --duration 60 --text bo`. */
const OF_THE_COMMAND = {
  ...{ environment: 'Development', service: ['Web'], resource: 'r', event: 'e', group: 'g', tags: ['t'] },
  ...{ origin: null, customer: null, startTime: null, duration: 60, text: 'bo' },
}

async function send(relay: Serving, method: string, path: string, body?: object, key?: string) {
  const answer = await relay.send(method, path, body, key)
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}
const post = (relay: Serving, body: object) => send(relay, 'POST', '/alert', body)

test('blackouts of the alerta command are made, listed, changed and ended, with its answers', async () => {
  const relay = await serve(ON)
  const made = await send(relay, 'POST', '/blackout', OF_THE_COMMAND)
  const { id } = made.body as { id: string }
  const shown = {
    ...OF_THE_COMMAND,
    ...{ id, href: expect.stringContaining(`/blackout/${id}`), priority: 3, status: 'active', remaining: 60 },
    ...{ startTime: expect.any(String), endTime: expect.any(String), createTime: expect.any(String) },
    user: expect.stringMatching(/^key /),
  }
  expect(made).toEqual({ status: 201, body: { status: 'ok', id, blackout: shown } })
  const { startTime, endTime } = made.body.blackout as { startTime: string; endTime: string }
  expect(Date.parse(endTime) - Date.parse(startTime)).toBe(60_000)

  const listed = { ...shown, remaining: expect.any(Number) }
  expect((await send(relay, 'GET', '/blackouts')).body).toEqual({
    ...{ status: 'ok', blackouts: [listed], total: 1, page: 1, pageSize: 50, pages: 1, more: false },
  })
  expect((await send(relay, 'GET', `/blackout/${id}`)).body).toEqual({ status: 'ok', total: 1, blackout: listed })
  const changed = await send(relay, 'PUT', `/blackout/${id}`, { text: 'longer', duration: 120, resource: null })
  expect(changed.body.blackout).toMatchObject({ text: 'longer', duration: 120, resource: null, event: 'e', startTime })
  expect(await send(relay, 'DELETE', `/blackout/${id}`)).toEqual({ status: 200, body: { status: 'ok' } })
  expect((await send(relay, 'DELETE', `/blackout/${id}`)).status).toBe(404)
  expect((await send(relay, 'GET', '/blackouts')).body).toMatchObject({ message: 'not found', total: 0, pages: 0 })
})

test('the answer to a new blackout says where it is, as at Alerta', async () => {
  const relay = await serve(ON)
  const answer = await relay.send('POST', '/blackout', OF_THE_COMMAND)
  const { blackout } = (await answer.json()) as { blackout: { id: string; href: string } }
  expect(answer.headers.get('location')).toBe(blackout.href)
  expect(blackout.href).toMatch(new RegExp(`/blackout/${blackout.id}$`))
})

test('what makes no sense is refused, and another one is not overwritten', async () => {
  const relay = await serve(ON)
  const refused = async (body: object, message: string | RegExp, status = 400) =>
    expect(await send(relay, 'POST', '/blackout', body)).toMatchObject({
      status,
      body: { message: expect.stringMatching(message) },
    })
  await refused({}, 'Missing mandatory value for "environment"')
  await refused({ environment: 'a', resource: '' }, 'resource can not be an empty string')
  await refused({ environment: 'a', service: 'Web' }, 'service must be a list')
  await refused({ environment: 'a', startTime: 'now' }, 'dates must be ISO 8601')
  await refused({ environment: 'a', duration: -1 }, /whole number/)
  await refused({ environment: 'a', duration: 1e300 }, /whole number/)
  await refused({ environment: 'a', endTime: '2020-01-01T00:00:00.000Z' }, 'endTime must be after startTime')
  await send(relay, 'POST', '/blackout', { id: 'mine', environment: 'a' })
  await refused({ id: 'mine', environment: 'b' }, 'id is taken', 409)
  expect((await send(relay, 'PUT', '/blackout/mine', {})).body).toMatchObject({ message: 'nothing to change' })
})

test('switched off, none can be made that would keep nothing back', async () => {
  const relay = await serve()
  expect(await send(relay, 'POST', '/blackout', OF_THE_COMMAND)).toMatchObject({
    ...{ status: 403, body: { message: expect.stringMatching(/^\[POLICY\] Blackouts are switched off/) } },
  })
  expect((await send(relay, 'GET', '/blackouts')).status).toBe(200)
})

test('an alert in a blackout is answered as by Alerta, kept nowhere and sent to nobody, unless its severity passes', async () => {
  const sink = await startSink()
  const blackouts = { enabled: true, accept: ['ok'] }
  const relay = await serve({ destinations: [{ name: 'mom1', url: sink.url }], blackouts })
  await send(relay, 'POST', '/blackout', { environment: 'Production' })
  const alert = { id: 'a', resource: 'r', event: 'e', environment: 'Production', severity: 'major' }
  expect(await post(relay, alert)).toEqual({
    ...{ status: 202, body: { status: 'ok', id: 'a', message: 'Suppressed alert during blackout period' } },
  })
  expect((await relay.get('/alert/a', 'admin')).status).toBe(404)
  expect((await post(relay, { ...alert, id: 'b', severity: 'ok' })).status).toBe(201)
  expect((await post(relay, { ...alert, id: 'c', environment: 'Development' })).status).toBe(201)
  await waitFor(
    'both to arrive',
    () => sink.requests(),
    (got) => got.length === 2,
  )
  expect(sink.requests().map(({ body }) => JSON.parse(body).id)).toEqual(['b', 'c'])
  const { counters } = (await send(relay, 'GET', '/management/status')).body as { counters: Record<string, number> }
  expect(counters['suppressed.blackout']).toBe(1)
})

test('with notification it is shown as blacked out and sent to nobody, and goes out when the blackout is over', async () => {
  const sink = await startSink()
  const blackouts = { enabled: true, notification: true }
  const relay = await serve({ destinations: [{ name: 'mom1', url: sink.url }], blackouts })
  const { body } = await send(relay, 'POST', '/blackout', { environment: 'Production' })
  const alert = { resource: 'r', event: 'e', environment: 'Production', severity: 'major' }
  expect(await post(relay, { ...alert, id: 'a' })).toMatchObject({
    ...{ status: 201, body: { id: 'a', alert: { status: 'blackout' } } },
  })
  await send(relay, 'DELETE', `/blackout/${body.id}`)
  expect(await post(relay, { ...alert, id: 'b' })).toMatchObject({
    ...{ status: 201, body: { id: 'a', alert: { status: 'open', duplicateCount: 1 } } },
  })
  await waitFor(
    'it to arrive',
    () => sink.requests(),
    (got) => got.length > 0,
  )
  expect(sink.requests().map(({ body }) => JSON.parse(body).id)).toEqual(['b'])
})
