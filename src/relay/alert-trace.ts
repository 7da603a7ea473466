import type { Clock } from '../base/clock.js'
import type { Destinations } from '../delivery/destinations.js'
import type { Ours } from '../egress/ours.js'
import { createTrace, type Trace } from '../management/trace.js'
import type { Routing } from '../routing/routing.js'
import type { Store } from '../store/contract.js'

export interface TraceParts {
  readonly ours: Ours
  readonly store: Pick<Store, 'stories'>
  readonly routing: Pick<Routing, 'routes'>
  readonly destinations: Pick<Destinations, 'askTrace' | 'dispatchers'>
  readonly clock: Clock
}

/** What relays and operators are told of an alert's way. */
export function createAlertTrace({ ours, store, routing, destinations, clock }: TraceParts): Trace {
  return createTrace({
    ...ours,
    stories: store.stories,
    workerOf: (name) => destinations.dispatchers.get(name)?.state(),
    relays: () =>
      new Map(
        routing.routes().flatMap(({ name, identities }) => {
          const ask = destinations.askTrace(name)
          return ask === undefined ? [] : [[name, { identities, ask }] as const]
        }),
      ),
    clock,
  })
}
