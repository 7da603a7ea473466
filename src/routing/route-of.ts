import type { DestinationConfig } from '../config/destination.js'
import { identitiesOf } from '../config/identities.js'
import type { Route } from '../model/destination.js'
import { withoutWebhooks } from './filter.js'

/** What routing needs to know of a configured destination. */
export const routeOf = (destination: DestinationConfig): Route => ({
  name: destination.name,
  identities: identitiesOf(destination),
  forward: destination.kind === 'http' ? withoutWebhooks(destination.forward) : destination.forward,
  match: Object.entries(destination.match).map(([field, patterns]) => ({ field, patterns })),
  orderBy: destination.order_by,
})
