import { configSchema } from '../../src/config/schema.js'
import { alertRulesOf } from '../../src/ingress/alert.js'
import { createRereadAlert, reread } from '../../src/ingress/reread.js'
import { createLedger } from '../../src/ledger/ledger.js'
import { bodyOf } from '../../src/ledger/resend.js'
import { carry, collect } from '../../src/ledger/union.js'
import { ALERTA_SEVERITIES } from '../../src/model/alert.js'
import type { Ordering, Route } from '../../src/model/destination.js'
import { randomIds } from '../../src/model/ids.js'
import { createCameFrom } from '../../src/routing/came-from.js'
import { allows, kindsTaken } from '../../src/routing/filter.js'
import type { Budget, ConfiguredQueue, LedgerRules } from '../../src/store/contract.js'

/** How ingress reads alerts where nothing is configured. */
export const ALERT_RULES = alertRulesOf(configSchema.parse({}))

/** What relay.ts hands to a store, for tests below it. */
export const rulesFor = (routes: readonly Route[]): LedgerRules => ({
  ...createLedger({ ...ALERTA_SEVERITIES, timeoutS: 86_400, ackTimeoutS: 0, shelveTimeoutS: 7_200 }),
  bodyOf,
  collect,
  carry,
  reread,
  rereadAlert: createRereadAlert(ALERT_RULES),
  cameFrom: createCameFrom(routes),
  ids: randomIds,
})

/** The queue of a route: refuses what does not fit, folds nothing. */
export const queueOf = (
  route: Pick<Route, 'name' | 'orderBy' | 'forward'>,
  budget: Budget,
  more: Partial<ConfiguredQueue> = {},
): ConfiguredQueue & { readonly orderBy: Ordering } => ({
  name: route.name,
  orderBy: route.orderBy,
  takes: kindsTaken(route.forward),
  takesOpen: allows(route.forward, { kind: 'action', action: 'open' }),
  overflow: 'refuse',
  fold: false,
  budget,
  ...more,
})
