import { createHash } from 'node:crypto'
import { verify as argon2Verify } from '@node-rs/argon2'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../base/clock.js'
import type { AuthConfig } from '../config/auth.js'
import { type Principal, principal } from './principal.js'
import { createTurnstile } from './turnstile.js'
import { admitted, denied, type Verdict } from './verdict.js'

/** A changed password is another pair, so this only bounds how long a digest stays in memory. */
const REMEMBER_MS = 5 * 60_000
/** Pairs remembered: far more than there are users, for each has one right password. */
const REMEMBERED = 1_000
/** One verification takes a core for about 40 ms and 19 MiB: at most so many at once, and about a second's worth waiting. */
const TURNSTILE = { running: 2, waiting: 32 }
const BUSY_RETRY_S = '1'

const CHALLENGE = { 'WWW-Authenticate': 'Basic realm="alerta-relay", charset="UTF-8"' }
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

export interface BasicDeps {
  readonly users: AuthConfig['users']
  readonly clock: Clock
  readonly verify?: (hash: string, password: string) => Promise<boolean>
}

/** Checks what follows `Authorization: Basic` (RFC 7617) against argon2 hashes. A password may hold colons. */
export function createBasicCheck(deps: BasicDeps): (pair: string) => Promise<Verdict> {
  const { users, clock, verify = argon2Verify } = deps
  const known = new Map(
    users.map((user) => [
      user.username,
      { hash: user.password_hash, principal: principal(`user ${user.username}`, user) },
    ]),
  )
  // an unknown user is verified against somebody's hash, so that the answer takes as long as to a wrong password
  const decoy = users[0]?.password_hash
  const remembered = new LRUCache<string, Principal>({
    max: REMEMBERED,
    ttl: REMEMBER_MS,
    ttlResolution: 0,
    perf: { now: () => clock.monotonic() },
  })
  const turnstile = createTurnstile(TURNSTILE)
  const running = new Map<string, Promise<Verdict>>()

  async function verifyPair(username: string, password: string, digest: string): Promise<Verdict> {
    const user = known.get(username)
    const hash = user?.hash ?? decoy
    if (hash === undefined) return denied('Authorization required', 401, CHALLENGE)
    const verified = turnstile.run(() => verify(hash.reveal(), password))
    if (verified === undefined) return denied('Too many sign-ins at once', 429, { 'Retry-After': BUSY_RETRY_S })
    const matches = await verified
    if (user === undefined || !matches) return denied('Authorization required', 401, CHALLENGE)
    remembered.set(digest, user.principal)
    return admitted(user.principal)
  }

  return async (pair) => {
    const text = BASE64.test(pair) ? Buffer.from(pair, 'base64').toString('utf8') : ''
    const colon = text.indexOf(':')
    if (colon === -1) return denied('Invalid credentials', 400, CHALLENGE)
    const digest = createHash('sha256').update(text).digest('base64')
    const before = remembered.get(digest)
    if (before !== undefined) return admitted(before)
    // senders that start together all come with the same pair: one verification serves them all
    const same = running.get(digest)
    if (same !== undefined) return same
    const verdict = verifyPair(text.slice(0, colon), text.slice(colon + 1), digest).finally(() =>
      running.delete(digest),
    )
    running.set(digest, verdict)
    return verdict
  }
}
