import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import type { Scope, Wanted } from '../../auth/scopes.js'
import { askedOf } from './asked.js'
import { errorSchema } from './errors.js'
import { linesOf, textOf } from './lines.js'
import type { RecordChange } from './trail.js'

/** Who asks. */
export interface Operator {
  /** for logs and the audit: a credential by its name, or whoever opened the socket */
  readonly name: string
  /** an address; "socket" */
  readonly from: string
  readonly allows: (wanted: Scope) => boolean
}

export interface OperatorEnv {
  /** `requestId`: of the HTTP request that it came by */
  Bindings: { readonly operator: Operator; readonly requestId?: string }
}

type Shape = Readonly<Record<string, z.ZodType>>
type None = Readonly<Record<never, z.ZodType>>

/** What there is to say about a route. The names in `path` stand in braces: /destinations/{destination}/hold. */
interface Described<P extends Shape, Q extends Shape, B extends z.ZodType> {
  /** `get` unless something else is said; a change needs another */
  readonly method?: 'get' | 'post' | 'put' | 'delete'
  readonly path: string
  /** the command that asks for it; several routes may serve one */
  readonly command: string
  /** one sentence */
  readonly summary: string
  readonly params?: P
  readonly query?: Q
  /** of a JSON body; one that is not sent counts as {} */
  readonly body?: B
  /** beyond 400, 401, 403 and 500, which any may give: when it is refused */
  readonly refusals?: Readonly<Partial<Record<404 | 409 | 413 | 503, string>>>
  /** who may ask for it over HTTP, where it is not read:management for reading and admin:management for changing */
  readonly scope?: Wanted
}

interface Answering<A extends Shape> {
  /** its members beside `status` */
  readonly answer: A
  readonly code?: 200 | 201 | 202
}

/** What a route's function is given, read and checked. */
export interface Asked<P extends Shape, Q extends Shape, B extends z.ZodType> {
  readonly params: z.output<z.ZodObject<P>>
  readonly query: z.output<z.ZodObject<Q>>
  readonly body: z.output<B>
  /** all of that as it was written */
  readonly words: object
  /** aborts when whoever asked has gone away */
  readonly signal: AbortSignal
  readonly operator: Operator
}

/** For what goes on where a reader has stopped before. */
interface Resuming {
  /** as sent; undefined: it begins now */
  readonly lastEventId: string | undefined
}

/** For what changes something. */
interface Changing {
  /** Adds to what log and audit say of it: what came of it, in numbers and names, never a secret. */
  note(fields: object): void
}

/** The members of a loose object that are told of; it may have others. */
type Known<T> = { readonly [K in keyof T as string extends K ? never : K]: Told<T[K]> }
/** What may be given as a `T`, lists and objects that are not to be changed included. */
type Told<T> = T extends readonly (infer E)[]
  ? readonly Told<E>[]
  : T extends object
    ? keyof Known<T> extends never
      ? { readonly [K in keyof T]: Told<T[K]> }
      : Known<T>
    : T
type AnswerOf<A extends Shape> = Promise<Told<z.input<z.ZodObject<A>>>>

/** Adds a route to the operators' app: it is served, checked, described and, where it changes something, recorded. */
export interface Routes {
  /** What only tells something; also by POST, where what is asked for does not fit into a URL. */
  read<A extends Shape, P extends Shape = None, Q extends Shape = None, B extends z.ZodType = z.ZodUndefined>(
    described: Described<P, Q, B> & Answering<A>,
    tell: (asked: Asked<P, Q, B>) => AnswerOf<A>,
  ): void
  /** What tells it in JSON objects, one a line, each a `line`; for as long as it takes. */
  stream<L extends z.ZodType, P extends Shape = None, Q extends Shape = None, B extends z.ZodType = z.ZodUndefined>(
    described: Described<P, Q, B> & { readonly line: L },
    tell: (asked: Asked<P, Q, B>) => Promise<AsyncGenerator<Told<z.input<L>>>>,
  ): void
  /** What tells it as server-sent events, for ever; `tell` gives them as text. */
  events<Q extends Shape = None>(
    described: Described<None, Q, z.ZodUndefined>,
    tell: (asked: Asked<None, Q, z.ZodUndefined> & Resuming) => AsyncGenerator<string>,
  ): void
  /**
   * What changes something. Log and audit get its command, params, query and body as they were written; `recorded` says it with less where
   * these are large or secret.
   */
  change<A extends Shape, P extends Shape = None, Q extends Shape = None, B extends z.ZodType = z.ZodUndefined>(
    described: Described<P, Q, B> &
      Answering<A> & {
        readonly method: 'post' | 'put' | 'delete'
        readonly recorded?: (asked: Asked<P, Q, B>) => object
      },
    work: (asked: Asked<P, Q, B> & Changing) => AnswerOf<A>,
  ): void
}

export interface RoutesDeps {
  readonly record: RecordChange
  /** what a stream's last line says where it breaks off */
  readonly failed: (error: Error) => string
}

type Any = Described<Shape, Shape, z.ZodType>
type AnyAsked = Asked<Shape, Shape, z.ZodType>

export function createRoutes(app: OpenAPIHono<OperatorEnv>, { record, failed }: RoutesDeps): Routes {
  function add(
    route: Any,
    scope: Wanted,
    good: object,
    work: (asked: AnyAsked, c: Context) => Promise<Response>,
    isAudited = false,
  ): void {
    const { method = 'get', path, params, query, body } = route
    const described = createRoute({
      method,
      path,
      operationId: `${method} ${path}`.replace(/[^a-z]+/g, '_').replace(/_$/, ''),
      summary: route.summary,
      description: `Scope \`${route.scope ?? scope}\`. Command \`${route.command}\`.`,
      tags: [path.split('/')[1] ?? ''],
      'x-audited': isAudited,
      security: [{ key: [] }],
      request: {
        ...(params === undefined ? {} : { params: z.object(params) }),
        ...(query === undefined ? {} : { query: z.object(query) }),
        ...(body === undefined ? {} : { body: { content: { 'application/json': { schema: body } } } }),
      },
      responses: { ...good, ...refusalsOf(route) },
    })
    app.openAPIRegistry.registerPath(described)
    app.on(method.toUpperCase(), described.getRoutingPath(), async (c) => {
      const { operator } = c.env
      const wanted = route.scope ?? scope
      if (!operator.allows(wanted)) throw new HTTPException(403, { message: `Missing required scope: ${wanted}` })
      return work({ ...(await askedOf(c, route)), signal: c.req.raw.signal, operator } as AnyAsked, c)
    })
  }

  return {
    read(route, tell) {
      const { answer, code = 200 } = route
      add(route as Any, 'read:management', jsonAnswer(code, answer), async (asked, c) =>
        c.json({ status: 'ok', ...(await tell(asked as Parameters<typeof tell>[0])) }, code),
      )
    },
    stream(route, tell) {
      const schema = route.line
      const good = { 200: { description: 'one JSON object a line', content: { [LINES]: { schema } } } }
      add(route as Any, 'read:management', good, async (asked, c) => {
        if (c.req.method === 'HEAD') return headOnly(c, LINES)
        const lines = await tell(asked as Parameters<typeof tell>[0])
        return c.body(await linesOf(lines, failed), 200, { 'content-type': LINES })
      })
    },
    events(route, tell) {
      const good = { 200: { description: 'server-sent events', content: { [EVENTS]: { schema: z.string() } } } }
      add(route as Any, 'read:management', good, async (asked, c) => {
        if (c.req.method === 'HEAD') return headOnly(c, EVENTS)
        const lastEventId = c.req.header('last-event-id')
        const told = tell({ ...(asked as Parameters<typeof tell>[0]), lastEventId })
        // proxies that keep answers until they are whole would never pass it on
        const headers = { 'content-type': EVENTS, 'cache-control': 'no-store', 'x-accel-buffering': 'no' }
        return c.body(textOf(told), 200, headers)
      })
    },
    change(route, work) {
      const { answer, code = 200, command, recorded } = route
      add(
        route as Any,
        'admin:management',
        jsonAnswer(code, answer),
        async (asked, c) => {
          const given = asked as Parameters<typeof work>[0]
          const { operator, words } = asked
          const fields = recorded?.(given) ?? words
          const answered = await record({ command, operator, fields }, (note) => work({ ...given, note }))
          return c.json({ status: 'ok', ...answered }, code)
        },
        true,
      )
    },
  }
}

const LINES = 'application/x-ndjson'
const EVENTS = 'text/event-stream'

/** Nobody reads what would be begun for it, so nobody would end it. */
const headOnly = (c: Context, type: string): Response => c.body(null, 200, { 'content-type': type })

const jsonAnswer = (code: number, answer: Shape) => ({
  [code]: {
    description: 'done',
    content: { 'application/json': { schema: z.object({ status: z.literal('ok'), ...answer }) } },
  },
})

const refusalsOf = ({ refusals }: Any) =>
  Object.fromEntries(
    Object.entries({
      400: 'something is wrong with the request',
      401: 'no credential, or a wrong one (over HTTP)',
      403: 'the credential may not do this (over HTTP)',
      ...refusals,
      500: 'a bug, or the store cannot be written',
    }).map(([code, description]) => [code, { description, content: { 'application/json': { schema: errorSchema } } }]),
  )
