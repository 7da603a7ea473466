import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { systemClock } from '../../src/base/clock.js'
import { freePort } from './ports.js'

/** What goes wrong between a client and its server; bytes that are not mentioned pass as they are. */
export type Fault =
  /** nobody listens any more, and who was connected is cut off */
  | { readonly at: 'listener'; readonly do: 'refuse' }
  /** as soon as a connection is opened */
  | { readonly at: 'connection'; readonly do: Blow }
  /** when `after` bytes of the client's have come (1: the first), none of which are passed on */
  | { readonly at: 'request'; readonly do: Blow; readonly after?: number }
  /** when the server has done what was asked and begins to answer */
  | { readonly at: 'answer'; readonly do: Blow }

export type Blow =
  /** what comes is read, nothing is said */
  | 'hang'
  /** not even read */
  | 'stall'
  | 'reset'
  /** FIN; what the client sends is still read */
  | 'end'
  /** these bytes; then silence, or another blow */
  | { readonly say: string; readonly next?: Blow }
  /** so many bytes of the server's answer, then a blow */
  | { readonly pass: number; readonly next: Blow }
  /** the server's answer, one byte in so many ms */
  | { readonly dripMs: number }

export interface TcpProxy {
  readonly port: number
  /** From now on; connections that are open already are struck with their next bytes. */
  strike(fault: Fault): Promise<void>
  /** New bytes pass again; what was struck stays so. */
  heal(): Promise<void>
  /** Connections that are open now die silently, as behind a gateway that has forgotten them; new ones are well. */
  forget(): void
  /** connections of clients, now and in all */
  open(): number
  opened(): number
  close(): Promise<void>
}

interface Link {
  readonly client: Socket
  readonly server: Socket
  received: number
  struck: boolean
}

/** A TCP proxy to a port on loopback, under the control of a test. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const port = await freePort()
  const links = new Set<Link>()
  let fault: Fault | undefined
  let opened = 0
  let listener: Server | undefined

  function onConnection(client: Socket): void {
    opened += 1
    const server = createConnection({ port: target, host: '127.0.0.1', allowHalfOpen: true })
    const link: Link = { client, server, received: 0, struck: false }
    links.add(link)
    client.on('error', () => client.destroy()).on('data', (bytes) => fromClient(link, bytes))
    client
      .on('end', () => (link.struck ? client.destroy() : server.end()))
      .on('close', () => {
        links.delete(link)
        server.destroy()
      })
    server.on('error', () => client.destroy()).on('data', (bytes) => fromServer(link, bytes))
    server.on('end', () => link.struck || client.end())
    if (fault?.at === 'connection') void blow(link, fault.do)
  }

  function fromClient(link: Link, bytes: Buffer): void {
    link.received += bytes.length
    if (link.struck) return
    if (fault?.at !== 'request') link.server.write(bytes)
    else if (link.received >= (fault.after ?? 1)) void blow(link, fault.do)
  }

  function fromServer(link: Link, bytes: Buffer): void {
    if (link.struck) return
    if (fault?.at === 'answer') void blow(link, fault.do, bytes)
    else link.client.write(bytes)
  }

  async function blow(link: Link, how: Blow, answer: Buffer = Buffer.alloc(0)): Promise<void> {
    link.struck = true
    const { client } = link
    if (how === 'reset') client.resetAndDestroy()
    else if (how === 'end') client.end()
    else if (how === 'stall') client.pause()
    else if (how === 'hang') client.resume()
    else if ('say' in how) client.write(how.say, () => how.next && void blow(link, how.next, answer))
    else if ('dripMs' in how) await drip(client, answer, how.dripMs)
    else client.write(answer.subarray(0, how.pass), () => void blow(link, how.next))
  }

  async function listen(): Promise<void> {
    if (listener !== undefined) return
    const server = createServer({ allowHalfOpen: true }, onConnection)
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    listener = server
  }

  async function hangUp(): Promise<void> {
    const closed = [...links].map(({ client }) => new Promise<void>((resolve) => client.once('close', resolve)))
    for (const { client } of links) client.destroy()
    await Promise.all(closed)
  }

  async function refuse(): Promise<void> {
    const closed = new Promise<void>((resolve) =>
      listener === undefined ? resolve() : listener.close(() => resolve()),
    )
    listener = undefined
    for (const { client } of links) client.destroy()
    await closed
  }

  await listen()
  return {
    port,
    async strike(next) {
      // who is connected already would never be struck
      if (next.at === 'connection') await hangUp()
      fault = next
      await (next.at === 'listener' ? refuse() : listen())
    },
    async heal() {
      fault = undefined
      await listen()
    },
    forget() {
      for (const link of links) link.struck = true
    },
    open: () => links.size,
    opened: () => opened,
    close: refuse,
  }
}

async function drip(to: Socket, bytes: Buffer, everyMs: number): Promise<void> {
  const gone = new AbortController()
  to.once('close', () => gone.abort())
  for (const byte of bytes) {
    await systemClock.until(systemClock.now() + everyMs, gone.signal)
    if (gone.signal.aborted) return
    to.write(Buffer.of(byte))
  }
}
