import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { LRUCache } from 'lru-cache'
import { createAuthenticator } from '../auth/credentials.js'
import { ownNames } from '../auth/own-names.js'
import type { Authenticate } from '../auth/verdict.js'
import type { Clock } from '../base/clock.js'
import type { AuthConfig } from '../config/auth.js'
import { type Identity, parseIdentity } from '../model/identity.js'
import type { Ids } from '../model/ids.js'
import { createAlertaRoutes } from './alerta.js'
import { createAlerts } from './alerts.js'
import { echo } from './anything.js'
import { createBehaviour, type RuleInput, ruleSchema } from './behaviour.js'
import { createControl } from './control.js'
import { errorBody, type SinkEnv } from './env.js'
import { createMisbehave } from './misbehave.js'
import { createReceivedList, KEEP_REQUESTS, type Received } from './received.js'
import { createReception } from './reception.js'
import { createSignIn } from './sign-in.js'

/** Hawk nonces of many minutes of testing. */
const REMEMBERED_NONCES = 100_000
/** More than all connections of all destinations of a relay under test. */
const MAX_CONNECTIONS = 1_000

export interface SinkOptions {
  readonly clock: Clock
  readonly ids: Ids
  /** of sinkAuth; undefined: nothing is checked */
  readonly auth?: AuthConfig | undefined
  /** the name it looks for in X-Alerta-Loop, by default the address it listens on; GET /config tells it where it is given */
  readonly baseUrl?: string | undefined
  /** how many requests it remembers */
  readonly keep?: number | undefined
  /** told of every request when it has been answered, or was left without an answer */
  readonly onRequest?: (received: Received) => void
}

export interface Listening {
  /** http://host:port */
  readonly url: string
  readonly port: number
  /** Cuts off whatever still runs. */
  close(): Promise<void>
}

export interface Sink {
  readonly app: Hono<SinkEnv>
  /** oldest first */
  requests(): readonly Received[]
  clear(): void
  /** Throws ZodError for what is no rule. */
  behave(rule: RuleInput): void
  /** Back to good behaviour. */
  obey(): void
  /** Port 0 takes a free one. Rejects where the address cannot be had. */
  listen(address?: { readonly host: string; readonly port: number }): Promise<Listening>
}

/** A destination for trying things out: answers like Alerta, shows what it got, and misbehaves when told to. */
export function createSink(options: SinkOptions): Sink {
  const { clock, ids } = options
  let identities: ReadonlySet<Identity> = new Set()
  let authenticate: Authenticate | undefined
  const received = createReceivedList(options.keep ?? KEEP_REQUESTS)
  const behaviour = createBehaviour()
  const alerts = createAlerts({ ids, clock })

  const app = new Hono<SinkEnv>()
  app.use(createReception(clock, received.add, options.onRequest ?? (() => {})))
  app.route('/_sink', createControl({ received, behaviour, clock }))
  app.use(
    createMisbehave({ behaviour, alerts, clock }),
    createSignIn(() => authenticate),
  )
  const alerta = createAlertaRoutes({ alerts, ids, clock, identities: () => identities, endpoint: options.baseUrl })
  for (const prefix of ['/', '/api']) app.route(prefix, alerta)
  app.all('/anything', echo).all('/anything/*', echo)
  // who hangs up while sending its body gets no answer anyway; anything else is a bug
  app.onError((error, c) => {
    if (c.env.incoming.destroyed) return c.body(null, 400)
    throw error
  })
  app.notFound((c) => c.json(errorBody(404, `nothing is here: ${c.req.method} ${c.req.path}`), 404))

  return {
    app,
    requests: received.list,
    clear: received.clear,
    behave(rule) {
      if (!behaviour.add(ruleSchema.parse(rule), clock.now())) throw new RangeError('too many rules')
    },
    obey: behaviour.clear,
    async listen(address = { host: '127.0.0.1', port: 0 }) {
      const server = createServer(getRequestListener(app.fetch))
      server.maxConnections = MAX_CONNECTIONS
      const port = await bind(server, address)
      const url = `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${port}`
      const baseUrl = options.baseUrl ?? url
      identities = new Set([parseIdentity(baseUrl) ?? []].flat())
      if (options.auth !== undefined) {
        const names = ownNames({ base_url: baseUrl, also_known_as: [], listen: { host: address.host, port } })
        authenticate = createAuthenticator({ auth: options.auth, ownNames: names, clock, spend: createSpend() })
      }
      return { url, port, close: () => stop(server) }
    },
  }
}

function createSpend(): (nonce: string) => Promise<boolean> {
  const spent = new LRUCache<string, true>({ max: REMEMBERED_NONCES })
  return (nonce) => {
    const fresh = !spent.has(nonce)
    spent.set(nonce, true)
    return Promise.resolve(fresh)
  }
}

function bind(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
