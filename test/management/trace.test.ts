import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { freePort } from '../support/ports.js'
import { waitFor } from '../support/wait.js'
import { type Serving, serve, stopServing } from './serving.js'

afterEach(stopServing)

interface Told {
  readonly via: readonly string[]
  readonly relay: string | null
  readonly why: string | null
  readonly alert: { readonly messages: readonly { readonly kind: string }[] } | null
}

/** A relay of another kind: it answers so, and notes what it was asked with. */
async function peerThat(answer: RequestListener): Promise<{ url: string; asked: Record<string, unknown>[] }> {
  const asked: Record<string, unknown>[] = []
  const server = createServer((request, response) => {
    asked.push({ url: request.url, loop: request.headers['x-alerta-loop'] })
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

const relayTo = (name: string, url: string, more: object = {}) => ({
  ...{ name, kind: 'relay', url, auth: { type: 'key', key: 'admin' }, backoff: { first: '50ms', ceiling: '100ms' } },
  ...more,
})

async function trace({ url }: Serving, id: string, { query = '', loop = '', key = 'admin' } = {}): Promise<Told[]> {
  const headers = { 'x-api-key': key, ...(loop === '' ? {} : { 'x-alerta-loop': loop }) }
  const answer = await fetch(`${url}/management/trace/${id}${query}`, { headers })
  const { parts } = (await answer.json()) as { parts: Told[] }
  return parts
}

const brief = (parts: readonly Told[]) =>
  parts.map(({ via, relay, why, alert }) => `${via.join('>')}: ${relay} ${why ?? alert?.messages.length}`)

test('relays that are destinations of each other ask each other once', async () => {
  const ports = [await freePort(), await freePort()]
  const [first, second] = ports.map((port) => `http://127.0.0.1:${port}`) as [string, string]
  const settings = (port: number | undefined, name: string, peer: string) => ({
    ...{ listen: `127.0.0.1:${port}`, base_url: `http://127.0.0.1:${port}`, destinations: [relayTo(name, peer)] },
  })
  const a = await serve(settings(ports[0], 'b', second))
  const b = await serve(settings(ports[1], 'a', first))
  await a.alert({ id: 'alert-one' })
  await waitFor(
    'both to have it',
    async () => brief(await trace(a, 'alert-one')),
    (told) => told.join() === `: ${first} 1,b: ${second} 1`,
  )
  expect(brief(await trace(b, 'alert-one'))).toEqual([`: ${second} 1`, `a: ${first} 1`])
  const again = await trace(b, 'alert-one', { loop: `${second},http://c.example` })
  expect(brief(again)).toEqual([`: ${second} it was asked already`])
})

test.each([
  ['never answers', () => {}, 'no answer'],
  ['is an older relay', (_, response) => response.writeHead(404).end('{"message":"not found"}'), 'it cannot be asked'],
  ['answers with a page', (_, response) => response.writeHead(200).end('<html>'), 'it answered 200'],
  ['answers something else', (_, response) => response.writeHead(200).end('{"parts":[{"via":7}]}'), 'something else'],
  [
    'does not let us ask',
    (_, response) => response.writeHead(403).end('{"message":"no"}'),
    'the scope read:management',
  ],
] as readonly (readonly [string, RequestListener, string])[])(
  'a relay that %s is told as such',
  async (_, answer, why) => {
    const peer = await peerThat(answer)
    const relay = await serve({ base_url: 'http://a.example', destinations: [relayTo('b', peer.url)] })
    await relay.alert({ id: 'alert-one' })
    const [own, other] = await trace(relay, 'alert-one', { query: '?within=1500' })
    expect(own).toMatchObject({ relay: 'http://a.example', why: null })
    expect(other).toMatchObject({ via: ['b'], relay: null, alert: null, why: expect.stringContaining(why) })
  },
)

test('a chain of relays that is too long, and one that has no time left, is not asked on', async () => {
  const peer = await peerThat((_, response) => response.writeHead(404).end())
  const relay = await serve({ base_url: 'http://a.example', destinations: [relayTo('b', peer.url, { forward: [] })] })
  await relay.alert({ id: 'alert-one' })
  const hops = Array.from({ length: 8 }, (_, i) => `http://hop${i}.example`).join(',')
  expect(await trace(relay, 'nobody', { loop: hops })).toHaveLength(1)
  expect(await trace(relay, 'nobody', { query: '?within=400' })).toHaveLength(1)
  expect(peer.asked).toEqual([])
  expect(await trace(relay, 'nobody')).toHaveLength(2)
  expect(peer.asked).toHaveLength(1)
})

test('a credential of one customer is not told the story of another one’s alert', async () => {
  const relay = await serve({
    destinations: [],
    auth: {
      api_keys: [
        { key: 'admin', scopes: ['admin'] },
        { key: 'acme', scopes: ['read:management'], customers: ['acme'] },
      ],
    },
  })
  await relay.alert({ id: 'alert-acme', resource: 'a', customer: 'acme' })
  await relay.alert({ id: 'alert-else', resource: 'b', customer: 'else' })
  expect((await trace(relay, 'alert-acme', { key: 'acme' }))[0]?.alert?.messages).toHaveLength(1)
  expect((await trace(relay, 'alert-else', { key: 'acme' }))[0]).toMatchObject({
    alert: null,
    why: 'it knows no such alert',
  })
  expect((await trace(relay, 'alert-else'))[0]?.alert?.messages).toHaveLength(1)
  const several = await fetch(`${relay.url}/management/trace/alert-el`, { headers: { 'x-api-key': 'acme' } })
  expect(several.status).toBe(200)
})
