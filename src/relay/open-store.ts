import { randomBytes } from 'node:crypto'
import type { Arrivals } from '../base/arrivals.js'
import type { Clock } from '../base/clock.js'
import type { Counters } from '../base/counters.js'
import type { Disk } from '../base/disk.js'
import type { Log } from '../base/log.js'
import type { Meter } from '../base/meter.js'
import { severitiesOf } from '../config/alerts.js'
import type { Config } from '../config/schema.js'
import { alertRulesOf } from '../ingress/alert.js'
import { createRereadAlert, reread } from '../ingress/reread.js'
import { createLedger } from '../ledger/ledger.js'
import { ledgerOptions } from '../ledger/options.js'
import { bodyOf } from '../ledger/resend.js'
import { carry, collect } from '../ledger/union.js'
import type { Ids } from '../model/ids.js'
import { allows, kindsTaken } from '../routing/filter.js'
import type { Routing } from '../routing/routing.js'
import { budgetsOf } from '../store/budgets.js'
import type { ConfiguredQueue, Store } from '../store/contract.js'
import { openSqlite } from '../store/sqlite/store.js'
import { tellArranged } from './arranged.js'

export interface StoreDeps {
  readonly config: Config
  readonly routing: Routing
  /** of the database */
  readonly path: string
  readonly disk: Disk
  readonly ids: Ids
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly meter: Meter
  readonly arrivals: Pick<Arrivals, 'count'>
}

/** All queues together may take so much of what the disk has free at the start. */
const QUEUES_OF_DISK = 0.6

/** The queues of these destinations as the store sees them, and what part of each budget the disk has room for. */
export function queuesOf(
  destinations: Config['destinations'],
  disk: Disk,
): { readonly queues: readonly ConfiguredQueue[]; readonly share: () => number } {
  const { share, budgets } = budgetsOf(destinations, () => QUEUES_OF_DISK * disk.room())
  const queues = budgets.map((queue) => ({
    ...queue,
    takes: kindsTaken(queue.forward),
    takesOpen: allows(queue.forward, { kind: 'action', action: 'open' }),
  }))
  return { queues, share }
}

export const warnOfShare = (share: number, log: Log): void => {
  if (share < 1) log.warn({ share }, 'queue budgets cut down to what the disk has free')
}

export async function openStore(deps: StoreDeps): Promise<Store> {
  const { config, routing, path, disk, ids, clock, log, counters, meter, arrivals } = deps
  const { queues, share } = queuesOf(config.destinations, disk)
  const store = await openSqlite({
    path,
    lockWaitMs: config.limits.lock_wait,
    destinations: queues,
    decide: routing.decide,
    severities: severitiesOf(config.alerts),
    rules: {
      ...{ ...createLedger(ledgerOptions(config)), bodyOf, collect, carry, reread, cameFrom: routing.cameFrom, ids },
      rereadAlert: createRereadAlert(alertRulesOf(config)),
    },
    clock,
    owner: randomBytes(8).toString('hex'),
    onDamage(damage) {
      log.error(damage, 'damage in the database, set aside')
      counters.add('damaged', damage.destination)
    },
    onFill: (alerts) => log.info({ alerts }, 'the ledger is made from the journal'),
    onWithdrawn: ({ destination, state }) => counters.add(state, destination),
    onArranged: (arranged) => tellArranged(arranged, log),
    onHeld: (held) =>
      log.error({ why: held }, 'all destinations are held: the database is not the one this relay left'),
    onCommit: meter.committed,
    arrived: arrivals.count,
  })
  await disk.free()
  warnOfShare(share(), log)
  return store
}
