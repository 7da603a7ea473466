import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  readonly status: number
  /** by lower-case name; repeated ones joined */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A connection to which anything can be written, and what has come back on it. */
export interface RawConnection {
  readonly socket: Socket
  /** all whole answers so far; `bodiless`: the requests were HEAD. Throws where it is no HTTP. */
  answers(bodiless?: boolean): readonly RawAnswer[]
  received(): string
  readonly ended: Promise<void>
}

export async function open(port: number): Promise<RawConnection> {
  const socket = connect({ port, host: '127.0.0.1' })
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  // a reset is a closed connection
  socket.on('error', () => socket.destroy())
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await once(socket, 'connect')
  const received = () => Buffer.concat(chunks).toString('latin1')
  return { socket, answers: (bodiless = false) => parse(received(), bodiless), received, ended }
}

/** Sends bytes that ask for the connection's end, and returns all that was answered by then. */
export async function ask(port: number, bytes: Buffer, bodiless: boolean): Promise<readonly RawAnswer[]> {
  const connection = await open(port)
  connection.socket.write(bytes)
  await connection.ended
  return connection.answers(bodiless)
}

function parse(text: string, bodiless: boolean): readonly RawAnswer[] {
  const answers: RawAnswer[] = []
  let rest = text
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n')
    if (end === -1) return answers
    const [statusLine = '', ...lines] = rest.slice(0, end).split('\r\n')
    const status = Number(/^HTTP\/1\.1 (\d{3})(?: |$)/.exec(statusLine)?.[1])
    if (Number.isNaN(status)) throw new Error(`no HTTP answer: ${JSON.stringify(rest.slice(0, 200))}`)
    const headers = headersOf(lines)
    if (headers['transfer-encoding'] !== undefined) throw new Error(`an answer in chunks: ${statusLine}`)
    // what is no HTTP is refused before its method is known: without a date, and with a body
    const length = bodiless && headers.date !== undefined ? 0 : Number(headers['content-length'] ?? 0)
    const body = rest.slice(end + 4, end + 4 + length)
    if (body.length < length) return answers
    rest = rest.slice(end + 4 + length)
    if (status !== 100) answers.push({ status, headers, body: Buffer.from(body, 'latin1').toString() })
  }
  return answers
}

function headersOf(lines: readonly string[]): Readonly<Record<string, string>> {
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 1) throw new Error(`no header: ${JSON.stringify(line)}`)
    const name = line.slice(0, colon).toLowerCase()
    const before = headers.get(name)
    headers.set(name, (before === undefined ? '' : `${before}, `) + line.slice(colon + 1).trim())
  }
  return Object.fromEntries(headers)
}
