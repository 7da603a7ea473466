import type { Hono } from 'hono'
import type { Login } from '../auth/login.js'
import type { LoginTokens } from '../auth/login-token.js'
import type { Log } from '../base/log.js'
import type { Repeats } from '../base/repeats.js'
import type { Config } from '../config/schema.js'
import { createCustomerLookups } from './configured-customers.js'
import type { Entrance } from './entrance.js'
import type { IngressEnv } from './env.js'
import { type KeysDeps, mountKeys } from './keys.js'
import { createLoginRoute } from './login.js'
import { onOnePage } from './one-page.js'
import type { Origin } from './proxies.js'
import { createGetSettings, type SettingsDeps } from './settings.js'
import { createUserinfo } from './userinfo.js'

export interface AccountDeps extends SettingsDeps, KeysDeps {
  readonly config: Config
  /** undefined: nobody can log in */
  readonly login?: Login | undefined
  readonly tokens?: LoginTokens | undefined
  readonly origins: (incoming: IngressEnv['Bindings']['incoming']) => Origin
  readonly repeats: Pick<Repeats, 'first'>
  readonly log: Log
}

/** What clients ask about who they are and who may come in. */
export function mountAccount(api: Hono<IngressEnv>, gate: Entrance['gate'], deps: AccountDeps): void {
  const { auth, base_url: baseUrl } = deps.config
  api.post('/auth/login', createLoginRoute(deps))
  api.get('/userinfo', gate('read:userinfo'), createUserinfo({ ...deps, baseUrl }))
  // a token is the browser's to forget: the relay keeps no list of them
  api.on(['GET', 'POST'], '/auth/logout', (c) => c.json({ status: 'ok', message: 'nothing is kept of a login' }))
  api.get('/user/me/attributes', gate(), createGetSettings(deps))
  mountKeys(api, gate, deps)
  const lookups = createCustomerLookups(auth)
  api.get('/customers', gate('read:customers'), (c) => c.json(onOnePage('customers', lookups(c.get('customers')))))
}
