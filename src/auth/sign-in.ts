import type { Clock } from '../base/clock.js'
import type { Config } from '../config/schema.js'
import type { Ids } from '../model/ids.js'
import { createAuthenticator } from './credentials.js'
import { createLogin, type Login } from './login.js'
import { createLoginTokens, type LoginTokens } from './login-token.js'
import { ownNames } from './own-names.js'
import { createPasswordCheck } from './password-check.js'
import type { Authenticate } from './verdict.js'

export interface SignInDeps {
  readonly config: Config
  readonly clock: Clock
  readonly ids: Ids
  /** as of createAuthenticator */
  readonly spend: (nonce: string, expiresAt: number) => Promise<boolean>
}

export interface SignIn {
  readonly authenticate: Authenticate
  /** undefined: auth.secret_key is not set, so nobody logs in */
  readonly login: Login | undefined
  readonly tokens: LoginTokens | undefined
}

/** All ways to sign in, with what they share. */
export function createSignIn({ config, clock, ids, spend }: SignInDeps): SignIn {
  const { auth, base_url: baseUrl } = config
  const passwords = createPasswordCheck({ users: auth.users, clock })
  const tokens = createLoginTokens({ auth, baseUrl, clock, ids })
  return {
    authenticate: createAuthenticator({ auth, ownNames: ownNames(config), clock, spend, passwords, tokens }),
    login: tokens && createLogin({ passwords, tokens, clock }),
    tokens,
  }
}
