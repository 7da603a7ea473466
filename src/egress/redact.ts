import { unreachable } from '../base/unreachable.js'
import type { Credential } from '../config/destination.js'

/** Alerta's refusal of a Hawk header tells the MAC that would have been right, and it stays valid for minutes. */
const DIGEST = /[A-Za-z0-9+/]{27,86}={1,2}/g

/** Hides the destination's own credential in what the peer says: Alerta repeats a wrong API key in its 401. */
export function createRedactor(credential: Credential): (text: string) => string {
  const secrets = valuesOf(credential)
    .flatMap((value) => [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)])
    .sort((a, b) => b.length - a.length)
  return (text) => secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text).replace(DIGEST, '***')
}

function valuesOf(credential: Credential): string[] {
  switch (credential.type) {
    case 'none':
      return []
    case 'hawk':
      return [credential.secret.reveal()]
    case 'key':
      return [credential.key.reveal()]
    case 'bearer':
      return [credential.token.reveal()]
    case 'basic': {
      const password = credential.password.reveal()
      return [password, Buffer.from(`${credential.username}:${password}`).toString('base64')]
    }
    default:
      return unreachable(credential)
  }
}
