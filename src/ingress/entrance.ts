import type { Context, MiddlewareHandler } from 'hono'
import { readOffered } from '../auth/offered.js'
import type { Principal } from '../auth/principal.js'
import type { Wanted } from '../auth/scopes.js'
import { type Authenticate, admitted, type Verdict } from '../auth/verdict.js'
import type { Clock } from '../base/clock.js'
import type { Hop } from '../model/hops.js'
import { type BatchLimits, formatLimits, LINK_HEADER } from '../model/link.js'
import type { TraceContext } from '../model/trace-context.js'
import { admit, isNobody, letIn, refusal } from './admit.js'
import type { Attend, Visitor } from './attendance.js'
import type { Bodies, Body } from './body.js'
import type { IngressEnv } from './env.js'
import type { Arriving, Origin } from './proxies.js'
import { diskNearlyFull } from './refused.js'
import { createSeveral, type Several, type Turn } from './several.js'
import { checkJsonType, type Headed, single, toldBy } from './told-by.js'

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
  /** its place among those that came in one request; undefined: it came alone */
  readonly turn?: Turn | undefined
}

export interface EntranceDeps {
  readonly attend: Attend
  readonly authenticate: Authenticate
  /** by the configuration that is in force when it is asked; by default the same */
  readonly authenticateNow?: Authenticate | undefined
  readonly bodies: Bodies
  readonly origins: (incoming: Arriving) => Origin
  readonly clock: Clock
  readonly room: () => 'ok' | 'disk low'
  /** what relays are told of the batches that are taken here */
  readonly batch: BatchLimits
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
  /** Lets in a request that holds several writes, for each of which is looked by itself what it may do. */
  several(c: Context<IngressEnv>): Promise<Several>
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
  const limitsTold = formatLimits(deps.batch)

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

  function checkHeaders(write: Headed & { readonly method?: string | undefined }, type: 'JSON' | 'any type' = 'JSON') {
    if (type === 'JSON' && write.method !== 'DELETE') checkJsonType(write)
    if (deps.room() === 'disk low') throw diskNearlyFull()
  }

  const visitorOf = (c: Context<IngressEnv>): Visitor => ({
    requestId: c.get('requestId'),
    stranger() {
      const { incoming } = c.env
      const { authorization } = incoming.headers
      const xApiKey = incoming.headers['x-api-key']
      const offered = readOffered({
        authorization,
        xApiKey: Array.isArray(xApiKey) ? xApiKey[0] : xApiKey,
        queryApiKey: c.req.query('api-key'),
      })
      return { credential: offered.kind, known: false, address: deps.origins(incoming).sender }
    },
  })

  /** A relay may send batches where its message ids are believed: what is sent again in parts then does no harm. */
  function tellLimits(c: Context<IngressEnv>, { peer }: Principal): void {
    if (peer && c.env.incoming.headers['x-alerta-message'] !== undefined) c.header(LINK_HEADER, limitsTold)
  }

  return {
    visit: (c, wanted, work, type = 'JSON') =>
      deps.attend(visitorOf(c), 'write', async (signedIn) => {
        const since = deps.clock.monotonic()
        const { incoming, outgoing } = c.env
        checkHeaders(incoming, type)
        const body = deps.bodies(incoming, outgoing)
        const origin = deps.origins(incoming)
        const verdict = await signIn(c, body, origin)
        signedIn(verdict, origin.sender)
        const principal = admit(verdict, wanted)
        tellLimits(c, principal)
        // the spread stands last, as in apply-alert.ts
        return work({
          requestId: c.get('requestId'),
          principal,
          sender: origin.sender,
          since,
          urlId: c.req.param('id') ?? '',
          urlNoteId: c.req.param('note_id') ?? '',
          parameters: () => new URL(c.req.url).searchParams,
          body: incoming.method === 'DELETE' ? Buffer.alloc(0) : await body.read(),
          ...toldBy(incoming),
        })
      }),
    several: createSeveral({ ...deps, signIn, visitorOf, checkHeaders }),
    gate: (wanted) => async (c, next) => {
      await deps.attend(visitorOf(c), 'read', async (signedIn) => {
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
      deps.attend(visitorOf(c), 'read', async (signedIn) => {
        const { incoming, outgoing } = c.env
        const body = deps.bodies(incoming, outgoing)
        const origin = deps.origins(incoming)
        const verdict = session === undefined ? await signIn(c, body, origin) : admitted(session)
        signedIn(verdict, origin.sender)
        return { principal: letIn(verdict), sender: origin.sender, body: await body.read() }
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
