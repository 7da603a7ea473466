import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { type Clock, systemClock } from '../../src/base/clock.js'
import type { AlertFields } from '../../src/model/alert.js'
import { findHop, formatHops, type Hop, parseHops } from '../../src/model/hops.js'
import { parseIdentity } from '../../src/model/identity.js'
import { randomIds } from '../../src/model/ids.js'
import type { RuleInput } from '../../src/sink/behaviour.js'
import type { SinkEnv } from '../../src/sink/env.js'
import type { Received } from '../../src/sink/received.js'
import { createSink, type Listening, type Sink } from '../../src/sink/sink.js'
import { freePort } from './ports.js'

/** Where the forwarder plugin sends, and the API key it shows there. */
export interface NextHop {
  readonly url: string
  readonly key: string
}

export interface AlertaPeerOptions {
  readonly next?: readonly NextHop[]
  /** how long every request waits before it is worked on */
  readonly delayMs?: number
  /** so many requests are worked on in a second, one after the other */
  readonly perSecond?: number
}

/** An alert as GET /alerts shows it. */
export type PeerShown = AlertFields & {
  readonly id: string
  readonly lastReceiveId: string
  readonly duplicateCount: number
  readonly previousSeverity: string
  readonly history: readonly { readonly type: string; readonly status: string; readonly text: string }[]
}

/** A server like Alerta with its forwarder plugin, that others federate with. */
export interface AlertaPeer {
  readonly url: string
  /** All its alerts, with history and raw data; also while it is down. */
  alerts(): Promise<readonly PeerShown[]>
  /** "Production/web01/NodeDown" or "…/NodeDown@customer" to "open major": for comparing servers. */
  standing(): Promise<Readonly<Record<string, string>>>
  /** What its operators and own senders do, also while it is down for others; each is forwarded before it resolves. */
  post(alert: object): Promise<Done>
  act(id: string, action: string, more?: object): Promise<Done>
  delete(id: string): Promise<Done>
  /** From now on it forwards there. */
  forwardTo(next: readonly NextHop[]): void
  /** What came from others, writes only, oldest first. */
  writes(): readonly Received[]
  behave(rule: RuleInput): void
  obey(): void
  /** Connections to it are refused, or cut off. */
  down(): Promise<void>
  /** On the same port, with what it had. */
  up(): Promise<void>
  /** As if its database had been made anew. */
  wipe(): Promise<void>
}

export interface Done {
  readonly status: number
  /** of a POST: the id under which the alert is kept */
  readonly id: string
}

interface Made {
  readonly sink: Sink
  readonly door: Listening
  readonly front: Hono<SinkEnv>
}

const closers = new Set<() => Promise<void>>()
/** For afterEach. */
export async function stopAlertaPeers(): Promise<void> {
  await Promise.all([...closers].map((close) => close()))
  closers.clear()
}

export async function startAlertaPeer(options: AlertaPeerOptions = {}): Promise<AlertaPeer> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const gate = createGate(options, systemClock)
  const forwarder = createForwarder(url, options.next ?? [])
  let server: Server | undefined
  let made = await make()

  /** `door` is a second way in, for its operators and for looking at it: open while the peer is down, and not slow. */
  async function make(): Promise<Made> {
    const sink = createSink({ clock: systemClock, ids: randomIds, keep: 300_000, baseUrl: url })
    const door = await sink.listen()
    return { sink, door, front: front(sink, door) }
  }
  /** Alerta forwards inside the request, before it answers. */
  function front(sink: Sink, door: Listening): Hono<SinkEnv> {
    const app = new Hono<SinkEnv>()
    app.use(async (c, next) => {
      await gate()
      const target = await forwarder.look(c.req.method, c.req.path, door.url)
      await next()
      await forwarder.forward(target, c.res, hopsOf(c), c.get('json'))
    })
    app.route('/', sink.app)
    return app
  }
  async function up(): Promise<void> {
    const opened = createServer(getRequestListener((request, env) => made.front.fetch(request, env)))
    await new Promise<void>((resolve) => opened.listen(port, '127.0.0.1', resolve))
    server = opened
  }
  async function down(): Promise<void> {
    const closing = server
    server = undefined
    await new Promise<void>((resolve) => {
      if (closing === undefined) return resolve()
      closing.close(() => resolve())
      closing.closeAllConnections()
    })
  }
  async function operate(method: string, path: string, body?: object): Promise<Done> {
    const target = await forwarder.look(method, path, made.door.url)
    const answer = await fetch(made.door.url + path, {
      method,
      headers: { 'content-type': 'application/json', 'user-agent': OPERATOR },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    await forwarder.forward(target, answer, [], body)
    const { id = '' } = (await answer.json()) as { id?: string }
    return { status: answer.status, id }
  }
  async function alerts(): Promise<readonly PeerShown[]> {
    const query = 'page-size=1000000&show-history=true&show-raw-data=true'
    const answer = await fetch(`${made.door.url}/alerts?${query}`)
    return ((await answer.json()) as { alerts: PeerShown[] }).alerts
  }

  await up()
  closers.add(async () => {
    await down()
    await made.door.close()
  })
  return {
    url,
    alerts,
    standing: async () =>
      Object.fromEntries((await alerts()).map((one) => [keyOf(one), `${one.status} ${one.severity}`])),
    post: (alert) => operate('POST', '/alert', alert),
    act: (id, action, more = {}) => operate('PUT', `/alert/${encodeURIComponent(id)}/action`, { action, ...more }),
    delete: (id) => operate('DELETE', `/alert/${encodeURIComponent(id)}`),
    forwardTo: forwarder.to,
    writes: () =>
      made.sink.requests().filter(({ method, headers }) => method !== 'GET' && headers['user-agent'] !== OPERATOR),
    behave: (rule) => made.sink.behave(rule),
    obey: () => made.sink.obey(),
    down,
    up,
    async wipe() {
      await made.door.close()
      made = await make()
    },
  }
}

const OPERATOR = 'operator'

const keyOf = ({ environment, resource, event, customer }: PeerShown): string =>
  `${environment}/${resource}/${event}${customer === null ? '' : `@${customer}`}`

/** Makes requests slow, or few in a second. */
function createGate({ delayMs = 0, perSecond = 0 }: AlertaPeerOptions, clock: Clock): () => Promise<void> {
  let free = 0
  return async () => {
    const now = clock.now()
    free = Math.max(free, now) + (perSecond > 0 ? 1_000 / perSecond : 0)
    if (free > now || delayMs > 0) await clock.until(free + delayMs)
  }
}

const hopsOf = (c: Context<SinkEnv>): readonly Hop[] => {
  const header = c.env.incoming.headers['x-alerta-loop']
  return parseHops(Array.isArray(header) ? header.join(',') : header)
}

/** What a request is about, as the forwarder plugin sees it: the alert by its first id, whichever one was used. */
interface Target {
  readonly method: string
  readonly path: string
}

/** Alerta's forwarder plugin (plugins/forwarder.py): at once, one try, whatever comes of it. */
function createForwarder(own: string, first: readonly NextHop[]) {
  let next = first
  return {
    to(hops: readonly NextHop[]) {
      next = hops
    },
    /** Before the request is worked on, for a delete leaves nothing to look at. */
    async look(method: string, path: string, door: string): Promise<Target | undefined> {
      const [, id, rest = ''] = /^(?:\/api)?\/alert\/([^/]+)(\/action)?$/.exec(path) ?? []
      if (method === 'POST' && /^(\/api)?\/alert$/.test(path)) return { method, path: '/alert' }
      if (id === undefined || !((method === 'PUT' && rest !== '') || (method === 'DELETE' && rest === '')))
        return undefined
      const answer = await fetch(`${door}/alert/${id}`)
      const { alert } = (await answer.json()) as { alert?: { id: string } }
      return alert === undefined ? undefined : { method, path: `/alert/${encodeURIComponent(alert.id)}${rest}` }
    },
    async forward(target: Target | undefined, answer: Response, hops: readonly Hop[], json: unknown): Promise<void> {
      // an action that is refused here goes out too, for the plugin acts before the machine does
      if (target === undefined || ![200, 201, 409].includes(answer.status) || isCutOff(answer)) return
      const all = [...hops, { text: own, identity: parseIdentity(own) }]
      const body = target.method === 'POST' ? forwardedAlert(await bodyOf(answer)) : forwardedAction(target, json)
      for (const { url, key } of next) {
        const identity = parseIdentity(url)
        if (identity !== undefined && findHop(all, new Set([identity])) !== undefined) continue
        await fetch(url + target.path, {
          method: target.method,
          headers: { authorization: `Key ${key}`, 'x-alerta-loop': formatHops(all), ...JSON_TYPE },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }).catch(() => undefined) // nobody there: lost, as Alerta loses it
      }
    },
  }
}

/** Told to misbehave, it may have answered nothing that could be read. */
const isCutOff = ({ headers }: Response): boolean => headers.get('content-type')?.includes('json') !== true

const bodyOf = async (answer: Response) => (await answer.clone().json()) as { readonly alert: PeerShown }

const JSON_TYPE = { 'content-type': 'application/json' }

/** The stored alert, without its status and raw data, and as if it had been made now. */
function forwardedAlert({ alert }: { readonly alert: PeerShown }): object {
  const { id, resource, event, environment, severity, correlate, service, group, value, text } = alert
  const { tags, attributes, origin, type, timeout, customer } = alert
  return {
    ...{ id, resource, event, environment, severity, correlate, service, group, value, text, tags, attributes },
    ...{ origin, type, createTime: new Date().toISOString(), timeout, rawData: null, customer },
  }
}

/** Its timeout is lost on the way. */
function forwardedAction({ method }: Target, json: unknown): object | undefined {
  if (method !== 'PUT') return undefined
  const { action, text } = json as { readonly action: string; readonly text?: string }
  return { action, text: text ?? `${action} operator action`, timeout: null }
}
