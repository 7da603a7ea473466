import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Connection, endAfter } from './connections.js'
import { errorBody } from './errors.js'

/** What is wrong below HTTP's meaning is answered here, in Alerta's shape; it never reaches the app. */

/** As many as Apache and gunicorn take; proxies add a dozen. */
const MOST_HEADERS = 100
/** For the server: node leaves out what is beyond it without a word, be it a length or the hops. */
export const HEADERS_READ = MOST_HEADERS + 1

interface Problem {
  readonly status: 400 | 417 | 431
  readonly message: string
}

export const UNEXPECTED: Problem = { status: 417, message: 'Expect is not 100-continue' }

/**
 * What node's parser lets through although another server may read it as something else (RFC 9112, 3.2 and 6.1), so that
 * a proxy in front and the relay could be of two minds where a request ends or whom it is for. Undefined: nothing.
 */
export function ambiguity({ rawHeaders, headers, httpVersion }: IncomingMessage): Problem | undefined {
  if (rawHeaders.length > 2 * MOST_HEADERS) return { status: 431, message: `more than ${MOST_HEADERS} headers` }
  const hosts = rawHeaders.filter((text, i) => i % 2 === 0 && text.length === 4 && text.toLowerCase() === 'host')
  if (hosts.length !== 1) return { status: 400, message: 'Host must be sent once' }
  const coding = headers['transfer-encoding']
  if (coding === undefined || (coding.toLowerCase() === 'chunked' && httpVersion === '1.1')) return undefined
  return { status: 400, message: 'Transfer-Encoding must be chunked, and the protocol HTTP/1.1' }
}

/** Answers and ends the connection, for nobody knows what else comes on it. */
export function refuse(response: ServerResponse, { status, message }: Problem): void {
  const body = JSON.stringify(errorBody(status, message, null))
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  })
  response.end(body)
}

/** What node's parser refuses. */
const UNREADABLE: Readonly<Record<string, { status: number; reason: string; message: string }>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    reason: 'Request Header Fields Too Large',
    message: 'request headers are too large',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, reason: 'Request Timeout', message: 'request took too long to arrive' },
}
const MALFORMED = { status: 400, reason: 'Bad Request', message: 'request is not valid HTTP' }

/** Ends a connection on which something unreadable came. Each request gets one answer, and what is none gets one too. */
export function answerUnreadable(
  error: NodeJS.ErrnoException,
  socket: Socket,
  { waiting, latest }: Connection = { waiting: new Set(), latest: undefined },
): void {
  // refused before: closing while the rest of it comes in would be a reset, which overtakes the answer
  if (socket.writableEnded && error.code?.startsWith('HPE_')) return
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  // a refusal now would be taken for the answer to what is being stored
  const running = [...waiting].findLast((response) => response.req.complete)
  if (running !== undefined) return endAfter(running)
  const answered = latest?.req.complete === false && latest.headersSent
  socket.end(answered ? '' : refusal(error.code ?? ''))
}

function refusal(code: string): string {
  const { status, reason, message } = UNREADABLE[code] ?? MALFORMED
  const body = JSON.stringify(errorBody(status, message, null))
  return (
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
    `Connection: close\r\n\r\n${body}`
  )
}
