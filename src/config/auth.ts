import { z } from 'zod'
import { duration, hawkKey, headerSecret, passwordHash, secret, signingSecret, userName } from './fields.js'

/** Scopes are Alerta's: an action, or action:resource (alerta/models/permission.py). */
const SCOPE =
  /^(read|write|delete|admin)(:(alerts|blackouts|customers|groups|heartbeats|keys|management|oembed|perms|userinfo|users|webhooks))?$/
export const scope = z
  .string()
  .regex(SCOPE, 'must be a scope such as read, write, admin, write:alerts or write:heartbeats')

const grant = {
  scopes: z.array(scope).min(1, 'must name at least one scope, for example [write:alerts]'),
  /** writes are pinned to these customers, reads filtered */
  customers: z.array(z.string().min(1)).prefault([]),
  /** another relay: its X-Alerta-Message is believed */
  peer: z.boolean().default(false),
}

export const ANONYMOUS_SCOPES = ['write:alerts', 'write:heartbeats', 'write:webhooks'] as const

export const authSchema = z.strictObject({
  required: z.boolean().default(true),
  /** signs what POST /auth/login hands out; without it nobody logs in. Alerta's SECRET_KEY */
  secret_key: signingSecret.optional(),
  /** how long a login lasts; Alerta's TOKEN_EXPIRE_DAYS */
  login_expiry: duration.prefault('14d'),
  /** what a sender without credentials may do where `required` is false */
  anonymous: z.array(z.enum(ANONYMOUS_SCOPES)).optional(),
  api_keys: z.array(z.strictObject({ key: headerSecret, text: z.string().default(''), ...grant })).prefault([]),
  hmac: z
    .array(
      z.strictObject({
        key: hawkKey,
        secret,
        algorithm: z.enum(['sha256', 'sha1']).default('sha256'),
        ...grant,
        // Alerta gives Hawk callers admin, read and write (alerta/auth/hmac.py)
        scopes: grant.scopes.default(['admin', 'read', 'write']),
      }),
    )
    .prefault([]),
  tokens: z.array(z.strictObject({ token: headerSecret, text: z.string().default(''), ...grant })).prefault([]),
  users: z
    .array(
      z.strictObject({
        username: userName,
        password_hash: passwordHash,
        ...grant,
      }),
    )
    .prefault([]),
})

export type AuthConfig = z.output<typeof authSchema>
