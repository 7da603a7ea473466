import type { Context, MiddlewareHandler } from 'hono'
import type { Principal } from '../auth/principal.js'
import { allows, type Wanted } from '../auth/scopes.js'
import { type Authenticate, admitted, type Denial, type Verdict } from '../auth/verdict.js'
import type { Clock } from '../base/clock.js'
import { type Hop, parseHops } from '../model/hops.js'
import { parseTrace, type TraceContext } from '../model/trace-context.js'
import type { Attend } from './attendance.js'
import type { Bodies, Body } from './body.js'
import type { IngressEnv } from './env.js'
import type { Origin } from './proxies.js'
import { diskNearlyFull, Refused } from './refused.js'

const JSON_TYPE = /^\s*application\/([\w.+-]+\+)?json\s*(;|$)/i

/** A write whose sender was let in, before anything of its body has been understood. */
export interface Visit {
  readonly requestId: string
  readonly principal: Principal
  /** address, after trusted proxies */
  readonly sender: string
  readonly hops: readonly Hop[]
  /** X-Alerta-Message as sent; undefined: none */
  readonly offeredId: string | undefined
  /** X-Alerta-Accepted as sent; undefined: none */
  readonly offeredStamp: string | undefined
  /** monotonic ms at which it came */
  readonly since: number
  /** the alert in the URL; '' where there is none */
  readonly urlId: string
  /** the note in the URL; '' where there is none */
  readonly urlNoteId: string
  /** of the URL */
  readonly parameters: () => URLSearchParams
  readonly body: Buffer
  /** of traceparent and tracestate; undefined: none that can be */
  readonly trace?: TraceContext | undefined
  /** see Draft */
  readonly notTo?: string | undefined
}

export interface EntranceDeps {
  readonly attend: Attend
  readonly authenticate: Authenticate
  /** by the configuration that is in force when it is asked; by default the same */
  readonly authenticateNow?: Authenticate | undefined
  readonly bodies: Bodies
  readonly origins: (incoming: IngressEnv['Bindings']['incoming']) => Origin
  readonly clock: Clock
  readonly room: () => 'ok' | 'disk low'
}

/** What stands between the socket and a route. Everything is refused as early as it can be: before the body is read. */
export interface Entrance {
  /** Runs a write for whoever may do `wanted`. Its body must be JSON by its type, unless told otherwise. */
  visit<T>(
    c: Context<IngressEnv>,
    wanted: Wanted,
    work: (visit: Visit) => Promise<T>,
    body?: 'JSON' | 'any type',
  ): Promise<T>
  /** For reading routes; without a scope it is open to all, but a wrong credential is still refused. */
  gate(wanted?: Wanted): MiddlewareHandler<IngressEnv>
  /**
   * Whoever has a credential; what for is looked at elsewhere. Also while the disk is full. `session`: who signed in at
   * the console, which is asked for nothing more.
   */
  enter(c: Context<IngressEnv>, session?: Principal): Promise<Pick<Visit, 'principal' | 'sender' | 'body'>>
  /**
   * Who is let in by the same credential now; undefined: nobody. 'unknown': that cannot be told, for a signature is good
   * once, or there is too much to do.
   */
  again(c: Context<IngressEnv>): Promise<Principal | 'unknown' | undefined>
}

export function createEntrance(deps: EntranceDeps): Entrance {
  const signIn = (
    c: Context<IngressEnv>,
    body: Body,
    origin: Origin,
    authenticate = deps.authenticate,
  ): Promise<Verdict> => {
    const { incoming } = c.env
    return authenticate({
      method: incoming.method ?? '',
      target: incoming.url ?? '',
      host: origin.host,
      scheme: origin.scheme,
      sender: origin.sender,
      authorization: incoming.headers.authorization,
      xApiKey: single(incoming.headers['x-api-key']),
      queryApiKey: c.req.query('api-key'),
      contentType: incoming.headers['content-type'],
      body: body.present ? () => body.read() : undefined,
    })
  }

  function checkHeaders(c: Context<IngressEnv>, type: 'JSON' | 'any type'): void {
    if (type === 'JSON' && c.env.incoming.method !== 'DELETE') checkJsonType(c.env.incoming)
    if (deps.room() === 'disk low') throw diskNearlyFull()
  }

  return {
    visit: (c, wanted, work, type = 'JSON') =>
      deps.attend(c, 'write', async (signedIn) => {
        const since = deps.clock.monotonic()
        checkHeaders(c, type)
        const { incoming, outgoing } = c.env
        const body = deps.bodies(incoming, outgoing)
        const origin = deps.origins(incoming)
        const verdict = await signIn(c, body, origin)
        signedIn(verdict, origin.sender)
        const principal = admit(verdict, wanted)
        return work({
          requestId: c.get('requestId'),
          principal,
          sender: origin.sender,
          hops: parseHops(single(incoming.headers['x-alerta-loop'])),
          offeredId: single(incoming.headers['x-alerta-message']),
          offeredStamp: single(incoming.headers['x-alerta-accepted']),
          trace: parseTrace(single(incoming.headers.traceparent), single(incoming.headers.tracestate)),
          since,
          urlId: c.req.param('id') ?? '',
          urlNoteId: c.req.param('note_id') ?? '',
          parameters: () => new URL(c.req.url).searchParams,
          body: incoming.method === 'DELETE' ? Buffer.alloc(0) : await body.read(),
        })
      }),
    gate: (wanted) => async (c, next) => {
      await deps.attend(c, 'read', async (signedIn) => {
        const { incoming, outgoing } = c.env
        const origin = deps.origins(incoming)
        const verdict = await signIn(c, deps.bodies(incoming, outgoing), origin)
        signedIn(verdict, origin.sender)
        if (wanted !== undefined) {
          const principal = admit(verdict, wanted)
          c.set('principal', principal)
          c.set('sender', origin.sender)
          c.set('customers', principal.customers)
        } else if (verdict.ok) c.set('visitor', verdict.principal.name)
        else if (!verdict.absent) throw refusal(verdict)
      })
      await next()
    },
    enter: (c, session) =>
      deps.attend(c, 'read', async (signedIn) => {
        const { incoming, outgoing } = c.env
        const body = deps.bodies(incoming, outgoing)
        const origin = deps.origins(incoming)
        const verdict = session === undefined ? await signIn(c, body, origin) : admitted(session)
        signedIn(verdict, origin.sender)
        if (!verdict.ok) throw refusal(verdict)
        const { principal } = verdict
        if (isNobody(principal)) throw new Refused(401, 'Missing authorization API Key or Bearer Token')
        return { principal, sender: origin.sender, body: await body.read() }
      }),
    async again(c) {
      const { incoming, outgoing } = c.env
      if (/^\s*hawk\b/i.test(incoming.headers.authorization ?? '')) return 'unknown'
      const body = deps.bodies(incoming, outgoing)
      const verdict = await signIn(c, body, deps.origins(incoming), deps.authenticateNow ?? deps.authenticate)
      if (!verdict.ok) return verdict.status === 429 ? 'unknown' : undefined
      return isNobody(verdict.principal) ? undefined : verdict.principal
    },
  }
}

export function checkJsonType({ headers }: IngressEnv['Bindings']['incoming']): void {
  if (JSON_TYPE.test(headers['content-type'] ?? '')) return
  throw new Refused(415, "POST and PUT requests must set 'Content-type' to 'application/json'")
}

function admit(verdict: Verdict, wanted: Wanted): Principal {
  if (!verdict.ok) throw refusal(verdict)
  if (allows(verdict.principal, wanted)) return verdict.principal
  throw new Refused(isNobody(verdict.principal) ? 401 : 403, `Missing required scope: ${wanted}`)
}

/** Who has not signed in can do that yet: at a 401 the web UI shows its login page, at a 403 an error. */
const isNobody = ({ inherits }: Principal): boolean => !inherits

const refusal = (denial: Denial): Refused => new Refused(denial.status, denial.message, denial.headers)

/** Node joins repeated lines of these headers itself. */
const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join(',') : header
