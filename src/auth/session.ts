import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../base/clock.js'
import type { AuthConfig } from '../config/auth.js'
import { createAttemptLimit } from './attempt-limit.js'
import { busy, lockedOut } from './basic-check.js'
import type { KeyRing } from './key-ring.js'
import type { PasswordCheck } from './password-check.js'
import { label, type Principal, principal } from './principal.js'
import { createSecretIndex, digestOf } from './secret-index.js'
import { type Denial, denied } from './verdict.js'

/** What somebody signs in with. */
export type SigningIn = { readonly username: string; readonly password: string } | { readonly key: string }

export interface Session {
  readonly principal: Principal
  /** epoch ms */
  readonly expiresAt: number
}

/** Sessions of a browser. Nothing is kept of them here: what the browser holds says who it is, sealed. */
export interface Sessions {
  /** the cookie's name: relays on one host do not overwrite each other's */
  readonly name: string
  /** `sender`: the address that asks */
  open(by: SigningIn, sender: string): Promise<({ readonly ok: true; readonly token: string } & Session) | Denial>
  /** Undefined: it is none of ours, has ended, or its credential is no longer what it was. */
  read(token: string): Session | undefined
}

export interface SessionsDeps {
  readonly auth: Pick<AuthConfig, 'users' | 'api_keys' | 'secret_key'>
  readonly lastsMs: number
  /** in the place of a secret_key: of this run of the relay */
  readonly madeUp: string
  readonly baseUrl: string
  readonly passwords: PasswordCheck
  readonly keyRing: Pick<KeyRing, 'find'> | undefined
  readonly clock: Clock
}

/** By a user's name and a mark of the password, or by an API key's digest; neither the password nor the key. */
const sealedSchema = z.union([
  z.object({ user: z.string(), mark: z.string(), until: z.int() }),
  z.object({ key: z.string(), until: z.int() }),
])
type Sealed = z.output<typeof sealedSchema>

/**
 * A session ends with its time, and with the credential that it was opened with: a changed password, a key taken away.
 * Its scopes are those of now. All relays with the same secret_key read each other's.
 */
export function createSessions(deps: SessionsDeps): Sessions {
  const { auth, lastsMs, madeUp, baseUrl, passwords, keyRing, clock } = deps
  const hmacKey = auth.secret_key?.reveal() ?? madeUp
  const seal = createSeal(Buffer.from(hkdfSync('sha256', hmacKey, '', 'alerta-relay console session', 32)))
  const users = new Map(
    auth.users.map((user) => {
      const mark = createHmac('sha256', hmacKey).update(user.password_hash.reveal()).digest('base64url').slice(0, 16)
      return [user.username, { mark, principal: principal(`user ${user.username}`, user) }]
    }),
  )
  const configured = createSecretIndex(
    auth.api_keys.map((entry, i) => ({ secret: entry.key, principal: principal(label('key', entry.text, i), entry) })),
  )
  // a key cannot be guessed; who tries a hundred a second is stopped all the same
  const limit = createAttemptLimit(clock)
  const byDigest = (digest: string) => configured(digest) ?? keyRing?.find(digest)

  function opened(
    principal: Principal,
    by: { readonly user: string; readonly mark: string } | { readonly key: string },
  ) {
    const expiresAt = clock.now() + lastsMs
    return { ok: true as const, principal, expiresAt, token: seal.close({ ...by, until: expiresAt }) }
  }

  function openByKey(key: string, sender: string): ReturnType<typeof opened> | Denial {
    const digest = digestOf(key)
    const found = byDigest(digest)
    // the right one is never kept waiting, or whoever shares an address with operators could lock them out
    if (found !== undefined && found !== 'expired') return opened(found, { key: digest })
    const waitMs = limit.take(sender, '')
    return waitMs === undefined ? denied('This API key is not known here') : lockedOut(waitMs)
  }

  return {
    name: `alerta-relay-${nameOf(auth.secret_key === undefined ? baseUrl : hmacKey)}`,
    async open(by, sender) {
      if ('key' in by) return openByKey(by.key, sender)
      const found = await passwords(by.username, by.password, sender)
      if (found === 'wrong') return denied('Invalid username or password')
      if (found === 'busy') return busy()
      if ('waitMs' in found) return lockedOut(found.waitMs)
      const user = users.get(by.username)
      if (user === undefined) throw new Error('a session for nobody')
      return opened(found, { user: by.username, mark: user.mark })
    },
    read(token) {
      const sealed = seal.open(token)
      if (sealed === undefined || sealed.until <= clock.now()) return undefined
      if ('key' in sealed) {
        const found = byDigest(sealed.key)
        return found === undefined || found === 'expired' ? undefined : { principal: found, expiresAt: sealed.until }
      }
      const user = users.get(sealed.user)
      if (user === undefined || user.mark !== sealed.mark) return undefined
      return { principal: user.principal, expiresAt: sealed.until }
    },
  }
}

const nameOf = (text: string): string => createHash('sha256').update(`console ${text}`).digest('hex').slice(0, 8)

const IV_BYTES = 12
const TAG_BYTES = 16

/** AES-256-GCM: nobody else can make one, change one, or read one. */
function createSeal(key: Buffer) {
  return {
    close(content: Sealed): string {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, iv)
      const text = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url')
    },
    open(token: string): Sealed | undefined {
      const bytes = Buffer.from(token, 'base64url')
      if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined
      const iv = bytes.subarray(0, IV_BYTES)
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
      try {
        const text = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
        return sealedSchema.parse(JSON.parse(text))
      } catch (error) {
        // whatever a stranger sends does not fit the seal
        if (error instanceof Error) return undefined
        throw error
      }
    },
  }
}
