import { isIP } from 'node:net'
import { buildConnector } from 'undici'
import { isPublic } from '../config/network.js'
import type { Certificates } from './certificates.js'
import { createLookup, type Resolve, resolveAll } from './lookup.js'

/** deny_private forbids the address; nothing was sent there. */
class PrivateAddress extends Error {
  readonly code = 'ERR_PRIVATE_ADDRESS'
}

interface Connection extends Certificates {
  /** ms until connected, TLS included */
  readonly timeout: number
  readonly rejectUnauthorized: boolean
}

/**
 * Opens a destination's connections. With `denyPrivate` only to public addresses: judged is the one that is dialled,
 * after the name was resolved, so that a name which changes its mind between question and connection gains nothing.
 */
export function createDial(
  connection: Connection,
  { denyPrivate, resolve = resolveAll }: { readonly denyPrivate: boolean; readonly resolve?: Resolve | undefined },
): buildConnector.connector {
  const { timeout, rejectUnauthorized, ...certificates } = connection
  const lookup = createLookup(denyPrivate ? publicOnly(resolve) : resolve)
  const given = Object.fromEntries(Object.entries(certificates).filter(([, pem]) => pem !== undefined))
  const connect = buildConnector({ timeout, lookup, rejectUnauthorized, ...given })
  if (!denyPrivate) return connect
  return (options, callback) => {
    // an address written as such is not looked up; 0x7f.1 and the like have become plain ones by parsing the url
    if (isIP(options.hostname) === 0 || isPublic(options.hostname)) return connect(options, callback)
    callback(new PrivateAddress(`${options.hostname} is private`), null)
  }
}

/** Leaves of the addresses of a name only those that are public; where none is left, an error says why. */
export const publicOnly =
  (resolve: Resolve): Resolve =>
  (hostname, answer) =>
    resolve(hostname, (error, addresses) => {
      const allowed = addresses?.filter(({ address }) => isPublic(address)) ?? []
      const refused = error === null && allowed.length === 0
      answer(refused ? new PrivateAddress(`${hostname} is private`) : error, allowed)
    })
