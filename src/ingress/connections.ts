import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** What one connection has come to. */
export interface Connection {
  /** answers that are not out yet, in order: more than one where the sender did not wait */
  readonly waiting: ReadonlySet<ServerResponse>
  /** to the latest request; undefined: none came yet */
  readonly latest: ServerResponse | undefined
}

export type Connections = ReadonlyMap<Socket, Connection>

/** Follows a server's open connections. To be called before anything listens to its requests. */
export function track(server: Server): Connections {
  const open = new Map<Socket, { waiting: Set<ServerResponse>; latest: ServerResponse | undefined }>()
  server.on('connection', (socket) => {
    const waiting = new Set<ServerResponse>()
    open.set(socket, { waiting, latest: undefined })
    socket.once('close', () => {
      open.delete(socket)
      process.nextTick(abandon, waiting)
    })
  })
  server.on('request', ({ socket }, response) => {
    const connection = open.get(socket)
    if (connection === undefined) return
    connection.waiting.add(response)
    connection.latest = response
    response.once('close', () => connection.waiting.delete(response))
  })
  return open
}

/** Node tells only the answer whose turn it is that nobody will read it; those behind it hold memory as well. */
function abandon(waiting: ReadonlySet<ServerResponse>): void {
  for (const response of waiting) response.emit('close')
}

/** Ends the connection when this answer is out: node would keep it open for further requests. */
export function endAfter(response: ServerResponse): void {
  const { socket } = response.req
  if (!response.headersSent) response.setHeader('Connection', 'close')
  response.once('close', () => socket.end())
}

/** Takes no more connections and ends the open ones as their last answers are out; after `patience` it cuts them off. */
export async function stop(
  server: Server,
  connections: Connections,
  patience: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  for (const [socket, { waiting }] of connections) {
    const last = [...waiting].at(-1)
    if (last !== undefined) endAfter(last)
    // node takes a connection on which nothing has come yet for a busy one
    else if (socket.bytesRead === 0) socket.end()
  }
  const gone = new AbortController()
  const cut = patience(gone.signal).then(() => server.closeAllConnections())
  await closed
  gone.abort()
  await cut
}
