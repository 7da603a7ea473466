import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { httpPeer } from '../egress/servers.js'
import { freePort } from '../support/ports.js'
import { waitFor } from '../support/wait.js'
import { KEY, killAll, PEER_KEY, startRelay } from './relay.js'

afterEach(killAll)

interface Got {
  readonly method: string | undefined
  readonly path: string | undefined
  readonly type: string | undefined
  readonly body: Buffer
  readonly headers: IncomingMessage['headers']
}

/** Answers webhooks as Alerta does, and keeps what came. */
async function receiver(port: number, answer: (got: Got) => { status: number; body: object }) {
  const got: Got[] = []
  await httpPeer(async (request, response) => {
    const { method, url: path, headers } = request
    const one: Got = { method, path, type: headers['content-type'], body: await buffer(request), headers }
    if (path?.includes('/webhooks/') === true) got.push(one)
    const { status, body } = answer(one)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }, port)
  return got
}
const created = () => ({ status: 201, body: { status: 'ok', id: 'a1', alert: {} } })
/** Alerta's webhook for Slack answers with Slack's own message, in no shape of Alerta's. */
const inSlacksWords = () => ({ status: 201, body: { text: 'Action done!' } })

/** Bodies of other systems: what a JSON reader would spoil. */
const SENT: readonly { path: string; type: string; body: Buffer }[] = [
  { path: '/webhooks/prometheus', type: 'application/json', body: Buffer.from('{ "alerts":[ {"n":1.0,"n":2} ] }\n') },
  {
    path: '/webhooks/cloudwatch?x=%20y',
    type: 'text/plain; charset=UTF-8',
    body: Buffer.from('{"Type":"Notification"}'),
  },
  {
    path: '/webhooks/slack',
    type: 'application/x-www-form-urlencoded',
    body: Buffer.from('payload=%7B%22a%22%3A1%7D&b=+'),
  },
  {
    path: '/webhooks/graylog/a/b?event=E&service=a,b',
    type: 'application/json',
    body: Buffer.from([0xff, 0xfe, 0x00]),
  },
]

test('webhooks that came while everybody was away arrive at each, byte for byte, without their key', async () => {
  const [alertaPort, relayPort, httpPort] = [await freePort(), await freePort(), await freePort()]
  const relay = await startRelay({
    destinations: [
      { name: 'mom1', url: `http://127.0.0.1:${alertaPort}/api`, auth: { type: 'key', key: 'mom1-key' } },
      { name: 'core', kind: 'relay', url: `http://127.0.0.1:${relayPort}`, forward: ['webhooks'] },
      { name: 'tickets', kind: 'http', url: `http://127.0.0.1:${httpPort}` },
      { name: 'alerts-only', url: `http://127.0.0.1:${httpPort}/other`, forward: ['alerts'] },
    ],
  })
  for (const { path, type, body } of SENT) {
    const url = `${relay.url}${path}${path.includes('?') ? '&' : '?'}api-key=${KEY}`
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body })
    expect(answer.status).toBe(201)
  }
  expect((await fetch(`${relay.url}/webhooks/telegram?ping=1`, { headers: { 'x-api-key': KEY } })).status).toBe(201)
  await relay.kill()
  await relay.restart()

  const mom1 = await receiver(alertaPort, ({ path }) =>
    path?.includes('slack') === true ? inSlacksWords() : created(),
  )
  const core = await receiver(relayPort, created)
  const tickets = await receiver(httpPort, created)
  await relay.drained()
  const all = [...SENT, { path: '/webhooks/telegram?ping=1', type: undefined, body: Buffer.alloc(0) }]
  const seen = (got: readonly Got[]) => got.map(({ path, type, body }) => ({ path, type, body })).toSorted(byPath)
  expect(seen(core)).toEqual(all.toSorted(byPath))
  expect(seen(mom1)).toEqual(all.map((one) => ({ ...one, path: `/api${one.path}` })).toSorted(byPath))
  expect(tickets).toEqual([])
  for (const { headers, path } of [...mom1, ...core]) {
    expect(`${path} ${headers.authorization}`).not.toContain(KEY)
    expect(headers['x-alerta-loop']).toBe(relay.url)
  }
  const { destinations } = await relay.status()
  expect(destinations.map(({ name, state, dead }) => [name, state, dead])).toEqual(
    ['mom1', 'core', 'tickets', 'alerts-only'].map((name) => [name, 'flowing', 0]),
  )
})

const byPath = (a: { path: string | undefined }, b: { path: string | undefined }) =>
  String(a.path) < String(b.path) ? -1 : 1

test('what comes by one webhook arrives in order, also through a second relay', async () => {
  const port = await freePort()
  const second = await startRelay({ destinations: [{ name: 'mom1', url: `http://127.0.0.1:${port}` }] })
  const first = await startRelay({
    destinations: [{ name: 'core', kind: 'relay', url: second.url, auth: { type: 'key', key: PEER_KEY } }],
  })
  const headers = { authorization: `Key ${KEY}`, 'content-type': 'application/json' }
  for (let i = 0; i < 20; i += 1) {
    await fetch(`${first.url}/webhooks/riemann`, { method: 'POST', headers, body: JSON.stringify({ i }) })
  }
  const got = await receiver(port, created)
  await waitFor(
    'all to arrive',
    () => got.length,
    (count) => count >= 20,
  )
  expect(got.map(({ body }) => JSON.parse(String(body)).i)).toEqual(Array.from({ length: 20 }, (_, i) => i))
  expect(got[0]?.headers['x-alerta-loop']).toBe(`${first.url},${second.url}`)
})

test('what Alerta does not take becomes a dead letter, and the next one is tried', async () => {
  const refusal = { status: 'error', message: '[POLICY] Alert environment does not match one of Production' }
  const port = await freePort()
  const got = await receiver(port, ({ body }) =>
    String(body) === '{"bad":1}' ? { status: 403, body: refusal } : created(),
  )
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: `http://127.0.0.1:${port}` }] })
  const headers = { authorization: `Key ${KEY}`, 'content-type': 'application/json' }
  for (const body of ['{"bad":1}', '{"good":1}']) {
    await fetch(`${relay.url}/webhooks/prometheus`, { method: 'POST', headers, body })
  }
  await relay.drained()
  expect(got.map(({ body }) => String(body))).toEqual(['{"bad":1}', '{"good":1}'])
  expect(await relay.destination('mom1')).toMatchObject({ state: 'flowing', dead: 1 })
})

test("Alertmanager's batch made into alerts: one bad alert among them loses none of the others", async () => {
  const relay = await startRelay({
    destinations: [{ name: 'mom1', url: `http://127.0.0.1:${await freePort()}` }],
    config: { webhooks: { convert: ['prometheus'] }, reject: { allowed_environments: ['Production'] } },
  })
  const alerts = ['web01', 'web02', 'web03'].map((instance, i) => ({
    labels: { alertname: 'NodeDown', instance, severity: 'major', ...(i === 1 ? { environment: 'Mars' } : {}) },
  }))
  const answer = await fetch(`${relay.url}/webhooks/prometheus?api-key=${KEY}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ version: '4', alerts }),
  })
  expect(answer.status).toBe(201)
  expect(await answer.json()).toMatchObject({ ids: [expect.any(String), expect.any(String)], rejected: [{ index: 1 }] })
  const list = await fetch(`${relay.url}/alerts`, { headers: { authorization: `Key ${KEY}` } })
  const known = (await list.json()) as { alerts: { resource: string; type: string }[] }
  expect(known.alerts.map(({ resource }) => resource).toSorted()).toEqual(['web01', 'web03'])
})

test("Grafana's rule that is well again closes its alerts, which the relay looks up", async () => {
  const relay = await startRelay({
    destinations: [{ name: 'mom1', url: `http://127.0.0.1:${await freePort()}` }],
    config: { webhooks: { convert: ['grafana'] } },
  })
  const post = (body: object) =>
    fetch(`${relay.url}/webhooks/grafana`, {
      method: 'POST',
      headers: { authorization: `Key ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ruleName: 'High load', ...body }),
    })
  const evalMatches = ['web01', 'web02'].map((metric) => ({ metric, value: 1, tags: {} }))
  await post({ state: 'alerting', ruleId: 7, evalMatches })
  await post({ state: 'alerting', ruleId: 8, ruleName: 'Another', evalMatches: evalMatches.slice(0, 1) })
  expect((await post({ state: 'ok', ruleId: 7, evalMatches: [] })).status).toBe(201)
  const list = await fetch(`${relay.url}/alerts`, { headers: { authorization: `Key ${KEY}` } })
  const { alerts } = (await list.json()) as { alerts: { resource: string; event: string; status: string }[] }
  expect(alerts.map(({ event, resource, status }) => `${event} ${resource} ${status}`).toSorted()).toEqual([
    'Another web01 open',
    'High load web01 closed',
    'High load web02 closed',
  ])
})

test('a webhook that a peer sends a second time is not passed on a second time', async () => {
  const port = await freePort()
  const got = await receiver(port, created)
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: `http://127.0.0.1:${port}` }] })
  const post = async (key: string, body: string) => {
    const headers = {
      'x-api-key': key,
      'content-type': 'application/json',
      'x-alerta-message': '01930000-0000-7000-8000-00000000e711',
    }
    return (await fetch(`${relay.url}/webhooks/pingdom`, { method: 'POST', headers, body })).status
  }
  expect([await post(PEER_KEY, '{"n":1}'), await post(PEER_KEY, '{"n":1}')]).toEqual([201, 201])
  expect([await post(KEY, '{"n":2}'), await post(KEY, '{"n":2}')]).toEqual([201, 201])
  await relay.drained()
  expect(got.map(({ body }) => String(body))).toEqual(['{"n":1}', '{"n":2}', '{"n":2}'])
})
