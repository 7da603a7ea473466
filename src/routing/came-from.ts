import type { Route } from '../model/destination.js'
import type { Hop } from '../model/hops.js'

/** The destination that a message came from: its last hop is one of its names. Undefined: from somebody else. */
export function createCameFrom(
  routes: readonly Pick<Route, 'name' | 'identities'>[],
): (hops: readonly Hop[]) => string | undefined {
  return (hops) => {
    const last = hops.at(-1)?.identity
    return last === undefined ? undefined : routes.find(({ identities }) => identities.has(last))?.name
  }
}
