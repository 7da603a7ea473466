import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** A request that is answered with an error: thrown anywhere on the way in, answered in one place (errors.ts). */
export class Refused extends Error {
  readonly status: ContentfulStatusCode
  readonly headers: Readonly<Record<string, string>>
  constructor(status: ContentfulStatusCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

/** What the sender may try again; seconds until it makes sense, as Retry-After. */
export const unavailable = (message: string, retryAfterS: number): Refused =>
  new Refused(503, message, { 'Retry-After': String(retryAfterS) })

/** Disk is freed by deliveries and by operators: not within seconds. */
const DISK_RETRY_S = 30

export const diskNearlyFull = (): Refused => unavailable('The disk is nearly full', DISK_RETRY_S)

/** Fetch's Request, as which requests go on to other apps, knows no TRACE (Fetch standard, 2.2.1). */
export function refuseTrace(): never {
  throw new Refused(405, 'method not allowed', { Allow: 'GET, HEAD, POST, PUT, DELETE' })
}
