import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export interface Peer {
  readonly url: string
  readonly port: number
  /** TCP connections accepted so far */
  connections(): number
  close(): Promise<void>
}

/** Listens on a free loopback port until the test ends, and takes its connections down with it. */
async function listen(server: Server, scheme: 'http' | 'https', wanted = 0): Promise<Peer> {
  const sockets = new Set<Socket>()
  let accepted = 0
  server.on('connection', (socket: Socket) => {
    accepted++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(wanted, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy()
      server.close(() => resolve())
    })
  onTestFinished(close)
  return { url: `${scheme}://127.0.0.1:${port}`, port, connections: () => accepted, close }
}

export const httpPeer = (answer: RequestListener, port?: number): Promise<Peer> =>
  listen(createHttpServer(answer), 'http', port)

/** A peer below HTTP: sees the first bytes of each connection. */
export const rawPeer = (onBytes: (socket: Socket, bytes: Buffer) => void): Promise<Peer> =>
  listen(
    createServer((socket) => socket.on('data', (bytes) => onBytes(socket, bytes))),
    'http',
  )

const OPENSSL = 'openssl'

export interface Certificate {
  readonly key: Buffer
  readonly cert: Buffer
  readonly path: string
}

/** Self-signed, for the given subjectAltName such as "IP:127.0.0.1"; kept until the test ends. */
export function selfSigned(altName: string): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'egress-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [key, path] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const subject = ['-subj', '/CN=peer', '-addext', `subjectAltName=${altName}`]
  execFileSync(OPENSSL, ['req', '-x509', ...curve, '-days', '2', ...subject, '-keyout', key, '-out', path], {
    stdio: 'ignore',
  })
  return { key: readFileSync(key), cert: readFileSync(path), path }
}

export const httpsPeer = ({ key, cert }: Certificate, answer: RequestListener): Promise<Peer> =>
  listen(createHttpsServer({ key, cert }, answer), 'https')
