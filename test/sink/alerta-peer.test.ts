import { afterEach, expect, test } from 'vitest'
import { type AlertaPeer, startAlertaPeer, stopAlertaPeers } from '../support/alerta-peer.js'
import { alert } from './talk.js'

afterEach(stopAlertaPeers)

async function pair(): Promise<readonly [AlertaPeer, AlertaPeer]> {
  const [a, b] = [await startAlertaPeer(), await startAlertaPeer()]
  a.forwardTo([{ url: b.url, key: 'to-b' }])
  b.forwardTo([{ url: a.url, key: 'to-a' }])
  return [a, b]
}

const tell = (url: string, method: string, path: string, body?: object, headers = {}) =>
  fetch(url + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

test('what its operators and senders do reaches the other at once, and does not come back', async () => {
  const [a, b] = await pair()
  const { status, id } = await a.post(alert({ rawData: 'RAW', text: 'down' }))
  expect(status).toBe(201)
  expect(await b.standing()).toEqual({ 'Production/web01/NodeDown': 'open major' })
  await b.act(id, 'ack', { text: 'on it', timeout: 60 })
  expect(await a.standing()).toEqual({ 'Production/web01/NodeDown': 'ack major' })
  const [there] = await b.alerts()
  expect(there).toMatchObject({ id, text: 'down', rawData: null, history: [{ type: 'new' }, { text: 'on it' }] })
  await a.delete(id.slice(0, 8))
  expect(await b.alerts()).toEqual([])
  expect(b.writes().map(({ method, path, status: answered }) => `${method} ${path} ${answered}`)).toEqual([
    'POST /alert 201',
    `DELETE /alert/${id} 200`,
  ])
  expect(b.writes()[0]?.headers).toMatchObject({ authorization: 'Key ***', 'x-alerta-loop': a.url })
})

test('what comes from others is forwarded with all its hops, but not to where it has been', async () => {
  const [a, b] = await pair()
  await tell(a.url, 'POST', '/api/alert', alert(), { 'x-alerta-loop': 'http://hub:1' })
  expect(b.writes()[0]?.headers['x-alerta-loop']).toBe(`http://hub:1,${a.url}`)
  await tell(a.url, 'POST', '/alert', alert({ resource: 'web02' }), { 'x-alerta-loop': b.url })
  expect(b.writes()).toHaveLength(1)
  const own = await tell(a.url, 'POST', '/alert', alert({ resource: 'web03' }), { 'x-alerta-loop': a.url })
  expect(own.status).toBe(202)
  expect((await a.alerts()).map(({ resource }) => resource)).toEqual(['web01', 'web02'])
})

test('a repeat goes on under the first id, with all its tags', async () => {
  const [a, b] = await pair()
  await a.post(alert({ id: 'a1', tags: ['x'] }))
  await a.post(alert({ id: 'a2', tags: ['y'] }))
  expect(await b.alerts()).toMatchObject([{ id: 'a1', lastReceiveId: 'a1', duplicateCount: 1, tags: ['x', 'y'] }])
})

test('what happens while the other is down is lost there, and each keeps what it has', async () => {
  const [a, b] = await pair()
  await a.post(alert({ id: 'a1' }))
  await b.down()
  await a.act('a1', 'close')
  await b.act('a1', 'ack') // its operators are still there, and its way out is
  expect(await a.standing()).toEqual({ 'Production/web01/NodeDown': 'closed normal' })
  await b.up()
  expect(await b.standing()).toEqual({ 'Production/web01/NodeDown': 'ack major' })
  expect((await tell(b.url, 'GET', '/alert/a1')).status).toBe(200)
  await b.wipe()
  expect(await b.alerts()).toEqual([])
  expect((await a.act('a1', 'open')).status).toBe(200)
  expect((await tell(b.url, 'GET', '/alert/a1')).status).toBe(404)
})

test('a slow one takes so many requests in a second', async () => {
  const peer = await startAlertaPeer({ perSecond: 50 })
  const started = performance.now()
  await Promise.all(Array.from({ length: 10 }, () => tell(peer.url, 'POST', '/alert', alert())))
  expect(performance.now() - started).toBeGreaterThan(9 * 20 - 5)
  const late = await startAlertaPeer({ delayMs: 100 })
  const asked = performance.now()
  await tell(late.url, 'GET', '/alerts')
  expect(performance.now() - asked).toBeGreaterThan(95)
})

test('it can be told to misbehave', async () => {
  const [peer, next] = await pair()
  peer.behave({ mode: 'reset', execute: true, times: 1 })
  await expect(tell(peer.url, 'POST', '/alert', alert({ resource: 'web02' }))).rejects.toThrow()
  expect([await peer.alerts(), await next.alerts()]).toMatchObject([[{ resource: 'web02' }], []])
  peer.behave({ mode: 'status', status: 503 })
  expect((await tell(peer.url, 'POST', '/alert', alert())).status).toBe(503)
  peer.obey()
  expect((await tell(peer.url, 'POST', '/alert', alert())).status).toBe(201)
})
