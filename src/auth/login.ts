import { busy, lockedOut } from './basic-check.js'
import type { LoginTokens } from './login-token.js'
import type { PasswordCheck } from './password-check.js'
import { type Denial, denied } from './verdict.js'

export type LoginResult = { readonly ok: true; readonly token: string } | Denial

/** A token for a user and password; `sender` is the address that asks. */
export type Login = (username: string, password: string, sender: string) => Promise<LoginResult>

export interface LoginDeps {
  readonly passwords: PasswordCheck
  readonly tokens: LoginTokens
}

/** Of a wrong pair it does not say what is wrong with it, and a browser is not told to ask for another one. */
export function createLogin({ passwords, tokens }: LoginDeps): Login {
  return async (username, password, sender) => {
    const found = await passwords(username, password, sender)
    if (found === 'wrong') return denied('Invalid username or password')
    if (found === 'busy') return busy()
    if ('waitMs' in found) return lockedOut(found.waitMs)
    return { ok: true, token: await tokens.issue(username) }
  }
}
