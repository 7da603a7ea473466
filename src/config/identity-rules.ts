import type { Identity } from '../model/identity.js'
import { identitiesOf, ownIdentities } from './identities.js'
import type { Fault, Path } from './problem.js'
import type { Config } from './schema.js'

interface Named {
  readonly who: string
  readonly path: Path
  readonly identity: Identity
}

/**
 * A plain Alerta takes itself for found in X-Alerta-Loop when its BASE_URL is any part of the header's text: between
 * http://h:91 and http://h:9102 messages are lost (alerta/plugins/forwarder.py, 9.1.0).
 */
export function identityWarnings(config: Config): Fault[] {
  const all: Named[] = [
    ...[...ownIdentities(config)].map((identity) => ({ who: 'this relay', path: ['base_url'], identity })),
    ...config.destinations.flatMap((destination, i) =>
      [...identitiesOf(destination)].map((identity) => ({
        who: destination.name,
        path: ['destinations', i],
        identity,
      })),
    ),
  ]
  return all.flatMap((short) =>
    all
      .filter((long) => isProperPart(short, long))
      .map((long) => ({ path: short.path, message: wording(short, long) })),
  )
}

const isProperPart = (short: Named, long: Named): boolean =>
  short.who !== long.who && short.identity !== long.identity && long.identity.includes(short.identity)

const wording = (short: Named, long: Named): string =>
  `${short.identity} is a part of ${long.identity} (${long.who}): a plain Alerta, which compares by substring, takes the one for the other and drops messages; give one of them another name`
