import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { MiddlewareHandler } from 'hono'
import { type Clock, iso } from '../base/clock.js'
import { claimed } from './claim.js'
import { describe } from './describe.js'
import { errorBody, type SinkEnv } from './env.js'
import { maskHeaders, maskTarget } from './mask.js'
import type { Received } from './received.js'

/** Twice what the relay accepts by default. */
const MAX_BODY_BYTES = 32 * 1024 * 1024
const ALREADY_SENT = 'x-hono-already-sent'

/** Reads every request, notes it when it comes and tells of it when it is answered. */
export function createReception(
  clock: Clock,
  note: (received: Received) => void,
  onRequest: (received: Received) => void,
): MiddlewareHandler<SinkEnv> {
  return async (c, next) => {
    const { incoming } = c.env
    const body = await read(incoming)
    if (body === undefined) return c.json(errorBody(413, 'the body is too large'), 413, { Connection: 'close' })
    const json = parse(body)
    c.set('body', body)
    c.set('json', json)
    if (c.req.path.startsWith('/_sink/')) return next()
    const { method = '', url = '', headers } = incoming
    const received: Received = {
      at: iso(clock.now()),
      method,
      path: maskTarget(url),
      headers: maskHeaders(headers),
      body: body.toString(),
      ...(isUtf8(body) ? {} : { bodyBase64: body.toString('base64') }),
      what: describe(method, c.req.path, json),
      who: claimed(headers),
      behaved: null,
      status: null,
    }
    c.set('received', received)
    note(received)
    await next()
    if (!c.res.headers.has(ALREADY_SENT)) received.status = c.res.status
    onRequest(received)
  }
}

async function read(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function parse(body: Buffer): unknown {
  if (body.length === 0) return undefined
  try {
    return JSON.parse(body.toString())
  } catch {
    // a sink takes everything: what is no JSON is shown as it came
    return undefined
  }
}
