import { connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Answer } from './recording.js'

export interface PlainRequest {
  readonly method: string
  readonly path: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
}

/** One request on a connection of its own, its headers exactly as given: no client adds, joins or refuses any. */
export async function exchange(port: number, { method, path, headers, body }: PlainRequest): Promise<Answer> {
  const socket = connect(port, '127.0.0.1')
  const lines = [...headers, ['Connection', 'close'] as const].map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  socket.write(body)
  return parse(await buffer(socket))
}

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

function parse(bytes: Buffer): Answer {
  const from = bytes.subarray(0, CONTINUE.length).equals(Buffer.from(CONTINUE)) ? CONTINUE.length : 0
  const end = bytes.indexOf('\r\n\r\n', from)
  const [statusLine = '', ...lines] = bytes.toString('latin1', from, end).split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  if (headers['transfer-encoding'] !== undefined) throw new Error(`the answer comes in chunks: ${statusLine}`)
  const text = bytes.toString('utf8', end + 4)
  const json = headers['content-type']?.startsWith('application/json') === true
  return { status: Number(statusLine.split(' ')[1]), headers, body: json ? JSON.parse(text) : text || undefined }
}
