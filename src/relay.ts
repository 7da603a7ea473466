import { randomBytes } from 'node:crypto'
import { createSigner } from './auth/sign.js'
import { createSignIn } from './auth/sign-in.js'
import { type Clock, systemClock } from './base/clock.js'
import { type Closers, createClosers } from './base/closers.js'
import { type Counters, createCounters } from './base/counters.js'
import { createDisk, type Disk } from './base/disk.js'
import type { Log } from './base/log.js'
import { readVersion } from './base/version.js'
import { severitiesOf } from './config/alerts.js'
import type { DestinationConfig } from './config/destination.js'
import { identitiesOf, ownIdentities } from './config/identities.js'
import type { Config } from './config/schema.js'
import { createAdmission } from './delivery/admission.js'
import { type Asking, createAsking } from './delivery/asking.js'
import { createAttempt } from './delivery/attempt.js'
import { createBackoff } from './delivery/backoff.js'
import { createClockGuard } from './delivery/clock-guard.js'
import { createConcurrency } from './delivery/concurrency.js'
import { createDispatcher, type Dispatcher } from './delivery/dispatcher.js'
import { createDeepestMoving, createUtilisation } from './delivery/load.js'
import { createResyncer, type Peer, type Resyncer } from './delivery/resyncer.js'
import { createUpkeep, type Upkeep } from './delivery/upkeep.js'
import { createClient } from './egress/client.js'
import { type Resolve, resolveAll } from './egress/lookup.js'
import type { Ours } from './egress/ours.js'
import { createPeerReader } from './egress/peer-reader.js'
import { createProbe } from './egress/probe.js'
import { createApp } from './ingress/app.js'
import { reread } from './ingress/reread.js'
import { type Listener, listen } from './ingress/serve.js'
import { createLedger } from './ledger/ledger.js'
import { ledgerOptions } from './ledger/options.js'
import { bodyOf } from './ledger/resend.js'
import { carry, collect } from './ledger/union.js'
import { mountHealth } from './management/health.js'
import { createOperatorApp } from './management/operator.js'
import { listenForOperators, operatorSocketOf } from './management/operator-socket.js'
import { mountStatus } from './management/status.js'
import type { Route } from './model/destination.js'
import { type Ids, randomIds } from './model/ids.js'
import { mountReading } from './reading/mount.js'
import { createCameFrom } from './routing/came-from.js'
import { createDecide } from './routing/decide.js'
import { createCompare } from './routing/drift.js'
import { kindsTaken } from './routing/filter.js'
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
/** The breaker counts over so many first backoffs: five seconds by default. */
const BREAKER_WINDOW_BACKOFFS = 5
/** A peer may send a message again as long as it keeps it, and a day more for clocks. */
const SEEN_EXTRA_MS = 86_400_000

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
  const routes = config.destinations.map(toRoute)
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
    const seenMs = config.limits.max_age + SEEN_EXTRA_MS
    const upkeep = createUpkeep({
      store,
      maxAgeMs: config.limits.max_age,
      retention: {
        settledMs: config.retention.settled,
        deadMs: config.retention.dead,
        // what is still queued needs its alert's marks
        alertMs: Math.max(config.retention.alerts, seenMs),
        seenMs,
      },
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
    const app = createApp({
      config,
      identities: ours.identities,
      ...createSignIn({ config, clock, ids, spend: store.spend }),
      append: async (draft) => {
        const appended = await store.append(draft)
        if (appended.kind === 'accepted') for (const name of appended.queued) dispatchers.get(name)?.wake()
        return appended
      },
      admit: admission.admit,
      room: upkeep.room,
      management(api, gate) {
        mountHealth(api, { store, room: upkeep.room, clock })
        const workers = new Map([...dispatchers].map(([name, dispatcher]) => [name, dispatcher.state]))
        const startedAt = clock.now()
        mountStatus(api, gate('read:management'), { store, workers, counters, clock, version, startedAt })
        mountReading(api, gate('read:alerts'), { alerts: store.alerts, baseUrl: config.base_url, clock })
      },
      clock,
      ids,
      log,
      counters,
    })
    const resyncer = createResyncer({ peers, store, compare: createCompare(routes), clock, log, counters })
    const own = { config, closers, path, version, clock, log }
    return {
      start: () => start({ ...own, app, upkeep, admission, dispatchers, resyncer }),
      stop: () => closers.close(),
    }
  } catch (error) {
    await closers.close()
    throw error
  }
}

/** What the parts of one relay share. */
interface Wiring extends Parts {
  readonly config: Config
  readonly log: Log
  readonly counters: Counters
  readonly closers: Closers
  readonly ours: Ours
  readonly routes: readonly Route[]
  readonly cameFrom: ReturnType<typeof createCameFrom>
  /** of the database */
  readonly path: string
  readonly disk: Disk
  /** filled as the destinations are opened */
  readonly askings: Map<string, Asking>
  readonly peers: Peer[]
}

async function openStore(wiring: Wiring): Promise<Store> {
  const { config, path, routes, disk, cameFrom, ids, clock, log, counters } = wiring
  const { share, budgets } = budgetsOf(config.destinations, () => QUEUES_OF_DISK * disk.room())
  const store = await openSqlite({
    path,
    lockWaitMs: config.limits.lock_wait,
    destinations: budgets.map((queue) => ({ ...queue, takes: kindsTaken(queue.forward) })),
    decide: createDecide(routes, severitiesOf(config.alerts)),
    severities: severitiesOf(config.alerts),
    rules: { ...createLedger(ledgerOptions(config)), bodyOf, collect, carry, reread, cameFrom, ids },
    clock,
    owner: randomBytes(8).toString('hex'),
    onDamage(damage) {
      log.error(damage, 'damage in the database, set aside')
      counters.add('damaged', damage.destination)
    },
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

/** Puts a destination's client, reader and dispatcher together, and adds what asks it to `askings` and `peers`. */
async function openDestination(wiring: Wiring, destination: DestinationConfig, store: Store): Promise<Dispatcher> {
  const { config, ours, closers, askings, peers, cameFrom, ids, random, resolve, clock, log, counters } = wiring
  const { name } = destination
  const healing = {
    severities: severitiesOf(config.alerts),
    asking: (peer: string) => askings.get(peer),
    cameFrom,
    bodyOf,
    ids,
  }
  const client = createClient(destination, { sign: createSigner(destination.auth, clock), clock, resolve })
  closers.defer(`connections to ${name}`, () => client.close())
  const reader = createPeerReader(destination, { client, ours, ids })
  if (reader !== undefined) askings.set(name, createAsking(reader, clock))
  const dispatcher = createDispatcher({
    destination: name,
    store,
    attempt: createAttempt({ ...healing, destination, client, ours, store, clock, counters }),
    probe: createProbe(destination, { client, ours, ids }),
    backoff: createBackoff(destination.backoff.first, destination.backoff.ceiling, random),
    concurrency: createConcurrency(destination.concurrency),
    poisonAfterMs: destination.poison_after,
    breakerWindowMs: destination.backoff.first * BREAKER_WINDOW_BACKOFFS,
    restored: await store.gate(name),
    clock,
    log,
    counters,
  })
  const flows = () => {
    const { gate, breakerOpenUntil } = dispatcher.state()
    // nothing may be queued that would show that it is back
    return gate.state === 'flowing' && breakerOpenUntil <= clock.now()
  }
  peers.push({ destination: name, reader, whenEmpty: destination.resync_when_empty, flows, wake: dispatcher.wake })
  return dispatcher
}

/** What build has put together, and start sets going. */
interface Assembly {
  readonly config: Config
  readonly closers: Closers
  readonly app: Parameters<typeof listen>[0]
  readonly upkeep: Upkeep
  readonly admission: ReturnType<typeof createAdmission>
  readonly dispatchers: ReadonlyMap<string, Dispatcher>
  readonly resyncer: Resyncer
  /** of the database */
  readonly path: string
  readonly version: string
  readonly clock: Clock
  readonly log: Log
}

async function start(assembly: Assembly): Promise<{ port: number }> {
  const { config, closers, app, upkeep, admission, dispatchers, resyncer, path, version, clock, log } = assembly
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
  admission.start()
  closers.defer('admission', () => admission.stop())
  resyncer.start()
  closers.defer('resyncer', () => resyncer.stop())
  const destinations = config.destinations.map(({ name }) => name)
  const operators = createOperatorApp({ resyncs: resyncer, destinations, clock, log })
  closers.defer('operators', await listenForOperators(operators, { path: operatorSocketOf(path), log }))
  log.info({ port: listener.port, baseUrl: config.base_url, database: path, destinations, version }, 'relay started')
  return { port: listener.port }
}

const toRoute = (destination: DestinationConfig): Route => ({
  name: destination.name,
  identities: identitiesOf(destination),
  forward: destination.forward,
  match: Object.entries(destination.match).map(([field, patterns]) => ({ field, patterns })),
  orderBy: destination.order_by,
})
