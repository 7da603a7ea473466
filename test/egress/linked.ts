import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'
import { createSigner } from '../../src/auth/sign.js'
import { createCounters } from '../../src/base/counters.js'
import { createClient } from '../../src/egress/client.js'
import type { Exchange, OutgoingRequest } from '../../src/egress/exchange.js'
import { createLink } from '../../src/egress/link.js'
import { buildRequest } from '../../src/egress/request.js'
import type { Message } from '../../src/model/message.js'
import { createFakeClock } from '../support/fake-clock.js'
import { destination, message, OURS } from './fixtures.js'
import { httpPeer } from './servers.js'

export interface Got {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  /** of a batch */
  readonly heads: readonly { method: string; path: string; headers: Record<string, string>; bytes: number | null }[]
  readonly bodies: string
}

const TELLS = { 'X-Alerta-Batch': 'messages=256, bytes=1048576' }
export const NEVER = new AbortController().signal

export type Reply = (got: Got, response: ServerResponse) => void

export const json = (response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body))

const plainly: Reply = ({ headers }, response) =>
  json(response, 201, { status: 'ok', id: `by itself ${headers['x-request-id']}` }, TELLS)
export const inOne: Reply = ({ heads }, response) =>
  json(response, 200, {
    status: 'ok',
    answers: heads.map(({ headers }) => ({
      status: 201,
      body: { status: 'ok', id: `in one ${headers['x-request-id']}` },
    })),
  })

function batchIn(bytes: Buffer): Pick<Got, 'heads' | 'bodies'> {
  const whole = gunzipSync(bytes)
  const end = whole.indexOf('\n')
  return { heads: JSON.parse(String(whole.subarray(0, end))), bodies: String(whole.subarray(end + 1)) }
}

/** A relay that answers plain requests and batches as it is told, and a client for it. */
export async function linked(
  { alone = plainly, batch = inOne }: { alone?: Reply; batch?: Reply } = {},
  settings: Parameters<typeof destination>[0] = {},
) {
  const got: Got[] = []
  const peer = await httpPeer(async (request, response) => {
    const bytes = await buffer(request)
    const isBatch = request.url === '/api/relay/messages'
    const one = {
      path: request.url ?? '',
      headers: request.headers,
      ...(isBatch ? batchIn(bytes) : { heads: [], bodies: String(bytes) }),
    }
    got.push(one)
    const reply = isBatch ? batch : alone
    reply(one, response)
  })
  const config = destination({ url: `${peer.url}/api`, kind: 'relay', ...settings })
  const clock = createFakeClock()
  const lines: string[] = []
  const write = (level: string) => (facts: object, text: string) =>
    void lines.push(`${level} ${text} ${JSON.stringify(facts)}`)
  const log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  const counters = createCounters()
  const client = createClient(config, { sign: createSigner(config.auth, clock), clock })
  onTestFinished(() => client.close())
  const link = createLink(config, { client, clock, log, counters })
  const request = (name: string, parts: Partial<Message> = {}, attempt = 1): OutgoingRequest =>
    buildRequest(config, { message: message({ requestId: name, ...parts }), alias: undefined, attempt }, OURS)
  const send = (...asked: Parameters<typeof request>) => link.exchange(request(...asked), NEVER)
  /** The first message goes by itself, and its answer tells that batches are taken. */
  const open = async () => {
    await send('first')
    got.length = 0
  }
  const shown = (exchanges: readonly Exchange[]) =>
    exchanges.map((one) =>
      one.kind === 'answer' ? `${one.status} ${JSON.parse(one.body ?? '{}').id}` : `${one.kind}: ${one.why}`,
    )
  /** Three at once; how they ended. */
  const three = async () => shown(await Promise.all(['1', '2', '3'].map((name) => send(name))))
  const seen = () =>
    got.map(({ path, heads }) => (path.endsWith('/relay/messages') ? `batch of ${heads.length}` : 'alone'))
  return { link, send, open, three, seen, shown, got, clock, counters, lines, peer, request }
}
