import { createHash } from 'node:crypto'
import { verify as argon2Verify } from '@node-rs/argon2'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../base/clock.js'
import type { AuthConfig } from '../config/auth.js'
import { createAttemptLimit } from './attempt-limit.js'
import { type Principal, principal } from './principal.js'
import { createTurnstile } from './turnstile.js'

/** A changed password is another pair, so this only bounds how long a digest stays in memory. */
const REMEMBER_MS = 5 * 60_000
/** Pairs remembered: far more than there are users, for each has one right password. */
const REMEMBERED = 1_000
/** One verification takes a core for about 40 ms and 19 MiB: at most so many at once, and about a second's worth waiting. */
const TURNSTILE = { running: 2, waiting: 32 }

export interface PasswordDeps {
  readonly users: AuthConfig['users']
  readonly clock: Clock
  readonly verify?: (hash: string, password: string) => Promise<boolean>
}

/** `busy`: too many are being checked. `waitMs`: too many wrong ones came from that address. */
export type Checked = Principal | 'wrong' | 'busy' | { readonly waitMs: number }

/** Whose name and password these are; `sender` is the address that they came from. */
export type PasswordCheck = (username: string, password: string, sender: string) => Promise<Checked>

/**
 * Checks against argon2 hashes; a right pair is remembered for a while, and neither counted nor locked out meanwhile.
 * Whatever way the passwords come, they are counted together.
 */
export function createPasswordCheck({ users, clock, verify = argon2Verify }: PasswordDeps): PasswordCheck {
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
  const limit = createAttemptLimit(clock)
  const running = new Map<string, ReturnType<PasswordCheck>>()

  async function tryPair(username: string, password: string, digest: string, sender: string): Promise<Checked> {
    const waitMs = limit.take(sender, username)
    if (waitMs !== undefined) return { waitMs }
    const checked = await verifyPair(username, password, digest)
    if (checked !== 'wrong') limit.giveBack(sender, username)
    return checked
  }

  async function verifyPair(username: string, password: string, digest: string): Promise<Principal | 'wrong' | 'busy'> {
    const user = known.get(username)
    const hash = user?.hash ?? decoy
    if (hash === undefined) return 'wrong'
    const verified = turnstile.run(() => verify(hash.reveal(), password))
    if (verified === undefined) return 'busy'
    const matches = await verified
    if (user === undefined || !matches) return 'wrong'
    remembered.set(digest, user.principal)
    return user.principal
  }

  return async (username, password, sender) => {
    const digest = createHash('sha256')
      .update(JSON.stringify([username, password]))
      .digest('base64')
    const before = remembered.get(digest)
    if (before !== undefined) return before
    // senders that start together all come with the same pair: one verification serves them all
    const same = running.get(digest)
    if (same !== undefined) return same
    const verdict = tryPair(username, password, digest, sender).finally(() => running.delete(digest))
    running.set(digest, verdict)
    return verdict
  }
}
