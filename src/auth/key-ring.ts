import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { ApiKey, KeptKey } from '../model/api-key.js'
import type { Ids } from '../model/ids.js'
import { type Principal, principal } from './principal.js'
import { digestOf } from './secret-index.js'

/** What a key is made for. */
export interface NewKey {
  readonly text: string
  readonly scopes: readonly string[]
  readonly customers: readonly string[]
  readonly peer: boolean
  /** epoch ms; null: it has no end */
  readonly expiresAt: number | null
  /** who makes it */
  readonly by: string
  /** chosen by whoever makes it; undefined: the relay makes one */
  readonly secret?: string | undefined
}

/** The only time that its secret is told. */
export interface MadeKey {
  readonly key: ApiKey
  readonly secret: string
}

/**
 * API keys that are made and ended while the relay runs, beside those of the configuration. All of them are in memory:
 * a request costs no look into the store. Changes reject where the store cannot be written, and then nothing changed.
 */
export interface KeyRing {
  /** Whose key it is, by its digest; counts it as used. */
  find(digest: string): Principal | 'expired' | undefined
  list(): readonly ApiKey[]
  /** By its id or its secret. */
  get(idOrSecret: string): ApiKey | undefined
  /** 'taken': a key with this secret is there. */
  make(key: NewKey): Promise<MadeKey | 'taken'>
  /** False where there is none. */
  revoke(id: string): Promise<boolean>
  /** Another one that may do the same and lives as long; this one ends after `overlapMs`. Undefined: there is none. */
  rotate(id: string, overlapMs: number, by: string): Promise<MadeKey | undefined>
  /**
   * Those that end within so long, and those that have ended in the last so long; the soonest first. Not those that were
   * rotated, unless somebody still uses them.
   */
  expiring(withinMs: number): readonly ApiKey[]
  /** Writes what is known of their use. */
  flush(): Promise<void>
}

/** Of the store (store/api-keys.ts). */
interface Keeping {
  add(key: KeptKey, replaces?: { readonly id: string; readonly expiresAt: number }): Promise<void>
  remove(id: string): Promise<void>
  used(id: string, at: number, times: number): Promise<void>
}

export interface KeyRingDeps {
  /** as the store has them */
  readonly kept: readonly KeptKey[]
  readonly keeping: Keeping
  readonly randomBytes: (size: number) => Buffer
  readonly ids: Ids
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
  readonly log: Log
}

const SECRET_BYTES = 32
/** By which whoever finds one in a file knows what it is. */
const MARK = 'ar_'
const PREFIX_LENGTH = 8
/** Of a key that somebody chose, which may be short, less is shown. */
const CHOSEN_PREFIX_LENGTH = 3
/** So long before a key ends it is told. */
export const EXPIRY_NEAR_MS = 14 * 86_400_000
/** Each key's use is written at most so often. */
const WRITE_EVERY_MS = 60_000

interface Held {
  key: KeptKey
  readonly principal: Principal
  /** uses that are not written yet */
  pending: number
  /** monotonic ms */
  writtenAt: number
}

export function createKeyRing({ kept, keeping, randomBytes, ids, clock, log }: KeyRingDeps): KeyRing {
  const byDigest = new Map<string, Held>()
  /** chosen ones that the store does not have yet */
  const making = new Set<string>()
  const hold = (key: KeptKey): void => {
    const name = `key ${key.text === '' ? key.prefix : key.text}`
    byDigest.set(key.digest, {
      ...{ key, principal: principal(name, key), pending: 0 },
      writtenAt: Number.NEGATIVE_INFINITY,
    })
  }
  kept.forEach(hold)
  const held = (id: string): Held | undefined => [...byDigest.values()].find(({ key }) => key.id === id)

  function use(one: Held): void {
    one.key = { ...one.key, lastUsedAt: clock.now(), uses: one.key.uses + 1 }
    one.pending += 1
    if (clock.monotonic() - one.writtenAt < WRITE_EVERY_MS) return
    void write(one).catch((error: Error) => log.debug({ error: error.message }, 'use of a key not written'))
  }

  async function write(one: Held): Promise<void> {
    const times = one.pending
    if (times === 0) return
    one.pending = 0
    one.writtenAt = clock.monotonic()
    try {
      await keeping.used(one.key.id, one.key.lastUsedAt ?? clock.now(), times)
    } catch (error) {
      one.pending += times
      throw error
    }
  }

  async function add(made: NewKey, replaces?: { readonly id: string; readonly expiresAt: number }): Promise<MadeKey> {
    const secret = made.secret ?? MARK + randomBytes(SECRET_BYTES).toString('base64url')
    const { text, scopes, customers, peer, expiresAt, by: createdBy } = made
    const key: KeptKey = {
      ...{
        id: ids.id(),
        digest: digestOf(secret),
        prefix: secret.slice(0, made.secret === undefined ? PREFIX_LENGTH : CHOSEN_PREFIX_LENGTH),
      },
      ...{ text, scopes, customers, peer, createdAt: clock.now(), createdBy, expiresAt, lastUsedAt: null, uses: 0 },
    }
    await keeping.add(key, replaces)
    hold(key)
    return { key: shown(key), secret }
  }

  return {
    find(digest) {
      const one = byDigest.get(digest)
      if (one === undefined) return undefined
      if (isOver(one.key, clock.now())) return 'expired'
      use(one)
      return one.principal
    },
    list: () => [...byDigest.values()].map(({ key }) => shown(key)),
    get(idOrSecret) {
      const one = held(idOrSecret) ?? byDigest.get(digestOf(idOrSecret))
      return one === undefined ? undefined : shown(one.key)
    },
    async make(made) {
      if (made.secret === undefined) return add(made)
      const digest = digestOf(made.secret)
      if (byDigest.has(digest) || making.has(digest)) return 'taken'
      making.add(digest)
      try {
        return await add(made)
      } finally {
        making.delete(digest)
      }
    },
    async revoke(id) {
      const one = held(id)
      if (one === undefined) return false
      await keeping.remove(id)
      byDigest.delete(one.key.digest)
      return true
    },
    async rotate(id, overlapMs, by) {
      const one = held(id)
      if (one === undefined) return undefined
      const now = clock.now()
      const { expiresAt: end, createdAt } = one.key
      const expiresAt = Math.min(end ?? Number.POSITIVE_INFINITY, now + overlapMs)
      const lives = end === null ? null : now + (end - createdAt)
      const made = await add({ ...one.key, expiresAt: lives, by }, { id, expiresAt })
      one.key = { ...one.key, expiresAt }
      return made
    },
    expiring(withinMs) {
      const now = clock.now()
      return [...byDigest.values()]
        .map(({ key }) => shown(key))
        .filter((key, _, all) => key.expiresAt !== null && !isReplaced(key, all, now))
        .filter(({ expiresAt }) => Math.abs((expiresAt ?? 0) - now) <= withinMs)
        .sort((a, b) => (a.expiresAt ?? 0) - (b.expiresAt ?? 0))
    },
    async flush() {
      await Promise.all([...byDigest.values()].map(write))
    },
  }
}

const isOver = ({ expiresAt }: ApiKey, now: number): boolean => expiresAt !== null && expiresAt <= now

/** A rotated key ends on purpose: another one of its name and rights goes on. */
function isReplaced(key: ApiKey, all: readonly ApiKey[], now: number): boolean {
  const rights = ({ text, scopes, customers, peer }: ApiKey) => JSON.stringify([text, scopes, customers, peer])
  const lives = (one: ApiKey) => (one.expiresAt ?? Number.POSITIVE_INFINITY) > (key.expiresAt ?? now)
  const next = all.find((one) => one.createdAt > key.createdAt && rights(one) === rights(key) && lives(one))
  if (next === undefined || key.text === '') return false
  return isOver(key, now) || (key.lastUsedAt ?? 0) < next.createdAt
}

const shown = ({ digest: _, ...key }: KeptKey): ApiKey => key
