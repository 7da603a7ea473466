import type { Hono } from 'hono'
import type { Login } from '../auth/login.js'
import type { LoginTokens } from '../auth/login-token.js'
import type { Log } from '../base/log.js'
import type { Config } from '../config/schema.js'
import type { Entrance } from './entrance.js'
import type { IngressEnv } from './env.js'
import { configuredKeys } from './keys.js'
import { createLoginRoute } from './login.js'
import type { Origin } from './proxies.js'
import { createUserinfo } from './userinfo.js'

export interface AccountDeps {
  readonly config: Config
  /** undefined: nobody can log in */
  readonly login?: Login | undefined
  readonly tokens?: LoginTokens | undefined
  readonly origins: (incoming: IngressEnv['Bindings']['incoming']) => Origin
  readonly log: Log
}

/** Alerta's DEFAULT_PAGE_SIZE; all keys are on one page. */
const PAGE_SIZE = 50

/** What clients ask about who they are and who may come in. */
export function mountAccount(api: Hono<IngressEnv>, gate: Entrance['gate'], deps: AccountDeps): void {
  const { auth, base_url: baseUrl } = deps.config
  api.post('/auth/login', createLoginRoute(deps))
  api.get('/userinfo', gate('read:userinfo'), createUserinfo({ ...deps, baseUrl }))
  const keys = configuredKeys(auth, baseUrl)
  const none = keys.length === 0
  const page = { page: 1, pageSize: Math.max(keys.length, PAGE_SIZE), pages: none ? 0 : 1, more: false }
  const answer = { status: 'ok', ...(none ? { message: 'not found' } : {}), ...page, keys, total: keys.length }
  api.get('/keys', gate('admin:keys'), (c) => c.json(answer))
}
