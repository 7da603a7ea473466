import { afterEach, expect, test } from 'vitest'
import { freePort } from '../support/ports.js'
import { waitFor } from '../support/wait.js'
import { KEY, killAll, PEER_KEY, type RelayProcess, startRelay } from './relay.js'
import { closeSinks, startSink, type TestSink } from './sink.js'

afterEach(async () => {
  killAll()
  await closeSinks()
})

interface Told {
  readonly status: number
  readonly json: Record<string, unknown>
}

async function ask(url: string, method: string, path: string, body?: object): Promise<Told> {
  const headers = { 'x-api-key': KEY, 'content-type': 'application/json' }
  const response = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  return { status: response.status, json: (await response.json()) as Record<string, unknown> }
}

/** The alert of this resource as a receiver has it, and the texts of its notes. */
async function at({ url }: { url: string }, resource: string) {
  const { json } = await ask(url, 'GET', `/alerts?resource=${resource}`)
  const [alert] = json.alerts as { id: string; status: string; tags: string[]; attributes: object }[]
  const notes = alert === undefined ? undefined : await ask(url, 'GET', `/alert/${alert.id}/notes`)
  return {
    ...alert,
    notes: (notes?.json.notes as { text: string }[] | undefined)?.map(({ text }) => text) ?? [],
  }
}

/** Alertas that got the alert before the relay did: each knows it under an id of its own. */
async function alertaWith(resource: string): Promise<TestSink> {
  const sink = await startSink()
  const alert = { resource, event: 'NodeDown', environment: 'Production', severity: 'critical', service: ['Web'] }
  await ask(sink.url, 'POST', '/alert', { ...alert, id: `${resource}-at-${sink.url.slice(-5)}` })
  return sink
}

const destinations = (...sinks: TestSink[]) => sinks.map(({ url }, i) => ({ name: `mom${i + 1}`, url }))

test('tag, attributes, status and note reach both peers under the ids that they have, also after an outage', async () => {
  const [mom1, mom2] = [await alertaWith('web01'), await alertaWith('web01')]
  const relay = await startRelay({ destinations: destinations(mom1, mom2) })
  await relay.alert({ id: 'ours', resource: 'web01' })
  await relay.drained()
  await mom2.down()

  const write = (method: string, path: string, body?: object) => ask(relay.url, method, `/alert/ours${path}`, body)
  expect(await write('PUT', '/tag', { tags: ['seen', 'typo'] })).toMatchObject({ status: 200, json: { status: 'ok' } })
  expect((await write('PUT', '/untag', { tags: ['typo'] })).status).toBe(200)
  expect((await write('PUT', '/attributes', { attributes: { owner: 'ops' } })).status).toBe(200)
  expect((await write('PUT', '/status', { status: 'ack', text: 'on it' })).status).toBe(200)
  const note = await write('PUT', '/note', { text: 'first' })
  expect(note).toMatchObject({
    status: 201,
    json: { status: 'ok', note: { text: 'first', related: { alert: 'ours' } } },
  })
  const gone = await write('PUT', '/note', { text: 'a slip' })
  expect((await write('PUT', `/note/${note.json.id}`, { text: 'second' })).status).toBe(200)
  expect((await write('DELETE', `/note/${gone.json.id}`)).status).toBe(200)

  const expected = { status: 'ack', tags: ['seen'], attributes: { owner: 'ops' }, notes: ['second'] }
  await waitFor(
    'mom1',
    () => at(mom1, 'web01'),
    ({ notes }) => notes[0] === 'second' && notes.length === 1,
  )
  await mom2.up()
  await relay.drained(30_000)
  for (const mom of [mom1, mom2]) {
    expect(await at(mom, 'web01')).toMatchObject({ ...expected, id: `web01-at-${mom.url.slice(-5)}` })
  }
  expect(await at(relay, 'web01')).toMatchObject(expected)
  const writes = mom2.requests().filter(({ method }) => method !== 'POST')
  expect(writes.filter(({ path }) => path.includes('ours'))).toEqual([])
}, 60_000)

test('a thousand alerts are acknowledged at once, and each of them at both peers', async () => {
  const [mom1, mom2] = [await startSink(), await startSink()]
  const relay = await startRelay({ destinations: destinations(mom1, mom2) })
  const numbers = Array.from({ length: 1_000 }, (_, i) => i)
  for (let from = 0; from < numbers.length; from += 100) {
    await Promise.all(numbers.slice(from, from + 100).map((i) => relay.alert({ id: `x${i}`, resource: `r${i}` })))
  }
  await relay.alert({ id: 'other', resource: 'other', environment: 'Development' })
  const bulk = '/_bulk/alerts/action?environment=Production'
  const headers = { 'x-api-key': KEY, 'content-type': 'application/json' }
  const response = await fetch(relay.url + bulk, {
    method: 'PUT',
    headers,
    body: '{"action":"ack","text":"all of them"}',
  })
  expect([response.status, await response.json()]).toEqual([
    202,
    { status: 'ok', message: '1000 alerts queued for action' },
  ])
  const task = new URL(response.headers.get('location') ?? '').pathname
  expect((await ask(relay.url, 'GET', task)).json).toMatchObject({ status: 'success' })
  await relay.drained(60_000)
  for (const mom of [mom1, mom2]) {
    const { json } = await ask(mom.url, 'GET', '/alerts/count')
    expect(json.statusCounts).toEqual({ ack: 1_000, open: 1 })
    const acks = mom.requests().filter(({ method, status }) => method === 'PUT' && status === 200)
    expect(new Set(acks.map(({ path }) => path)).size).toBe(1_000)
  }
}, 120_000)

test('two relays that forward to each other share a note, and what is done to it at either of them', async () => {
  const [portA, portB] = [await freePort(), await freePort()]
  const peer = (name: string, port: number) => ({
    ...{ name, kind: 'relay', url: `http://127.0.0.1:${port}`, auth: { type: 'key', key: PEER_KEY } },
  })
  const a = await startRelay({ port: portA, destinations: [peer('b', portB)] })
  const b = await startRelay({ port: portB, destinations: [peer('a', portA)] })
  const has = (relay: RelayProcess, text: string) =>
    waitFor(
      text,
      () => at(relay, 'web01').catch(() => undefined),
      (seen) => (seen?.notes ?? []).join() === text,
    )
  await a.alert({ id: 'x', resource: 'web01' })
  const { json } = await ask(a.url, 'PUT', '/alert/x/note', { text: 'by a' })
  await has(b, 'by a')
  expect((await ask(b.url, 'PUT', `/alert/x/note/${json.id}`, { text: 'by b' })).status).toBe(200)
  await has(a, 'by b')
  await ask(a.url, 'DELETE', `/alert/x/note/${json.id}`)
  await has(b, '')
  await Promise.all([a.drained(), b.drained()])
  const suppressed = [await a.status(), await b.status()].map(({ counters }) => counters['suppressed.loop'] ?? 0)
  expect(suppressed, 'nothing goes back to where it came from').toEqual([0, 0])
}, 60_000)
