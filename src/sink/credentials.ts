import { hash } from '@node-rs/argon2'
import type { ZodError } from 'zod'
import { type AuthConfig, authSchema } from '../config/auth.js'

/** Credentials as they are given on the command line. */
export interface Given {
  readonly key?: readonly string[]
  readonly token?: readonly string[]
  /** user:password */
  readonly basic?: readonly string[]
  /** id:secret */
  readonly hawk?: readonly string[]
}

export type SinkAuth =
  | { readonly ok: true; readonly auth: AuthConfig | undefined }
  | { readonly ok: false; readonly problem: string }

const EVERYTHING = ['admin', 'read', 'write']

/** The auth configuration of a strict sink; undefined where nothing is to be checked. */
export async function sinkAuth(given: Given): Promise<SinkAuth> {
  const { key = [], token = [], basic = [], hawk = [] } = given
  if ([key, token, basic, hawk].every((list) => list.length === 0)) return { ok: true, auth: undefined }
  if (![...basic, ...hawk].every((pair) => /^[^:]+:./s.test(pair))) {
    return { ok: false, problem: 'a basic credential is user:password, a hawk credential id:secret' }
  }
  if ([...key, ...token].includes('')) return { ok: false, problem: 'a key or token must not be empty' }
  const users = basic
    .map(split)
    .map(async ([username, password]) => ({ username, password_hash: await hash(password) }))
  const parsed = authSchema.safeParse({
    required: true,
    api_keys: key.map((each) => ({ key: each, scopes: EVERYTHING })),
    tokens: token.map((each) => ({ token: each, scopes: EVERYTHING })),
    users: (await Promise.all(users)).map((user) => ({ ...user, scopes: EVERYTHING })),
    // a credential says which algorithm it means; the default is Alerta's
    hmac: hawk.map(split).map(([id, secret]) => ({ key: id, secret })),
  })
  return parsed.success ? { ok: true, auth: parsed.data } : { ok: false, problem: problemsOf(parsed.error) }
}

/** Without the values, which are secret. */
const problemsOf = (error: ZodError): string =>
  error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')

function split(pair: string): [string, string] {
  const colon = pair.indexOf(':')
  return [pair.slice(0, colon), pair.slice(colon + 1)]
}
