import { Hono, type MiddlewareHandler } from 'hono'
import type { Login } from '../auth/login.js'
import type { LoginTokens } from '../auth/login-token.js'
import type { Wanted } from '../auth/scopes.js'
import type { Authenticate } from '../auth/verdict.js'
import type { Counters } from '../base/counters.js'
import type { Log } from '../base/log.js'
import type { Senders } from '../base/senders.js'
import type { Config } from '../config/schema.js'
import type { Identity } from '../model/identity.js'
import { type MessageId, parseMessageId } from '../model/ids.js'
import { BATCH_LIMITS, type BatchLimits } from '../model/link.js'
import type { AlertReads } from '../store/alert-reads.js'
import type { Blackouts } from '../store/blackouts.js'
import type { UserSettings } from '../store/user-settings.js'
import { type AcceptDeps, createAccept } from './accept.js'
import { type AccountDeps, mountAccount } from './account.js'
import { alertRulesOf } from './alert.js'
import { send } from './answers.js'
import { createAttendance } from './attendance.js'
import { createBlackoutPolicy } from './blackout-policy.js'
import { createBodies } from './body.js'
import { clientConfig } from './client-config.js'
import { type ConsolePages, mountConsole } from './console.js'
import { createCors } from './cors.js'
import { createDeleteHeartbeat, type DeleteHeartbeatDeps } from './delete-heartbeat.js'
import { createEntrance, type Entrance } from './entrance.js'
import type { IngressEnv } from './env.js'
import { createTellError, errorAnswer, errorBody, type TellError } from './errors.js'
import { heartbeatRulesOf } from './heartbeat-rules.js'
import type { KeysDeps } from './keys.js'
import { mountLink } from './link.js'
import { createLinkRoutes, type Receive } from './link-routes.js'
import { createLoopGuard } from './loop-guard.js'
import { mountWebhooks } from './mount-webhooks.js'
import { mountOperators, type Operators, type OperatorsDeps } from './operators.js'
import { createPolicy } from './policy.js'
import { createPostOwn, type PostOwn } from './post-own.js'
import { createOrigins } from './proxies.js'
import { createReceiveAction, createReceiveDelete } from './receive-action.js'
import { createReceiveAlert } from './receive-alert.js'
import { createDeleteBlackout, createPostBlackout, createPutBlackout } from './receive-blackout.js'
import {
  createReceiveBulkAction,
  createReceiveBulkChange,
  createReceiveBulkDelete,
  type Select,
} from './receive-bulk.js'
import { CHANGES, createReceiveChange } from './receive-change.js'
import { createReceiveHeartbeat } from './receive-heartbeat.js'
import { createReceiveNote, createReceiveNoteChange, createReceiveNoteRemoval } from './receive-note.js'
import { Refused } from './refused.js'
import { createRehearse, type Rehearse } from './rehearse.js'
import { requestIdOf } from './request-id.js'
import { createSendOwn, type SendOwn } from './send-own.js'
import { createPutSettings } from './settings.js'

export interface AppDeps extends AcceptDeps, DeleteHeartbeatDeps, Pick<KeysDeps, 'keyRing' | 'record'> {
  readonly config: Config
  /** all our own, for the loop guard */
  readonly identities: ReadonlySet<Identity>
  readonly authenticate: Authenticate
  /** of createSignIn; without them nobody logs in */
  readonly login?: Login | undefined
  readonly tokens?: LoginTokens | undefined
  /** the relay's own, of which a webhook may tell that they are over */
  readonly alerts: Pick<AlertReads, 'page'>
  readonly blackouts: Pick<Blackouts, 'get' | 'save' | 'remove' | 'covers'>
  readonly settings: UserSettings
  /** told how the requests of each of them ended */
  readonly senders: Pick<Senders, 'accepted' | 'refused'>
  /** whether the disk has room for more messages */
  readonly room: () => 'ok' | 'disk low'
  /** for what is done to many alerts at once */
  readonly select: Select
  /** Tells whether this message was accepted and is not forgotten yet. */
  readonly isJournalled: (messageId: MessageId) => Promise<boolean>
  /** undefined: they are not answered over HTTP */
  readonly operators?: Operators | undefined
  /** undefined: there is no web console */
  readonly console?: ConsolePages | undefined
  /** who has signed in there */
  readonly sessionOf?: OperatorsDeps['sessionOf']
  /** both by the configuration that is in force when they are asked, for what goes on for hours */
  readonly sessionNow?: OperatorsDeps['sessionOf']
  readonly authenticateNow?: Authenticate | undefined
  /** Adds the routes of other rooms; `gate(scope)` goes in front of those that are not for everybody. */
  readonly management?: (api: Hono<IngressEnv>, gate: (wanted: Wanted) => MiddlewareHandler<IngressEnv>) => void
}

/**
 * Alerta's write API as a hono app, to be served by listen(): it reads node's own request, for the raw target (Hawk)
 * and for speed. Everything stands under `/`, under `/api` and under the path of base_url.
 */
export function createApp(deps: AppDeps): Hono<IngressEnv> {
  const { config } = deps
  const origins = createOrigins(config)
  const batch = { ...BATCH_LIMITS, bytes: Math.min(BATCH_LIMITS.bytes, config.limits.body) }
  const bodies = createBodies(config.limits)
  const entrance = createEntrance({ ...deps, attend: createAttendance(deps), bodies, origins, batch })
  const tellError = createTellError(deps)
  const app = new Hono<IngressEnv>()
  app.use(stampRequest(deps), createCors(config.cors_origins))
  app.onError(errorAnswer(tellError))
  app.notFound((c) => c.json(errorBody(404, 'not found', c.get('requestId')), 404))
  const api = routes({ ...deps, origins, batch, tellError }, entrance)
  for (const prefix of prefixes(config.base_url)) app.route(prefix, api)
  return app
}

/** Posts alerts of the relay's own. */
export const createOwnPost = (deps: AppDeps): PostOwn => createPostOwn(receivingOf(deps))

/** What the way in would make of an alert; nothing is written, logged or counted. */
export const createRehearsal = (deps: AppDeps): Rehearse =>
  createRehearse((append) => receivingOf({ ...deps, append, admit: undefined, log: SILENT, counters: UNCOUNTED }))

/** Sends what operators send, the way that all messages go. */
export const createSend = (deps: AppDeps): SendOwn => createSendOwn(deps, (append) => receivingOf({ ...deps, append }))

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} }
const UNCOUNTED: Counters = { add() {}, snapshot: () => ({}) }

const receivingOf = (deps: AppDeps) => ({
  ...deps,
  accept: createAccept(deps),
  loopGuard: createLoopGuard({ ...deps, maxHops: deps.config.limits.hops }),
  policy: createPolicy(deps.config.reject),
  blackoutPolicy: createBlackoutPolicy(deps.config.blackouts, deps.blackouts),
  rules: alertRulesOf(deps.config),
  heartbeatRules: heartbeatRulesOf(deps.config),
  baseUrl: deps.config.base_url,
})

interface RoutesDeps extends AppDeps, Pick<AccountDeps, 'origins'> {
  readonly batch: BatchLimits
  readonly tellError: TellError
}

function routes(deps: RoutesDeps, entrance: Entrance): Hono<IngressEnv> {
  const { config } = deps
  const receiving = receivingOf(deps)
  const api = new Hono<IngressEnv>()
  const serve = (path: string, method: 'POST' | 'PUT' | 'DELETE', wanted: Wanted, receive: Receive) => {
    api.on(method, path, async (c) => send(c, await entrance.visit(c, wanted, receive)))
  }
  const link = createLinkRoutes()
  /** Also in a batch of another relay. */
  const take: typeof serve = (path, method, wanted, receive) => {
    serve(path, method, wanted, receive)
    link.add(method, path, { wanted, receive })
  }
  take('/alert', 'POST', 'write:alerts', createReceiveAlert(receiving))
  take('/alert/:id', 'DELETE', 'delete:alerts', createReceiveDelete(receiving))
  take('/alert/:id/action', 'PUT', 'write:alerts', createReceiveAction(receiving))
  for (const kind of CHANGES) {
    take(`/alert/:id/${kind}`, 'PUT', 'write:alerts', createReceiveChange(receiving, kind))
    serve(`/_bulk/alerts/${kind}`, 'PUT', 'write:alerts', createReceiveBulkChange(receiving, kind))
  }
  serve('/_bulk/alerts/action', 'PUT', 'write:alerts', createReceiveBulkAction(receiving))
  serve('/_bulk/alerts', 'DELETE', 'delete:alerts', createReceiveBulkDelete(receiving))
  for (const method of ['PUT', 'POST'] as const) {
    take('/alert/:id/note', method, 'write:alerts', createReceiveNote(receiving))
  }
  take('/alert/:id/note/:note_id', 'PUT', 'write:alerts', createReceiveNoteChange(receiving))
  take('/alert/:id/note/:note_id', 'DELETE', 'write:alerts', createReceiveNoteRemoval(receiving))
  take('/heartbeat', 'POST', 'write:heartbeats', createReceiveHeartbeat(receiving))
  mountLink(api, entrance, { ...deps, routes: link, limits: deps.batch, headers: config.limits.headers })
  mountWebhooks(api, entrance, receiving)
  serve('/heartbeat/:id', 'DELETE', 'write:heartbeats', createDeleteHeartbeat(deps))
  serve('/user/me/attributes', 'PUT', 'read:userinfo', createPutSettings(deps))
  const blackouts = { ...receiving, blackouts: deps.blackouts, rules: config.blackouts }
  serve('/blackout', 'POST', 'write:blackouts', createPostBlackout(blackouts))
  serve('/blackout/:id', 'PUT', 'write:blackouts', createPutBlackout(blackouts))
  serve('/blackout/:id', 'DELETE', 'write:blackouts', createDeleteBlackout(blackouts))

  const answer = clientConfig(config)
  api.get('/config', entrance.gate(), (c) => c.json(answer))
  api.get('/_bulk/task/:id', entrance.gate('read:alerts'), async (c) => {
    const id = c.req.param('id')
    const messageId = parseMessageId(id)
    const isDone = messageId !== undefined && (await deps.isJournalled(messageId))
    // what Alerta's says of a task that it does not know
    return c.json({ status: isDone ? 'success' : 'pending', id })
  })
  mountAccount(api, entrance.gate, deps)
  deps.management?.(api, entrance.gate)
  if (deps.operators !== undefined) mountOperators(api, entrance, { ...deps, operators: deps.operators })
  if (deps.console !== undefined) mountConsole(api, { pages: deps.console, origins: deps.origins })
  refuseOthers(api)
  return api
}

const stampRequest =
  (deps: Pick<AppDeps, 'ids'>): MiddlewareHandler<IngressEnv> =>
  (c, next) => {
    const requestId = requestIdOf(c.env.incoming.headers['x-request-id'], deps.ids)
    c.set('requestId', requestId)
    c.header('X-Request-ID', requestId)
    return next()
  }

/** Every other method on a path that exists is told what it can do there (RFC 9110, 15.5.6 and 9.3.7). */
function refuseOthers(api: Hono<IngressEnv>): void {
  const offered = new Map<string, Set<string>>()
  for (const { path, method } of api.routes) {
    const methods = offered.get(path) ?? new Set()
    for (const one of method === 'GET' ? ['GET', 'HEAD'] : [method]) methods.add(one)
    offered.set(path, methods)
  }
  for (const [path, methods] of offered) {
    const headers = { Allow: [...methods, 'OPTIONS'].join(', ') }
    api.all(path, (c) => {
      if (c.req.method === 'OPTIONS') return c.body(null, 204, headers)
      throw new Refused(405, 'method not allowed', headers)
    })
  }
}

const prefixes = (baseUrl: string): ReadonlySet<string> =>
  new Set(['/', '/api', new URL(baseUrl).pathname.replace(/\/+$/, '') || '/'])
