import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener, RequestError } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Config } from '../config/schema.js'
import type { IngressEnv } from './env.js'
import { errorBody } from './errors.js'

/** Headers come in one packet or two; who takes longer holds a connection open on purpose. */
const HEADERS_TIMEOUT_MS = 15_000
/** The largest body of 16 MiB over a line of 2 Mbit/s. */
const REQUEST_TIMEOUT_MS = 70_000
/** Longer than nginx keeps its side (60 s): the one who closes first must not be us, or a proxy meets a reset. */
const KEEP_ALIVE_MS = 75_000
/** How late a timeout may be noticed. */
const CHECK_EVERY_MS = 5_000

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
}

/** Serves the app on config.listen. Throws ListenFailed. */
export async function listen(app: Hono<IngressEnv>, { config, clock, log }: ListenDeps): Promise<Listener> {
  const server = createServer(
    {
      maxHeaderSize: config.limits.headers,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_EVERY_MS,
    },
    getRequestListener(app.fetch, { errorHandler: (error) => answerUnroutable(error, log) }),
  )
  server.maxConnections = config.limits.connections
  server.on('clientError', answerUnreadable)
  const open = track(server)
  await start(server, config.listen)
  return {
    port: (server.address() as AddressInfo).port,
    close: () => stop(server, open, (signal) => clock.until(clock.now() + config.limits.drain, signal)),
  }
}

interface Open {
  readonly sockets: ReadonlySet<Socket>
  readonly responses: ReadonlySet<ServerResponse>
}

function track(server: Server): Open {
  const sockets = new Set<Socket>()
  const responses = new Set<ServerResponse>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('request', (_, response) => {
    responses.add(response)
    response.once('close', () => responses.delete(response))
  })
  return { sockets, responses }
}

function start(server: Server, { host, port }: Config['listen']): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: Error) => {
      const hint = 'another process may have the port, or the address may not be one of this machine'
      reject(new ListenFailed(`cannot listen on ${host}:${port}`, hint, { cause }))
    }
    server.once('error', onError)
    server.listen(port, host, () => {
      server.off('error', onError)
      resolve()
    })
  })
}

async function stop(server: Server, open: Open, patience: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  for (const response of open.responses) endAfter(response)
  // node takes a connection on which nothing has come yet for a busy one
  for (const socket of open.sockets) if (socket.bytesRead === 0) socket.end()
  const gone = new AbortController()
  const cut = patience(gone.signal).then(() => server.closeAllConnections())
  await closed
  gone.abort()
  await cut
}

/** Node would keep the connection of a running request alive, and the server open with it. */
function endAfter(response: ServerResponse): void {
  const { socket } = response.req
  if (!response.headersSent) response.setHeader('Connection', 'close')
  response.once('close', () => socket.end())
}

/** A target or Host header that makes no URL never reaches the app; anything else would be a bug in the app itself. */
function answerUnroutable(error: unknown, log: Log): Response {
  if (error instanceof RequestError) {
    return Response.json(errorBody(400, 'request target or Host header is invalid', null), { status: 400 })
  }
  log.error({ err: error instanceof Error ? { message: error.message, stack: error.stack } : {} }, 'request failed')
  return Response.json(errorBody(500, 'An internal error has occurred', null), { status: 500 })
}

/** What node's parser refuses, answered in Alerta's shape all the same. */
const UNREADABLE: Readonly<Record<string, { status: number; reason: string; message: string }>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    reason: 'Request Header Fields Too Large',
    message: 'request headers are too large',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, reason: 'Request Timeout', message: 'request took too long to arrive' },
}
const MALFORMED = { status: 400, reason: 'Bad Request', message: 'request is not valid HTTP' }

function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const { status, reason, message } = UNREADABLE[error.code ?? ''] ?? MALFORMED
  const body = JSON.stringify(errorBody(status, message, null))
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  )
}
