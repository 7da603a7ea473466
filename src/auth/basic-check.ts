import type { PasswordCheck } from './password-check.js'
import { admitted, denied, type Verdict } from './verdict.js'

export const BUSY_RETRY_S = '1'
const CHALLENGE = { 'WWW-Authenticate': 'Basic realm="alerta-relay", charset="UTF-8"' }
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** Checks what follows `Authorization: Basic` (RFC 7617). A password may hold colons. */
export function createBasicCheck(passwords: PasswordCheck): (pair: string) => Promise<Verdict> {
  return async (pair) => {
    const text = BASE64.test(pair) ? Buffer.from(pair, 'base64').toString('utf8') : ''
    const colon = text.indexOf(':')
    if (colon === -1) return denied('Invalid credentials', 400, CHALLENGE)
    const found = await passwords(text.slice(0, colon), text.slice(colon + 1))
    if (found === 'wrong') return denied('Authorization required', 401, CHALLENGE)
    if (found === 'busy') return denied('Too many sign-ins at once', 429, { 'Retry-After': BUSY_RETRY_S })
    return admitted(found)
  }
}
