import { type Identity, parseIdentity } from '../model/identity.js'
import type { DestinationConfig } from './destination.js'
import type { Config } from './schema.js'

/** The names under which we stand in X-Alerta-Loop. */
export const ownIdentities = (config: Pick<Config, 'base_url' | 'also_known_as'>): ReadonlySet<Identity> =>
  toSet([config.base_url, ...config.also_known_as])

/** The names under which a destination may stand in X-Alerta-Loop. */
export const identitiesOf = ({
  url,
  base_url = url,
  also_known_as,
}: Pick<DestinationConfig, 'url' | 'base_url' | 'also_known_as'>): ReadonlySet<Identity> =>
  toSet([base_url, url, ...also_known_as])

const toSet = (urls: readonly string[]): ReadonlySet<Identity> =>
  new Set(urls.map(parseIdentity).filter((identity) => identity !== undefined))
