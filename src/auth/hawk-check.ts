import { createHash } from 'node:crypto'
import Hawk, { type Artifacts, type Credentials } from 'hawk'
import type { Clock } from '../base/clock.js'
import type { AuthConfig } from '../config/auth.js'
import { namesByHost, type OwnName } from './own-names.js'
import { principal } from './principal.js'
import { type Authenticate, type AuthRequest, admitted, type Denial, denied } from './verdict.js'

/** Alerta's window: mohawk accepts timestamps up to so far from its clock, in both directions. */
const SKEW_MS = 300_000
/** Hawk's own check of the timestamp reads the wall clock and lets through what is no number: it is done here. */
const NOT_CHECKED_BY_HAWK = { timestampSkewSec: Number.MAX_SAFE_INTEGER }
/** Seconds of epoch time, as every client writes them. */
const TIMESTAMP = /^\d{1,12}$/

export interface HawkDeps {
  readonly hmac: AuthConfig['hmac']
  readonly names: readonly OwnName[]
  readonly clock: Clock
  /** notes a nonce until expiresAt (epoch ms); false when it is already noted */
  readonly spend: (nonce: string, expiresAt: number) => Promise<boolean>
}

interface Signature {
  readonly ok: true
  readonly credentials: Credentials
  readonly artifacts: Artifacts
}

/**
 * Verifies `Authorization: Hawk` (github.com/mozilla/hawk, API.md). Of a wrong request nothing is disclosed but the
 * step that failed: not the right MAC, and not whether the id exists.
 */
export function createHawkCheck(deps: HawkDeps): Authenticate {
  const known = new Map(
    deps.hmac.map((entry) => [
      entry.key,
      {
        credentials: { id: entry.key, key: entry.secret.reveal(), algorithm: entry.algorithm },
        principal: principal(`hawk ${entry.key}`, entry),
      },
    ]),
  )

  /** The MAC covers host and port: tried for each of our own names, for a proxy may have rewritten the Host header. */
  async function verifyMac(request: AuthRequest): Promise<Signature | Denial> {
    for (const name of namesByHost(deps.names, request.host, request.scheme)) {
      for (const { host, target } of candidates(name, request.target)) {
        const result = await attempt(request, host, name.port, target)
        if (result !== 'wrong mac') return result
      }
    }
    return denied('Hawk id is unknown or the MAC does not match')
  }

  async function attempt(
    request: AuthRequest,
    host: string,
    port: number,
    target: string,
  ): Promise<Signature | Denial | 'wrong mac'> {
    try {
      const signed = await Hawk.server.authenticate(
        { method: request.method, url: target, host, port, authorization: request.authorization },
        async (id) => known.get(id)?.credentials,
        NOT_CHECKED_BY_HAWK,
      )
      return { ok: true, ...signed }
    } catch (error) {
      if (!isBoom(error)) throw error
      if (error.message === 'Bad mac') return 'wrong mac'
      if (error.message === 'Unknown credentials') return denied('Hawk id is unknown or the MAC does not match')
      return denied('Hawk header is malformed')
    }
  }

  return async (request) => {
    const signed = await verifyMac(request)
    if (!signed.ok) return signed
    const { artifacts, credentials } = signed
    if (!TIMESTAMP.test(artifacts.ts)) return denied('Hawk header is malformed')
    if (Math.abs(Number(artifacts.ts) * 1000 - deps.clock.now()) > SKEW_MS) {
      return denied('Hawk timestamp is stale: the clocks differ by more than 5 minutes')
    }
    if (request.body !== undefined) {
      if (artifacts.hash === undefined) return denied('Hawk payload hash is missing')
      if (!bodyMatches(await request.body(), signed, request.contentType)) {
        return denied('Hawk payload hash does not match the body')
      }
    }
    // Last, so that only a request that is right in everything else can use up a nonce.
    const nonce = digest([artifacts.id, artifacts.nonce, artifacts.ts])
    if (!(await deps.spend(nonce, deps.clock.now() + 2 * SKEW_MS))) return denied('Hawk nonce was used before')
    const entry = known.get(credentials.id)
    if (entry === undefined) throw new Error('hawk accepted an id that is not configured')
    return admitted(entry.principal)
  }
}

/** The ways a client may have signed for one of our names: with the path a proxy stripped, IPv6 with and without brackets. */
function candidates(name: OwnName, target: string): { host: string; target: string }[] {
  const hosts = name.host.includes(':') ? [name.host, `[${name.host}]`] : [name.host]
  const targets = name.prefix === '' ? [target] : [target, name.prefix + target]
  return hosts.flatMap((host) => targets.map((each) => ({ host, target: each })))
}

function bodyMatches(body: Buffer, signed: Signature, contentType: string | undefined): boolean {
  try {
    Hawk.server.authenticatePayload(body, signed.credentials, signed.artifacts, contentType ?? '')
    return true
  } catch (error) {
    if (isBoom(error)) return false
    throw error
  }
}

/** Hawk reports what is wrong with a request as Boom errors; anything else is a bug. */
const isBoom = (error: unknown): error is Error => error instanceof Error && 'isBoom' in error

const digest = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
