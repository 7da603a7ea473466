import type { Context, Hono } from 'hono'
import type { ContentfulStatusCode, StatusCode } from 'hono/utils/http-status'
import ipaddr from 'ipaddr.js'
import { readOffered } from '../auth/offered.js'
import { ownNames } from '../auth/own-names.js'
import type { Principal } from '../auth/principal.js'
import { allows, type Scope } from '../auth/scopes.js'
import type { Clock } from '../base/clock.js'
import type { Config } from '../config/schema.js'
import type { Entrance } from './entrance.js'
import type { IngressEnv } from './env.js'
import type { Origin } from './proxies.js'
import { Refused, refuseTrace } from './refused.js'

/** The operators' app, which stands in another room (management/operator/app.ts). */
export interface Operators {
  fetch(
    request: Request,
    by: {
      readonly operator: { readonly name: string; readonly from: string; readonly allows: (wanted: Scope) => boolean }
      readonly requestId: string
    },
  ): Response | Promise<Response>
  /** What is for everybody: how to ask, nothing of what is asked for. */
  isOpen(method: string, path: string): boolean
}

interface Signed {
  readonly principal: Principal
  readonly expiresAt: number
}

export interface OperatorsDeps {
  readonly config: Pick<Config, 'base_url' | 'also_known_as' | 'listen' | 'operators'>
  readonly operators: Operators
  /** Who has signed in at the console, and until when (epoch ms). */
  readonly sessionOf?:
    | ((visitor: Origin & Pick<IngressEnv['Bindings']['incoming'], 'headers'>) => Signed | undefined)
    | undefined
  /** as `sessionOf`, by the configuration that is in force when it is asked; by default the same */
  readonly sessionNow?: OperatorsDeps['sessionOf']
  readonly clock: Pick<Clock, 'now' | 'until'>
  readonly origins: (incoming: IngressEnv['Bindings']['incoming']) => Origin
}

const PATH = '/operator'
const NOBODY = { operator: { name: 'nobody', from: '', allows: () => false } }

/**
 * The operators' requests over HTTP, below /operator: for credentials that are bound to no customer, each request for
 * the scope that it wants. A page in somebody's browser that has had its own name point to this machine (DNS rebinding)
 * is kept out by the Host header.
 */
export function mountOperators(
  api: Hono<IngressEnv>,
  entrance: Entrance,
  { config, operators, origins, sessionOf, sessionNow = sessionOf, clock }: OperatorsDeps,
): void {
  const isOurs = createHostCheck(config)
  api.all(PATH, (c) => c.redirect(`${new URL(c.req.url).pathname.split('/').at(-1)}/`, 308))
  api.on('TRACE', `${PATH}/*`, refuseTrace)
  api.all(`${PATH}/*`, async (c) => {
    if (!isOurs(origins(c.env.incoming).host)) {
      throw new Refused(421, 'Operators are not answered under this Host name: operators.hosts must name it')
    }
    const requestId = c.get('requestId')
    const path = pathBelow(c)
    if (operators.isOpen(c.req.method, path)) {
      return passedOn(c, await operators.fetch(new Request(urlOf(c, path)), { ...NOBODY, requestId }))
    }
    const session = sessionOf === undefined || offersCredential(c) ? undefined : sessionOf(visitorOf(c))
    const { principal, sender, body } = await entrance.enter(c, session?.principal)
    if (principal.customers.length > 0) {
      throw new Refused(403, 'A credential that is bound to customers may not do what concerns them all')
    }
    const operator = { name: principal.name, from: sender, allows: (wanted: Scope) => allows(principal, wanted) }
    const over = overWith(c)
    const answer = await operators.fetch(requestOf(c, path, body, over.signal), { operator, requestId })
    if (isStream(answer)) void endWith(c, session, over).catch((error: unknown) => over.abort(error))
    return passedOn(c, answer)
  })

  /** What streams for hours ends with the session or the credential that it was asked with. */
  async function endWith(c: Context<IngressEnv>, session: Signed | undefined, over: AbortController): Promise<void> {
    const end = session?.expiresAt ?? Number.POSITIVE_INFINITY
    while (!over.signal.aborted) {
      await clock.until(Math.min(clock.now() + LOOK_EVERY_MS, end), over.signal)
      const who = session === undefined ? await entrance.again(c) : sessionNow?.(visitorOf(c))?.principal
      if (who === undefined || (who !== 'unknown' && !mayLook(who))) over.abort()
    }
  }

  function visitorOf(c: Context<IngressEnv>) {
    const { incoming } = c.env
    return { ...origins(incoming), headers: incoming.headers }
  }
}

/** One that is sent counts, whatever a browser adds to it. */
function offersCredential(c: Context<IngressEnv>): boolean {
  const { authorization, 'x-api-key': key } = c.env.incoming.headers
  const xApiKey = typeof key === 'string' ? key : key?.[0]
  return readOffered({ authorization, xApiKey, queryApiKey: c.req.query('api-key') }).kind !== 'none'
}

/** A credential that is taken away reads on for so long at most. */
const LOOK_EVERY_MS = 10_000

const mayLook = (principal: Principal): boolean =>
  principal.customers.length === 0 && allows(principal, 'read:management')

const isStream = ({ headers }: Response): boolean =>
  headers.get('content-type')?.startsWith('text/event-stream') === true

/** Aborts when whoever asked has gone, or has been answered. */
function overWith(c: Context<IngressEnv>): AbortController {
  const over = new AbortController()
  const { signal } = c.req.raw
  if (signal.aborted) over.abort()
  signal.addEventListener('abort', () => over.abort(), { once: true })
  c.env.outgoing.once('close', () => over.abort())
  return over
}

/** With the headers that every answer of the relay has. */
function passedOn(c: Context<IngressEnv>, { body, status, headers }: Response): Response {
  const told = Object.fromEntries(headers)
  return body === null ? c.body(null, status as StatusCode, told) : c.body(body, status as ContentfulStatusCode, told)
}

/** Below whichever prefix it came: what stands where the route has its star. */
function pathBelow(c: Context<IngressEnv>): string {
  const { pathname } = new URL(c.req.url)
  const route = c.req.routePath.replace(/\/\*$/, '')
  return pathname.slice(route.length)
}

const urlOf = (c: Context<IngressEnv>, path: string): URL => {
  const url = new URL(c.req.url)
  url.pathname = path
  return url
}

function requestOf(c: Context<IngressEnv>, path: string, body: Buffer, signal: AbortSignal): Request {
  const { method } = c.req
  const given = method === 'GET' || method === 'HEAD' || body.length === 0 ? {} : { body: new Uint8Array(body) }
  const headers = new Headers()
  for (const name of ['content-type', 'last-event-id']) {
    const value = c.req.header(name)
    if (value !== undefined) headers.set(name, value)
  }
  return new Request(urlOf(c, path), { method, headers, signal, ...given })
}

const LOOPBACK = ['localhost', '127.0.0.1', '::1']

/**
 * Our own names, those of the configuration, and addresses: for a page from an address is that machine's own, whatever
 * its name server says.
 */
function createHostCheck(config: OperatorsDeps['config']): (host: string | undefined) => boolean {
  const bare = (name: string): string => name.toLowerCase().replace(/^\[|\]$/g, '')
  const names = new Set([...LOOPBACK, ...ownNames(config).map(({ host }) => host), ...config.operators.hosts.map(bare)])
  return (host) => {
    const name = bare(/^(.*?)(?::\d+)?$/.exec(host ?? '')?.[1] ?? '')
    return names.has(name) || ipaddr.isValid(name)
  }
}
