import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hash } from '@node-rs/argon2'
import { stringify } from 'yaml'
import { type AuthConfig, authSchema } from '../../src/config/auth.js'
import { loadConfig } from '../../src/config/load.js'
import { build } from '../../src/relay.js'
import type { Received } from '../../src/sink/received.js'
import { closeSinks, startSink, type TestSink } from '../acceptance/sink.js'
import { waitFor } from '../support/wait.js'
import { silent } from './silent.js'

/** What alerta-server 9.1.0 with its forwarder plugin put on the wire, operation by operation. */
export interface Operation {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Readonly<Record<string, unknown>>
  /** what Alerta answered to the sender */
  readonly status: number
  /** how many requests each destination got */
  readonly forwarded: Readonly<Record<string, number>>
  /** the requests, the same at every destination that got them */
  readonly wire?: readonly Wire[]
}

export interface Wire {
  readonly method: string
  readonly path: string
  /** X-Alerta-Loop */
  readonly hops: string
  readonly body?: Readonly<Record<string, unknown>>
}

interface Stored {
  readonly filters: Readonly<Record<string, readonly string[] | string>>
  readonly operations: readonly Operation[]
}

const file = new URL('../data/recorded-forwarding.json', import.meta.url)
export const { filters: FILTERS, operations: OPERATIONS } = JSON.parse(readFileSync(file, 'utf8')) as Stored

/** Of the one note that is added: the recorded server gave it, and it stands in the path of its removal. */
const NOTE_ID = OPERATIONS.flatMap(({ path }) => /\/note\/(.+)$/.exec(path)?.[1] ?? [])[0] as string

/** ms: receivers that never got an alert are asked a few times about it */
const QUICK = { first: 2, ceiling: 10 }
/** The forwarding server's name. */
const BASE_URL = 'http://127.0.0.1:9111'
const ADMIN_KEY = 'admin-key'

/** A destination of the recorded server, as its FWD_DESTINATIONS had it, and how a receiver verifies what it gets. */
interface Destination {
  readonly name: string
  readonly options: Readonly<Record<string, string>>
  readonly filter: readonly string[] | string
  readonly verify: object | undefined
}

/** Those that differ in their credential only, as the page calls them. */
export const CREDENTIALS: Readonly<Record<string, string>> = {
  basic: 'Basic',
  hawk: 'Hawk',
  apikey: 'Key',
  bearer: 'Bearer',
  noauth: 'none',
}

const EVERYTHING = ['admin', 'read', 'write']
const key = (value: string) => ({ api_keys: [{ key: value, scopes: EVERYTHING }] })

async function destinations(): Promise<readonly Destination[]> {
  const password_hash = await hash('pa55w0rd', { memoryCost: 1024, timeCost: 1 })
  const users = [{ username: 'user', password_hash, scopes: EVERYTHING }]
  const credentials = [
    { name: 'basic', options: { username: 'user', password: 'pa55w0rd' }, verify: { users } },
    {
      name: 'hawk',
      options: { key: 'access-key', secret: 'secret-key' },
      verify: { hmac: [{ key: 'access-key', secret: 'secret-key' }] },
    },
    { name: 'apikey', options: { key: 'my-api-key' }, verify: key('my-api-key') },
    {
      name: 'bearer',
      options: { token: 'bearer-token' },
      verify: { tokens: [{ token: 'bearer-token', scopes: EVERYTHING }] },
    },
    { name: 'noauth', options: {}, verify: undefined },
  ]
  return [
    ...credentials.map((one) => ({ ...one, filter: ['*'] })),
    ...Object.entries(FILTERS).map(([name, filter]) => ({ name, options: { key: 'fk' }, filter, verify: key('fk') })),
  ]
}

/** What the relay did with an operation. */
export interface Outcome {
  /** its answer to the sender */
  readonly status: number
  /** the id of the alert in that answer */
  readonly id: string | undefined
  /** by destination, in the order of arrival */
  readonly received: ReadonlyMap<string, readonly Received[]>
}

export interface Forwarding {
  readonly outcomes: ReadonlyMap<string, Outcome>
  /** What stands in the recording for an id that the server gave, with the relay's in its place. */
  ours(text: string): string
}

/**
 * Sends all operations, in order, to a relay whose destinations are the recorded ones, set by FWD_DESTINATIONS as an
 * operator would who moves from Alerta. Receivers refuse what is not rightly signed.
 */
export async function forwardAll(): Promise<Forwarding> {
  const dir = mkdtempSync(join(tmpdir(), 'conformance-'))
  const all = await destinations()
  const sinks = new Map<string, TestSink>()
  for (const { name, verify } of all) {
    const auth: AuthConfig | undefined = verify && authSchema.parse(verify)
    sinks.set(name, await startSink(auth === undefined ? {} : { auth }))
  }
  const tuples = all.map(({ name, options, filter }) => [sinks.get(name)?.url, options, filter])
  const relay = await build(configOf(dir, tuples), silent)
  const { port } = await relay.start()

  const statuses = new Map<string, { status: number; id: string | undefined }>()
  const ids = new Map<string, string>()
  const ours = (text: string) => [...ids].reduce((changed, [theirs, own]) => changed.replaceAll(theirs, own), text)
  for (const [i, operation] of OPERATIONS.entries()) {
    const response = await fetch(`http://127.0.0.1:${port}${ours(operation.path)}`, requestOf(operation, i))
    const { id } = (await response.json()) as { id?: string }
    statuses.set(operation.name, { status: response.status, id })
    if (id !== undefined && operation.path.endsWith('/note')) ids.set(NOTE_ID, id)
    const given = operation.wire?.[0]?.body?.id
    const isOurs = operation.body?.id === undefined
    if (id !== undefined && typeof given === 'string' && isOurs) {
      ids.set(given, id)
      ids.set(given.slice(0, 8), id.slice(0, 8))
    }
  }
  await waitFor(
    'the queues to drain',
    () => queued(port),
    (rows) => rows === 0,
  )
  await relay.stop()
  const outcomes = OPERATIONS.map((operation, i): [string, Outcome] => {
    const mine = (sink: TestSink) =>
      sink.requests().filter(({ headers }) => headers['x-request-id'] === requestId(operation, i))
    const received = new Map([...sinks].map(([name, sink]) => [name, mine(sink)]))
    const answered = statuses.get(operation.name) ?? { status: 0, id: undefined }
    return [operation.name, { ...answered, received }]
  })
  await closeSinks()
  rmSync(dir, { recursive: true })
  return { outcomes: new Map(outcomes), ours }
}

/** By it the requests at the destinations are told apart: the relay passes it on. */
const requestId = (operation: Operation, index: number): string =>
  operation.headers?.['X-Request-ID'] ?? `operation-${index}`

const requestOf = (operation: Operation, index: number): RequestInit => ({
  method: operation.method,
  headers: {
    Authorization: `Key ${ADMIN_KEY}`,
    'X-Request-ID': requestId(operation, index),
    ...(operation.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...operation.headers,
  },
  ...(operation.body === undefined ? {} : { body: JSON.stringify(operation.body) }),
})

async function queued(port: number): Promise<number> {
  const headers = { authorization: `Key ${ADMIN_KEY}` }
  const response = await fetch(`http://127.0.0.1:${port}/management/status`, { headers })
  const { destinations } = (await response.json()) as { destinations: { queued: number }[] }
  return destinations.reduce((sum, one) => sum + one.queued, 0)
}

function configOf(dir: string, tuples: readonly unknown[]) {
  const yaml = stringify({
    base_url: BASE_URL,
    listen: '127.0.0.1:0',
    database_url: `sqlite:${join(dir, 'relay.db')}`,
    reject: { allowed_environments: ['Production', 'Development'], require_service: true },
    blackouts: { enabled: true },
    webhooks: { convert: ['prometheus'] },
    auth: { api_keys: [{ key: ADMIN_KEY, scopes: EVERYTHING }] },
  })
  const loaded = loadConfig(yaml, { FWD_DESTINATIONS: JSON.stringify(tuples) })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  const { config } = loaded
  return { ...config, destinations: config.destinations.map((one) => ({ ...one, backoff: QUICK })) }
}
