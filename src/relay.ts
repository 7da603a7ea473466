import { randomBytes } from 'node:crypto'
import { createSignIn } from './auth/sign-in.js'
import { type Clock, systemClock } from './base/clock.js'
import { type Closers, createClosers } from './base/closers.js'
import { createCounters } from './base/counters.js'
import { createDisk, type Disk } from './base/disk.js'
import type { Log } from './base/log.js'
import { readVersion } from './base/version.js'
import { severitiesOf } from './config/alerts.js'
import { ownIdentities } from './config/identities.js'
import type { Config } from './config/schema.js'
import { createAdmission } from './delivery/admission.js'
import { createClockGuard } from './delivery/clock-guard.js'
import { openDestination, type Surroundings } from './delivery/destination.js'
import type { Dispatcher } from './delivery/dispatcher.js'
import { createHeartbeatWatch } from './delivery/heartbeat-watch.js'
import { createHousekeeping } from './delivery/housekeeping.js'
import { createDeepestMoving, createUtilisation } from './delivery/load.js'
import { createResyncer, type Peer, type Resyncer } from './delivery/resyncer.js'
import { retentionOf } from './delivery/retention.js'
import { createUpkeep, type Upkeep } from './delivery/upkeep.js'
import { type Resolve, resolveAll } from './egress/lookup.js'
import type { Ours } from './egress/ours.js'
import { alertRulesOf } from './ingress/alert.js'
import { type AppDeps, createApp, createOwnPost } from './ingress/app.js'
import { createRereadAlert, reread } from './ingress/reread.js'
import { type Listener, listen } from './ingress/serve.js'
import { createLedger } from './ledger/ledger.js'
import { ledgerOptions } from './ledger/options.js'
import { bodyOf } from './ledger/resend.js'
import { carry, collect } from './ledger/union.js'
import { mountHealth } from './management/health.js'
import { mountHousekeeping } from './management/housekeeping.js'
import { mountManifest } from './management/manifest.js'
import { createOperatorApp } from './management/operator.js'
import { listenForOperators, operatorSocketOf } from './management/operator-socket.js'
import { mountStatus } from './management/status.js'
import type { Route } from './model/destination.js'
import { type Ids, randomIds } from './model/ids.js'
import { mountBlackouts } from './reading/blackouts.js'
import { mountHeartbeats } from './reading/heartbeats.js'
import { mountReading } from './reading/mount.js'
import { createSelectIds } from './reading/select-ids.js'
import { createCameFrom } from './routing/came-from.js'
import { createDecide } from './routing/decide.js'
import { createCompare } from './routing/drift.js'
import { allows, kindsTaken } from './routing/filter.js'
import { routeOf } from './routing/route-of.js'
import { budgetsOf } from './store/budgets.js'
import type { Store } from './store/contract.js'
import { openSqlite } from './store/sqlite/store.js'

/** What tests put in the place of the real thing. */
export interface Parts {
  readonly clock: Clock
  readonly ids: Ids
  readonly random: () => number
  /** of the destinations' host names */
  readonly resolve: Resolve
}

export interface Relay {
  /** Delivers and listens; resolves with the port. */
  start(): Promise<{ readonly port: number }>
  /** Stops listening, lets attempts end within limits.drain, snoozes the rest, closes the store. */
  stop(): Promise<void>
}

/** All queues together may take so much of what the disk has free at the start. */
const QUEUES_OF_DISK = 0.6

/** The composition root: the only place that knows all rooms. */
export async function build(config: Config, log: Log, overrides: Partial<Parts> = {}): Promise<Relay> {
  const parts: Parts = { clock: systemClock, ids: randomIds, random: Math.random, resolve: resolveAll, ...overrides }
  const { clock, ids } = parts
  const closers = createClosers()
  const counters = createCounters()
  const version = readVersion()
  const ours: Ours = { baseUrl: config.base_url, identities: ownIdentities(config), version }
  const path = config.database_url.replace(/^sqlite:/, '')
  const disk = createDisk(path)
  const routes = config.destinations.map(routeOf)
  const peers: Peer[] = []
  const wiring: Wiring = {
    ...parts,
    ...{ config, log, counters, closers, ours, routes, path, disk, peers },
    cameFrom: createCameFrom(routes),
    askings: new Map(),
  }

  try {
    const store = await openStore(wiring)
    closers.defer('store', () => store.close())
    const guard = createClockGuard(clock, await store.touchedAt())
    const dispatchers = new Map<string, Dispatcher>()
    for (const destination of config.destinations) {
      dispatchers.set(destination.name, await openDestination(wiring, destination, store))
    }
    const upkeep = createUpkeep({
      store,
      maxAgeMs: config.limits.max_age,
      retention: retentionOf(config),
      guard,
      freeBytes: disk.free,
      minFreeBytes: config.limits.min_free_disk,
      clock,
      log,
      counters,
    })
    const admission = createAdmission({
      clock,
      utilisation: createUtilisation(),
      deepestMoving: createDeepestMoving(store, dispatchers),
    })
    const wake = (name: string) => dispatchers.get(name)?.wake()
    const housekeeping = createHousekeeping({ store, guard, config: config.housekeeping, wake, clock, log, counters })
    const { heartbeats, blackouts } = store
    const watch = createHeartbeatWatch({ heartbeats, config, post: (alert) => postOwn(alert), clock, log, counters })
    const appDeps: AppDeps = {
      config,
      identities: ours.identities,
      ...createSignIn({ config, clock, ids, spend: store.spend }),
      append: async (draft) => {
        const appended = await store.append(draft)
        if (appended.kind === 'accepted') appended.queued.forEach(wake)
        return appended
      },
      heartbeats,
      clearAlarm: watch.clear,
      blackouts,
      settings: store.settings,
      admit: admission.admit,
      select: createSelectIds(store.alerts),
      isJournalled: store.isJournalled,
      alerts: store.alerts,
      room: upkeep.room,
      management(api, gate) {
        mountHealth(api, {
          store: { ...store, touch: () => store.touch(guard.noted()) },
          room: upkeep.room,
          clock,
          stale: watch.stale,
        })
        const workers = new Map([...dispatchers].map(([name, dispatcher]) => [name, dispatcher.state]))
        const startedAt = clock.now()
        mountManifest(api, gate('read:management'), { version })
        mountStatus(api, gate('read:management'), { store, workers, counters, clock, version, startedAt })
        mountHousekeeping(api, gate('admin:management'), housekeeping)
        const reading = { alerts: store.alerts, heartbeats, blackouts, baseUrl: config.base_url, clock }
        mountReading(api, gate('read:alerts'), reading)
        mountHeartbeats(api, gate('read:heartbeats'), { ...reading, maxLatencyMs: config.heartbeats.max_latency })
        mountBlackouts(api, gate('read:blackouts'), reading)
      },
      clock,
      ids,
      log,
      counters,
    }
    const app = createApp(appDeps)
    const postOwn = createOwnPost(appDeps)
    const resyncer = createResyncer({ peers, store, compare: createCompare(routes), clock, log, counters })
    const own = { config, closers, path, version, clock, log }
    const loops = { admission, resyncer, housekeeping, 'heartbeat watch': watch }
    return {
      start: () => start({ ...own, app, store, upkeep, dispatchers, resyncer, loops }),
      stop: () => closers.close(),
    }
  } catch (error) {
    await closers.close()
    throw error
  }
}

/** What the parts of one relay share. */
interface Wiring extends Surroundings {
  readonly routes: readonly Route[]
  /** of the database */
  readonly path: string
  readonly disk: Disk
}

async function openStore(wiring: Wiring): Promise<Store> {
  const { config, path, routes, disk, cameFrom, ids, clock, log, counters } = wiring
  const { share, budgets } = budgetsOf(config.destinations, () => QUEUES_OF_DISK * disk.room())
  const store = await openSqlite({
    path,
    lockWaitMs: config.limits.lock_wait,
    destinations: budgets.map((queue) => ({
      ...queue,
      takes: kindsTaken(queue.forward),
      takesOpen: allows(queue.forward, { kind: 'action', action: 'open' }),
    })),
    decide: createDecide(routes, severitiesOf(config.alerts)),
    severities: severitiesOf(config.alerts),
    rules: {
      ...{ ...createLedger(ledgerOptions(config)), bodyOf, collect, carry, reread, cameFrom, ids },
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
  })
  await disk.free()
  if (share() < 1) log.warn({ share: share() }, 'queue budgets cut down to what the disk has free')
  for (const { destination, rows } of await store.status()) {
    if (config.destinations.some(({ name }) => name === destination)) continue
    log.warn({ destination, rows }, 'deliveries wait for a destination that is not configured')
  }
  return store
}

/** What build has put together, and start sets going. */
interface Assembly {
  readonly config: Config
  readonly closers: Closers
  readonly app: Parameters<typeof listen>[0]
  readonly store: Store
  readonly upkeep: Upkeep
  readonly dispatchers: ReadonlyMap<string, Dispatcher>
  readonly resyncer: Resyncer
  /** what runs by itself, by name */
  readonly loops: Readonly<Record<string, { start(): void; stop(): void | Promise<void> }>>
  /** of the database */
  readonly path: string
  readonly version: string
  readonly clock: Clock
  readonly log: Log
}

async function start(assembly: Assembly): Promise<{ port: number }> {
  const { config, closers, app, store, upkeep, dispatchers, resyncer, loops, path, version, clock, log } = assembly
  await upkeep.start()
  closers.defer('upkeep', () => upkeep.stop())
  for (const dispatcher of dispatchers.values()) dispatcher.start()
  const stopDispatchers = async () => {
    const deadline = clock.now() + config.limits.drain
    await Promise.all([...dispatchers.values()].map((dispatcher) => dispatcher.stop(deadline)))
  }
  closers.defer('dispatchers', stopDispatchers)
  const listener: Listener = await listen(app, { config, clock, log })
  // together: each may take the whole drain time
  closers.defer('listener', () => Promise.all([listener.close(), stopDispatchers()]).then(() => {}))
  for (const [name, one] of Object.entries(loops)) {
    one.start()
    closers.defer(name, async () => one.stop())
  }
  const destinations = config.destinations.map(({ name }) => name)
  const operators = createOperatorApp({ resyncs: resyncer, controls: dispatchers, store, clock, log })
  closers.defer('operators', await listenForOperators(operators, { path: operatorSocketOf(path), log }))
  log.info({ port: listener.port, baseUrl: config.base_url, database: path, destinations, version }, 'relay started')
  return { port: listener.port }
}
