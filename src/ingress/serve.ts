import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { getRequestListener, RequestError } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Arrivals } from '../base/arrivals.js'
import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Config } from '../config/schema.js'
import { stop, track } from './connections.js'
import type { IngressEnv } from './env.js'
import { errorBody } from './errors.js'
import { ambiguity, answerUnreadable, HEADERS_READ, refuse, UNEXPECTED } from './wire.js'

/** Headers come in one packet or two; who takes longer holds a connection open on purpose. */
const HEADERS_TIMEOUT_MS = 15_000
/** The largest body of 16 MiB over a line of 2 Mbit/s. */
const REQUEST_TIMEOUT_MS = 70_000
/** Longer than nginx keeps its side (60 s): the one who closes first must not be us, or a proxy meets a reset. */
const KEEP_ALIVE_MS = 75_000
/** How late a timeout may be noticed. */
const CHECK_EVERY_MS = 5_000
/**
 * A connection on which nothing moves in either direction. Later than all other timeouts: it is for senders that do not
 * read their answer, or do not close after it.
 */
const SILENCE_MS = 80_000
/** Requests on one connection without an answer: what is known to talk to Alerta waits for each. */
const MOST_WAITING = 32

/** The address cannot be listened on. */
class ListenFailed extends Error {
  readonly code = 'listen_failed'
  readonly hint: string
  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.hint = hint
  }
}

export interface Listener {
  /** the real one, where the configuration says 0 */
  readonly port: number
  /** Takes no more connections, ends idle ones, and cuts off what is still running after limits.drain. */
  close(): Promise<void>
}

export interface ListenDeps {
  readonly config: Pick<Config, 'listen' | 'limits'>
  readonly clock: Clock
  readonly log: Log
  /** told of each connection */
  readonly arrivals?: Pick<Arrivals, 'begun'>
  /** ms; for tests */
  readonly silenceMs?: number
}

/** Senders that the kernel lets wait to be taken; of those beyond it loses packets, and they try again after a second. */
const BACKLOG = 4_096

/** Serves the app on config.listen. Throws ListenFailed. */
export async function listen(
  app: Pick<Hono<IngressEnv>, 'fetch'>,
  { config, clock, log, arrivals, silenceMs = SILENCE_MS }: ListenDeps,
): Promise<Listener> {
  const server = createServer({
    maxHeaderSize: config.limits.headers,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: CHECK_EVERY_MS,
    // a missing one is answered like a second one, in Alerta's shape
    requireHostHeader: false,
  })
  server.maxConnections = config.limits.connections
  server.maxHeadersCount = HEADERS_READ
  server.timeout = silenceMs
  const connections = track(server)
  server.on('connection', () => arrivals?.begun())
  const serve = getRequestListener(app.fetch, { errorHandler: (error) => answerUnroutable(error, log) })
  server.on('request', (request, response) => {
    const { socket } = request
    if ((connections.get(socket)?.waiting.size ?? 0) > MOST_WAITING) return socket.destroy()
    const problem = ambiguity(request)
    return problem === undefined ? serve(request, response) : refuse(response, problem)
  })
  server.on('checkExpectation', (_, response) => refuse(response, UNEXPECTED))
  server.on('clientError', (error, socket) =>
    answerUnreadable(error, socket as Socket, connections.get(socket as Socket)),
  )
  await start(server, config.listen)
  return {
    port: (server.address() as AddressInfo).port,
    close: () => stop(server, connections, (signal) => clock.until(clock.now() + config.limits.drain, signal)),
  }
}

function start(server: Server, { host, port }: Config['listen']): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: Error) => {
      const hint = 'another process may have the port, or the address may not be one of this machine'
      reject(new ListenFailed(`cannot listen on ${host}:${port}`, hint, { cause }))
    }
    server.once('error', onError)
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', onError)
      resolve()
    })
  })
}

/** A target or Host header that makes no URL never reaches the app; anything else would be a bug in the app itself. */
function answerUnroutable(error: unknown, log: Log): Response {
  if (error instanceof RequestError) {
    return Response.json(errorBody(400, 'request target or Host header is invalid', null), { status: 400 })
  }
  log.error({ err: error instanceof Error ? { message: error.message, stack: error.stack } : {} }, 'request failed')
  return Response.json(errorBody(500, 'An internal error has occurred', null), { status: 500 })
}
