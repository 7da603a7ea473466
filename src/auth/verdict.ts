import type { Principal } from './principal.js'

/** A request as far as signing in needs it. */
export interface AuthRequest {
  readonly method: string
  /** the request target exactly as it came: Hawk's MAC covers it */
  readonly target: string
  /** the Host header, after trusted proxies; only says which of our names to try first */
  readonly host: string | undefined
  readonly scheme: 'http' | 'https'
  /** the address that it came from, after trusted proxies */
  readonly sender: string
  readonly authorization: string | undefined
  readonly xApiKey: string | undefined
  readonly queryApiKey: string | undefined
  readonly contentType: string | undefined
  /**
   * Reads the body; undefined where there is none. Only Hawk calls it, and only after the MAC was right,
   * so that strangers cannot make the relay read.
   */
  readonly body: (() => Promise<Buffer>) | undefined
}

export interface Denial {
  readonly ok: false
  readonly status: 400 | 401 | 429
  /** no credential at all, as opposed to a wrong one */
  readonly absent: boolean
  /** never repeats anything of what was sent, nor what would have been right */
  readonly message: string
  readonly headers: Readonly<Record<string, string>>
}

export type Verdict = { readonly ok: true; readonly principal: Principal } | Denial

/** Rejects where the store cannot note a nonce, or the body cannot be read. */
export type Authenticate = (request: AuthRequest) => Promise<Verdict>

export const admitted = (principal: Principal): Verdict => ({ ok: true, principal })

export function denied(
  message: string,
  status: Denial['status'] = 401,
  headers: Readonly<Record<string, string>> = {},
): Denial {
  return { ok: false, status, absent: false, message, headers }
}
