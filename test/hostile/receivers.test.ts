import type { IncomingMessage, RequestListener } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { ALERT, KEY, killAll, type RelayProcess, startRelay } from '../acceptance/relay.js'
import { httpPeer } from '../egress/servers.js'
import { waitFor } from '../support/wait.js'

afterEach(killAll)

const CREDENTIALS: readonly object[] = [
  { type: 'none' },
  { type: 'key', key: 'the-key' },
  { type: 'bearer', token: 'the-token' },
  { type: 'basic', username: 'user', password: 'the-password' },
  { type: 'hawk', key: 'the-id', secret: 'the-secret' },
]
const AUTHORIZATION: Readonly<Record<string, RegExp>> = {
  key: /^Key the-key$/,
  bearer: /^Bearer the-token$/,
  basic: /^Basic dXNlcjp0aGUtcGFzc3dvcmQ=$/,
  hawk: /^Hawk id="the-id", ts="\d+", nonce="[\w-]+", (hash="[\w+/=]+", )?mac="[\w+/=]+"$/,
}
/** Every kind of destination with every kind of credential; its name is both. */
const destinationsAt = (url: string): { name: string; url: string }[] =>
  ['alerta', 'relay', 'http'].flatMap((kind) =>
    CREDENTIALS.map((auth) => {
      const name = `${kind}.${(auth as { type: string }).type}`
      return { name, kind, auth, url: `${url}/${name}`, backoff: { first: '20ms', ceiling: '50ms' } }
    }),
  )

/** What a sender may try; of each, only what is meant for a receiver may be seen there. */
const SENT = {
  ...{ cookie: 'evil=1', 'x-evil': 'evil', 'user-agent': 'evil', 'proxy-authorization': 'Basic evil', referer: 'evil' },
  ...{
    'x-forwarded-for': '6.6.6.6',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'evil',
    forwarded: 'for=evil',
  },
  ...{
    'x-alerta-message': '01930000-0000-7000-8000-00000000e711',
    'x-alerta-accepted': '2001-01-01T00:00:00.000Z',
    'x-api-key': 'evil',
    'content-language': 'evil',
  },
  ...{ 'content-type': 'application/json; charset=utf-8; evil=1', 'x-request-id': 'request-1' },
  ...{ 'x-alerta-loop': 'http://first.example', trailer: 'x-evil', te: 'trailers', 'x-http-method-override': 'DELETE' },
}

async function sendOneOfEach(relay: RelayProcess): Promise<void> {
  const send = async (method: string, path: string, body?: object) => {
    const headers = { ...SENT, authorization: `Key ${KEY}` }
    const answer = await fetch(relay.url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    expect(answer.ok).toBe(true)
  }
  await send('POST', '/alert', { ...ALERT, id: 'a1' })
  await send('PUT', '/alert/a1/action', { action: 'ack' })
  await send('DELETE', '/alert/a1')
  await send('POST', '/heartbeat', { origin: 'probe' })
}

/** Answers writes as Alerta does. */
const wellDone = ({ method }: IncomingMessage, response: Parameters<RequestListener>[1]): void => {
  response.writeHead(method === 'POST' ? 201 : 200, { 'Content-Type': 'application/json' })
  response.end(method === 'POST' ? '{"status":"ok","id":"a1"}' : '{"status":"ok"}')
}

interface Got {
  readonly destination: string
  readonly method: string
  /** as they stood on the wire, repeated ones too */
  readonly headers: readonly (readonly [name: string, value: string])[]
}

test('a receiver gets exactly the headers that are meant for it, and nothing else of what a sender sent', async () => {
  const got: Got[] = []
  const peer = await httpPeer((request, response) => {
    const { rawHeaders, method = '', url = '' } = request
    const names = rawHeaders.filter((_, i) => i % 2 === 0)
    const headers = names.map((name, i) => [name.toLowerCase(), rawHeaders[2 * i + 1] as string] as const)
    if (method !== 'GET') got.push({ destination: url.split('/')[1] as string, method, headers })
    request.resume().on('end', () => wellDone(request, response))
  })
  const relay = await startRelay({ destinations: destinationsAt(peer.url) })
  await sendOneOfEach(relay)
  await relay.drained()
  expect(got).toHaveLength(15 * 4)
  for (const { destination, method, headers } of got) {
    const [kind = '', credential = ''] = destination.split('.')
    const names = [
      ...['connection', 'host', 'user-agent', 'x-alerta-loop', 'x-forwarded-for', 'x-request-id'],
      ...(method === 'DELETE' ? [] : ['content-length', 'content-type']),
      ...(kind === 'alerta' ? [] : ['x-alerta-message']),
      ...(kind === 'relay' ? ['x-alerta-accepted'] : []),
      ...(credential === 'none' ? [] : ['authorization']),
    ]
    expect(headers.map(([name]) => name).sort(), `${method} at ${destination}`).toEqual(names.sort())
    const values = Object.fromEntries(headers)
    if (credential !== 'none') expect(values.authorization).toMatch(AUTHORIZATION[credential] as RegExp)
    expect(values).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-request-id': 'request-1' })
    expect(values['x-alerta-loop']).toBe(`http://first.example,${relay.url}`)
    expect(values['user-agent']).toMatch(/^alerta-relay\//)
    expect(JSON.stringify(values)).not.toMatch(/evil|6\.6\.6\.6|e711|2001-/)
  }
}, 60_000)

test.each([301, 303, 308])('a %i to another origin: nothing connects there, and the queue waits', async (status) => {
  let elsewhere = 0
  const other = await httpPeer((_, response) => {
    elsewhere++
    response.end()
  })
  const asked = new Set<string>()
  const peer = await httpPeer((request, response) => {
    asked.add(String(request.url?.split('/')[1]))
    const Location = request.method === 'DELETE' ? `//127.0.0.1:${other.port}/x` : `${other.url}${request.url}`
    response.writeHead(status, {
      Location,
      'Alt-Svc': `h2="127.0.0.1:${other.port}"`,
      Refresh: `0; url=${other.url}`,
    })
    request.resume().on('end', () => response.end())
  })
  // a proxy of the environment is another origin as well
  const proxy = { HTTP_PROXY: other.url, http_proxy: other.url, ALL_PROXY: other.url, NODE_USE_ENV_PROXY: '1' }
  const destinations = destinationsAt(peer.url).filter(({ name }) => !name.endsWith('none'))
  const relay = await startRelay({ destinations, env: proxy })
  await sendOneOfEach(relay)
  const states = async () => (await relay.status()).destinations.map(({ state }) => state)
  await waitFor('all to be suspended', states, (seen) => seen.every((state) => state === 'suspended'))
  expect([...asked].sort()).toEqual(destinations.map(({ name }) => name).sort())
  expect([elsewhere, other.connections()]).toEqual([0, 0])
  expect((await relay.status()).destinations.reduce((sum, { queued }) => sum + queued, 0)).toBe(4 * destinations.length)
})
