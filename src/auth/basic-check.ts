import type { PasswordCheck } from './password-check.js'
import { admitted, type Denial, denied, type Verdict } from './verdict.js'

const BUSY_RETRY_S = 1
const CHALLENGE = { 'WWW-Authenticate': 'Basic realm="alerta-relay", charset="UTF-8"' }
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** Checks what follows `Authorization: Basic` (RFC 7617). A password may hold colons. `sender`: the address it came from. */
export function createBasicCheck(passwords: PasswordCheck): (pair: string, sender: string) => Promise<Verdict> {
  return async (pair, sender) => {
    const text = BASE64.test(pair) ? Buffer.from(pair, 'base64').toString('utf8') : ''
    const colon = text.indexOf(':')
    if (colon === -1) return denied('Invalid credentials', 400, CHALLENGE)
    const found = await passwords(text.slice(0, colon), text.slice(colon + 1), sender)
    if (found === 'wrong') return denied('Authorization required', 401, CHALLENGE)
    if (found === 'busy') return busy()
    return 'waitMs' in found ? lockedOut(found.waitMs) : admitted(found)
  }
}

export const busy = (): Denial => tooMany('Too many sign-ins at once', BUSY_RETRY_S)

export const lockedOut = (waitMs: number): Denial =>
  tooMany('Too many wrong passwords: wait before the next try', Math.max(1, Math.ceil(waitMs / 1_000)))

const tooMany = (message: string, retryAfterS: number): Denial =>
  denied(message, 429, { 'Retry-After': String(retryAfterS) })
