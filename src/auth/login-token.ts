import { createHmac } from 'node:crypto'
import { sign, verify } from 'hono/jwt'
import type { Clock } from '../base/clock.js'
import type { AuthConfig } from '../config/auth.js'
import type { Ids } from '../model/ids.js'
import { type Principal, principal } from './principal.js'
import { admitted, denied, type Verdict } from './verdict.js'

/** What stands in a token, in Alerta's words (alerta/models/token.py); times in seconds since 1970. */
export interface Claims {
  readonly iss: string
  readonly typ: 'Bearer'
  readonly sub: string
  readonly aud: string
  readonly exp: number
  readonly nbf: number
  readonly iat: number
  readonly jti: string
  readonly name: string
  readonly preferred_username: string
  readonly email?: string
  readonly provider: 'basic'
  readonly scope: string
  readonly customers?: readonly string[]
  /** ours: of the password's hash, so that a token ends with the password that it was given for */
  readonly pwd: string
}

export interface LoginTokens {
  issue(username: string): Promise<string>
  /** undefined: it is no token that was given here for a user and a password that there still are */
  read(token: string): Promise<Claims | undefined>
  /** The user's scopes and customers of now, not of when the token was given. */
  check(token: string): Promise<Verdict>
}

export interface LoginTokensDeps {
  readonly auth: Pick<AuthConfig, 'users' | 'secret_key' | 'login_expiry'>
  readonly baseUrl: string
  readonly clock: Clock
  readonly ids: Ids
}

/** JSON Web Tokens (RFC 7519) by HS256 with auth.secret_key, as Alerta makes them; undefined where there is no key. */
export function createLoginTokens({ auth, baseUrl, clock, ids }: LoginTokensDeps): LoginTokens | undefined {
  const hmacKey = auth.secret_key?.reveal()
  if (hmacKey === undefined) return undefined
  const users = new Map(
    auth.users.map((user) => {
      const pwd = createHmac('sha256', hmacKey).update(user.password_hash.reveal()).digest('base64url').slice(0, 16)
      return [
        user.username,
        { claims: { ...lasting(user, baseUrl), pwd }, principal: principal(`user ${user.username}`, user) },
      ]
    }),
  )
  const seconds = (): number => Math.floor(clock.now() / 1_000)

  async function decode(token: string): Promise<{ claims: Claims; principal: Principal } | undefined> {
    const claims = await verified(token, hmacKey as string, baseUrl)
    const user = users.get(claims?.sub ?? '')
    return claims === undefined || user === undefined || claims.pwd !== user.claims.pwd
      ? undefined
      : { claims, principal: user.principal }
  }

  return {
    async issue(username) {
      const user = users.get(username)
      if (user === undefined) throw new Error('a token for nobody')
      const iat = seconds()
      const exp = iat + Math.ceil(auth.login_expiry / 1_000)
      const claims: Claims = { ...user.claims, exp, nbf: iat, iat, jti: ids.id() }
      return sign({ ...claims }, hmacKey, 'HS256')
    },
    async read(token) {
      const found = await decode(token)
      return found?.claims
    },
    async check(token) {
      const found = await decode(token)
      if (found === undefined) return denied('Token is invalid')
      return found.claims.exp > seconds() ? admitted(found.principal) : denied('Token has expired')
    },
  }
}

type Lasting = Omit<Claims, 'exp' | 'nbf' | 'iat' | 'jti' | 'pwd'>

const lasting = ({ username, scopes, customers }: AuthConfig['users'][number], baseUrl: string): Lasting => ({
  iss: `${baseUrl}/`,
  typ: 'Bearer',
  sub: username,
  aud: baseUrl,
  name: username,
  preferred_username: username,
  provider: 'basic',
  scope: scopes.join(' '),
  ...(username.includes('@') ? { email: username } : {}),
  ...(customers.length === 0 ? {} : { customers }),
})

/** Its times are compared with the clock that is handed in, not with the library's. */
const NOT_CHECKED_BY_JWT = { exp: false, nbf: false, iat: false }

async function verified(token: string, key: string, aud: string): Promise<Claims | undefined> {
  try {
    return (await verify(token, key, { ...NOT_CHECKED_BY_JWT, alg: 'HS256', aud })) as unknown as Claims
  } catch (error) {
    // of several kinds, for all that may be wrong with what a stranger sends
    if (error instanceof Error) return undefined
    throw error
  }
}
