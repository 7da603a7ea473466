import type { Clock } from '../base/clock.js'
import { createAttemptLimit } from './attempt-limit.js'
import { BUSY_RETRY_S } from './basic-check.js'
import type { LoginTokens } from './login-token.js'
import type { PasswordCheck } from './password-check.js'
import { type Denial, denied } from './verdict.js'

export type LoginResult = { readonly ok: true; readonly token: string } | Denial

/** A token for a user and password; `sender` is the address that asks. */
export type Login = (username: string, password: string, sender: string) => Promise<LoginResult>

export interface LoginDeps {
  readonly passwords: PasswordCheck
  readonly tokens: LoginTokens
  readonly clock: Clock
}

/** Of a wrong pair it does not say what is wrong with it, and a browser is not told to ask for another one. */
export function createLogin({ passwords, tokens, clock }: LoginDeps): Login {
  const limit = createAttemptLimit(clock)
  return async (username, password, sender) => {
    const wait = limit.take(sender, username)
    if (wait !== undefined) {
      const retryAfter = String(Math.max(1, Math.ceil(wait / 1_000)))
      return denied('Too many wrong passwords: wait before the next try', 429, { 'Retry-After': retryAfter })
    }
    const found = await passwords(username, password)
    if (found === 'wrong') return denied('Invalid username or password')
    limit.giveBack(sender, username)
    if (found === 'busy') return denied('Too many sign-ins at once', 429, { 'Retry-After': BUSY_RETRY_S })
    return { ok: true, token: await tokens.issue(username) }
  }
}
