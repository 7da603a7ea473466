import type { Clock } from '../base/clock.js'
import type { Config } from '../config/schema.js'
import type { Ids } from '../model/ids.js'
import { createAuthenticator } from './credentials.js'
import type { KeyRing } from './key-ring.js'
import { createLogin, type Login } from './login.js'
import { createLoginTokens, type LoginTokens } from './login-token.js'
import { ownNames } from './own-names.js'
import { createPasswordCheck } from './password-check.js'
import { createSessions, type Sessions } from './session.js'
import type { Authenticate } from './verdict.js'

export interface SignInDeps {
  readonly config: Config
  readonly clock: Clock
  readonly ids: Ids
  /** as of createAuthenticator */
  readonly spend: (nonce: string, expiresAt: number) => Promise<boolean>
  /** keys made at run time; none where it is left out */
  readonly keyRing?: Pick<KeyRing, 'find'>
  /** in the place of a secret_key, for the sessions of the console: of this run of the relay */
  readonly madeUp: string
}

export interface SignIn {
  readonly authenticate: Authenticate
  /** undefined: auth.secret_key is not set, so nobody logs in */
  readonly login: Login | undefined
  readonly tokens: LoginTokens | undefined
  readonly sessions: Sessions
}

/** All ways to sign in, with what they share. */
export function createSignIn({ config, clock, ids, spend, keyRing, madeUp }: SignInDeps): SignIn {
  const { auth, base_url: baseUrl } = config
  const passwords = createPasswordCheck({ users: auth.users, clock })
  const tokens = createLoginTokens({ auth, baseUrl, clock, ids })
  return {
    authenticate: createAuthenticator({ auth, ownNames: ownNames(config), clock, spend, passwords, tokens, keyRing }),
    login: tokens && createLogin({ passwords, tokens }),
    tokens,
    sessions: createSessions({ auth, lastsMs: config.console.session, madeUp, baseUrl, passwords, keyRing, clock }),
  }
}
