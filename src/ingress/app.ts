import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { Login } from '../auth/login.js'
import type { LoginTokens } from '../auth/login-token.js'
import type { Wanted } from '../auth/scopes.js'
import type { Authenticate } from '../auth/verdict.js'
import type { Config } from '../config/schema.js'
import type { Identity } from '../model/identity.js'
import { type AcceptDeps, createAccept } from './accept.js'
import { type AccountDeps, mountAccount } from './account.js'
import { alertRulesOf } from './alert.js'
import type { Answer } from './answers.js'
import { createBodies } from './body.js'
import { clientConfig } from './client-config.js'
import { createCors } from './cors.js'
import { createEntrance, type Entrance, type Visit } from './entrance.js'
import type { IngressEnv } from './env.js'
import { createErrorAnswer, errorBody } from './errors.js'
import { createLoopGuard } from './loop-guard.js'
import { createPolicy } from './policy.js'
import { createOrigins } from './proxies.js'
import { createReceiveAction, createReceiveDelete } from './receive-action.js'
import { createReceiveAlert } from './receive-alert.js'
import { createReceiveHeartbeat } from './receive-heartbeat.js'
import { Refused } from './refused.js'
import { requestIdOf } from './request-id.js'

export interface AppDeps extends AcceptDeps {
  readonly config: Config
  /** all our own, for the loop guard */
  readonly identities: ReadonlySet<Identity>
  readonly authenticate: Authenticate
  /** of createSignIn; without them nobody logs in */
  readonly login?: Login | undefined
  readonly tokens?: LoginTokens | undefined
  /** whether the disk has room for more messages */
  readonly room: () => 'ok' | 'disk low'
  /** Adds the routes of other rooms; `gate(scope)` goes in front of those that are not for everybody. */
  readonly management?: (api: Hono<IngressEnv>, gate: (wanted: Wanted) => MiddlewareHandler<IngressEnv>) => void
}

type Receive = (visit: Visit) => Promise<Answer>

/**
 * Alerta's write API as a hono app, to be served by listen(): it reads node's own request, for the raw target (Hawk)
 * and for speed. Everything stands under `/`, under `/api` and under the path of base_url.
 */
export function createApp(deps: AppDeps): Hono<IngressEnv> {
  const { config } = deps
  const origins = createOrigins(config)
  const entrance = createEntrance({ ...deps, bodies: createBodies(config.limits), origins })
  const app = new Hono<IngressEnv>()
  app.use(stampRequest(deps), createCors(config.cors_origins))
  app.onError(createErrorAnswer(deps.log))
  app.notFound((c) => c.json(errorBody(404, 'not found', c.get('requestId')), 404))
  const api = routes({ ...deps, origins }, entrance)
  for (const prefix of prefixes(config.base_url)) app.route(prefix, api)
  return app
}

function routes(deps: AppDeps & Pick<AccountDeps, 'origins'>, entrance: Entrance): Hono<IngressEnv> {
  const { config } = deps
  const receiving = {
    ...deps,
    accept: createAccept(deps),
    loopGuard: createLoopGuard({ ...deps, maxHops: config.limits.hops }),
    policy: createPolicy(config.reject),
    rules: alertRulesOf(config),
    baseUrl: config.base_url,
  }
  const api = new Hono<IngressEnv>()
  const serve = (path: string, method: 'POST' | 'PUT' | 'DELETE', wanted: Wanted, receive: Receive) => {
    api.on(method, path, async (c) => send(c, await entrance.visit(c, wanted, receive)))
  }
  serve('/alert', 'POST', 'write:alerts', createReceiveAlert(receiving))
  serve('/alert/:id', 'DELETE', 'delete:alerts', createReceiveDelete(receiving))
  serve('/alert/:id/action', 'PUT', 'write:alerts', createReceiveAction(receiving))
  serve('/heartbeat', 'POST', 'write:heartbeats', createReceiveHeartbeat(receiving))

  const answer = clientConfig(config)
  api.get('/config', entrance.gate(), (c) => c.json(answer))
  mountAccount(api, entrance.gate, deps)
  deps.management?.(api, entrance.gate)
  refuseOthers(api)
  return api
}

const send = (c: Context<IngressEnv>, answer: Answer): Response => c.json(answer.body, answer.status)

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
