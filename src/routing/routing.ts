import type { Severities } from '../model/alert.js'
import type { Decision, Facts } from '../model/decision.js'
import type { Route } from '../model/destination.js'
import type { Hop } from '../model/hops.js'
import type { Draft } from '../model/message.js'
import type { Judge } from '../model/resync.js'
import { createCameFrom } from './came-from.js'
import { createDecide } from './decide.js'
import { createCompare, type Selection } from './drift.js'

/** The routing in force. Other routes take its place between two messages. */
export interface Routing {
  decide(draft: Draft, facts: Facts): Decision
  cameFrom(hops: readonly Hop[]): string | undefined
  compare(destination: string, selection: Selection): Judge
  /** those in force */
  routes(): readonly Route[]
  use(routes: readonly Route[]): void
}

export function createRouting(routes: readonly Route[], severities: Severities): Routing {
  const compiled = (routes: readonly Route[]) => ({
    decide: createDecide(routes, severities),
    cameFrom: createCameFrom(routes),
    compare: createCompare(routes),
    routes,
  })
  let now = compiled(routes)
  return {
    decide: (draft, facts) => now.decide(draft, facts),
    cameFrom: (hops) => now.cameFrom(hops),
    compare: (destination, selection) => now.compare(destination, selection),
    routes: () => now.routes,
    use(routes) {
      now = compiled(routes)
    },
  }
}
