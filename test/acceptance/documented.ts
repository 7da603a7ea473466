import { readFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { freePort } from '../support/ports.js'
import { waitFor } from '../support/wait.js'
import { type Answer, KEY, type RelayProcess, startRelay } from './relay.js'
import { startSink, type TestSink } from './sink.js'

/** The configurations of docs/topologies.md, run as written but for addresses: every name becomes a port on loopback. */

const PAGE = readFileSync(fileURLToPath(new URL('../../docs/topologies.md', import.meta.url)), 'utf8')
const SERVER = /https?:\/\/([\w.-]+\.example\.com|127\.0\.0\.1:8090)/g

/** The page's sections that have a configuration, with the texts of their configurations. */
export const sections: ReadonlyMap<string, readonly string[]> = new Map(
  PAGE.split(/^## /m)
    .map((part) => [part.slice(0, part.indexOf('\n')), blocks(part, 'yaml')] as const)
    .filter(([, found]) => found.length > 0),
)

function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, block]) => block as string,
  )
}

/** Of a block of alertad.conf: what Alerta calls itself, and the URL it forwards to. */
export function forwarderOf(title: string): { readonly baseUrl: string; readonly next: string } {
  const section = PAGE.split(/^## /m).find((part) => part.startsWith(title)) ?? ''
  const [block = ''] = blocks(section, 'python')
  const found = { baseUrl: /BASE_URL = '(.+)'/.exec(block)?.[1], next: /^ {4}\('(.+?)'/m.exec(block)?.[1] }
  if (found.baseUrl === undefined || found.next === undefined) throw new Error(`no alertad.conf under ${title}`)
  return { baseUrl: found.baseUrl, next: found.next }
}

export interface Settings {
  base_url: string
  also_known_as?: string[]
  auth: { api_keys?: { key: string }[]; hmac?: object[] }
  destinations: { name: string; url: string; base_url?: string; [key: string]: unknown }[]
}

export interface WorldOptions {
  /** Servers that are neither a relay nor a sink; given the ports of all relays, tells their addresses. */
  readonly others?: (address: (host: string) => string) => Promise<Readonly<Record<string, string>>>
  /** Changes a configuration before it is run. */
  readonly edit?: (host: string, settings: Settings, address: (host: string) => string) => void | Promise<void>
}

export interface World {
  relay(host: string): RelayProcess
  /** Posts with the senders' key of the relay's own configuration. */
  sender(host: string): Pick<RelayProcess, 'alert' | 'action' | 'delete'>
  /** What stands for a server that is no relay. */
  sink(host: string): TestSink
  /** Waits until no relay has anything queued. */
  quiet(): Promise<void>
}

/** Starts a relay for each configuration of a section, and a sink for each server that they name and that is none. */
export async function startWorld(title: string, options: WorldOptions = {}): Promise<World> {
  const texts = sections.get(title)
  if (texts === undefined) throw new Error(`no configuration under ${title}`)
  const own = new Map(await Promise.all(texts.map(async (text) => [ownHost(text), await freePort()] as const)))
  const addresses = new Map([...own].map(([host, port]) => [host, `http://127.0.0.1:${port}`]))
  const address = (host: string): string => addresses.get(host) as string
  for (const [host, url] of Object.entries((await options.others?.(address)) ?? {})) addresses.set(host, url)
  const sinks = new Map<string, TestSink>()
  for (const [, host] of texts.join('\n').matchAll(SERVER)) {
    if (host === undefined || addresses.has(host)) continue
    const sink = await startSink()
    sinks.set(host, sink)
    addresses.set(host, sink.url)
  }

  const relays = new Map<string, RelayProcess>()
  const keys = new Map<string, string>()
  for (const text of texts) {
    const host = ownHost(text)
    const local = text.replace(SERVER, (_, name: string) => address(name)).replace(/\$\{(\w+)\}/g, 'value-of-$1')
    const { listen, database_url, ...settings } = parse(local) as Settings & { listen: string; database_url: string }
    await options.edit?.(host, settings, address)
    const { destinations, auth, ...rest } = settings
    keys.set(host, auth.api_keys?.[0]?.key ?? KEY)
    const api_keys = [...(auth.api_keys ?? []), { key: KEY, scopes: ['admin'], text: 'test' }]
    const port = own.get(host) as number
    relays.set(host, await startRelay({ port, destinations, config: { ...rest, auth: { ...auth, api_keys } } }))
  }
  return {
    relay: (host) => relays.get(host) as RelayProcess,
    sender: (host) => withKey(relays.get(host) as RelayProcess, keys.get(host) as string),
    sink: (host) => sinks.get(host) as TestSink,
    quiet: () => quiet([...relays.values()]),
  }
}

const ownHost = (text: string): string => [...text.matchAll(SERVER)][0]?.[1] as string

function withKey(relay: RelayProcess, key: string): Pick<RelayProcess, 'alert' | 'action' | 'delete'> {
  const authorization = `Key ${key}`
  const right = async (answer: Promise<Answer>): Promise<Answer> => {
    const { status, body } = await answer
    if (status >= 300) throw new Error(`refused with ${status}: ${JSON.stringify(body)}`)
    return answer
  }
  return {
    alert: (fields, more) => right(relay.alert(fields, { authorization, ...more })),
    action: (id, action, more) => right(relay.action(id, action, { authorization, ...more })),
    delete: (id, more) => right(relay.delete(id, { authorization, ...more })),
  }
}

async function quiet(relays: readonly RelayProcess[]): Promise<void> {
  const queued = async () => {
    const all = await Promise.all(relays.map((relay) => relay.status()))
    return all.flatMap(({ destinations }) => destinations.map((one) => one.queued))
  }
  // twice in a row: a message may have been between two relays while we looked
  for (let round = 0; round < 2; round += 1) {
    await waitFor('the topology to be quiet', queued, (seen) => seen.every((count) => count === 0))
  }
}

/** A line to a server that can be cut and mended. */
export interface Line {
  readonly url: string
  mend(): Promise<void>
  cut(): void
}

const lines = new Set<Line>()
/** For afterEach. */
export function cutAll(): void {
  for (const line of lines) line.cut()
  lines.clear()
}

/** A line that is still down. */
export async function layLine(target: string): Promise<Line> {
  const port = await freePort()
  const sockets = new Set<{ destroy(): void }>()
  let server: Server | undefined
  const line: Line = {
    url: `http://127.0.0.1:${port}`,
    mend() {
      server = createServer((near) => {
        const far = connect(Number(new URL(target).port), '127.0.0.1')
        for (const one of [near, far]) sockets.add(one.on('error', () => one.destroy()))
        near.pipe(far).pipe(near)
      })
      return new Promise((resolve) => server?.listen(port, '127.0.0.1', resolve))
    },
    cut() {
      server?.close()
      for (const one of sockets) one.destroy()
      sockets.clear()
    },
  }
  lines.add(line)
  return line
}
