import Hawk from 'hawk'
import type { Clock } from '../base/clock.js'
import { unreachable } from '../base/unreachable.js'
import type { Credential } from '../config/destination.js'
import type { Ids } from '../model/ids.js'

export interface Signable {
  readonly method: string
  /** absolute, exactly as it is sent: Hawk's MAC covers it */
  readonly url: string
  readonly body: Buffer | null
  readonly contentType: string | undefined
}

/** The Authorization header of one attempt; undefined where the destination wants none. */
export type Signer = (request: Signable) => string | undefined

/**
 * Signs for one destination. To be called anew for every attempt, for a Hawk header is valid for about a minute;
 * nothing signed is ever stored.
 */
export function createSigner(credential: Credential, clock: Clock, ids?: Ids): Signer {
  switch (credential.type) {
    case 'none':
      return () => undefined
    case 'basic': {
      const pair = `${credential.username}:${credential.password.reveal()}`
      return () => `Basic ${Buffer.from(pair).toString('base64')}`
    }
    case 'key':
      return () => `Key ${credential.key.reveal()}`
    case 'bearer':
      return () => `Bearer ${credential.token.reveal()}`
    case 'hawk':
      return (request) => hawk(credential, request, clock, ids)
    default:
      return unreachable(credential)
  }
}

/** A request without a body carries no hash: Alerta and mohawk accept that, and reject the hash of an empty one. */
function hawk(
  credential: Extract<Credential, { type: 'hawk' }>,
  request: Signable,
  clock: Clock,
  ids: Ids | undefined,
): string {
  const signed = Hawk.client.header(request.url, request.method, {
    credentials: { id: credential.key, key: credential.secret.reveal(), algorithm: credential.algorithm },
    timestamp: Math.floor(clock.now() / 1000),
    ...(ids === undefined ? {} : { nonce: ids.id() }),
    // the raw bytes, not a string: a body that is no UTF-8 would be hashed wrongly
    ...(request.body === null || request.body.length === 0 ? {} : { payload: request.body }),
    ...(request.contentType === undefined ? {} : { contentType: request.contentType }),
  })
  return signed.header
}
