import { randomBytes } from 'node:crypto'
import { createActivity, teeLog } from './base/activity.js'
import { createArrivals } from './base/arrivals.js'
import { type Clock, systemClock } from './base/clock.js'
import { createClosers } from './base/closers.js'
import { createCounters } from './base/counters.js'
import { createDisk } from './base/disk.js'
import type { Level, Log } from './base/log.js'
import { readVersion } from './base/project.js'
import { createRepeats } from './base/repeats.js'
import { createSenders } from './base/senders.js'
import { severitiesOf } from './config/alerts.js'
import type { DestinationConfig } from './config/destination.js'
import { ownIdentities } from './config/identities.js'
import type { Loaded } from './config/load.js'
import type { Config } from './config/schema.js'
import { createAdmission } from './delivery/admission.js'
import { createClockGuard } from './delivery/clock-guard.js'
import { connect, createOpenDestination } from './delivery/destination.js'
import { createDestinations } from './delivery/destinations.js'
import { createHeartbeatWatch } from './delivery/heartbeat-watch.js'
import { createHousekeeping } from './delivery/housekeeping.js'
import { createDeepestMoving, createUtilisation } from './delivery/load.js'
import { createResyncer } from './delivery/resyncer.js'
import { retentionOf } from './delivery/retention.js'
import { createSelfLook } from './delivery/self-look.js'
import { createSelfWatch } from './delivery/self-watch.js'
import { createUpkeep } from './delivery/upkeep.js'
import { type Resolve, resolveAll } from './egress/lookup.js'
import type { Ours } from './egress/ours.js'
import { createMeasures } from './management/metrics/measures.js'
import { createOperatorApp, overHttp } from './management/operator/app.js'
import { createReadiness } from './management/readiness.js'
import { type Ids, randomIds } from './model/ids.js'
import { createAlertTrace } from './relay/alert-trace.js'
import { createConsoleWorks, createLateHistory, createWitness } from './relay/console.js'
import { createDesk } from './relay/desk.js'
import { createFront, type Front } from './relay/front.js'
import { openStore, queuesOf, warnOfShare } from './relay/open-store.js'
import { createReload, type Reloaded } from './relay/reload.js'
import { createScreens } from './relay/screens.js'
import { start } from './relay/start.js'
import { createScraping, openTelemetry } from './relay/watching.js'
import { routeOf } from './routing/route-of.js'
import { createRouting } from './routing/routing.js'

/** What tests put in the place of the real thing. */
export interface Parts {
  readonly clock: Clock
  readonly ids: Ids
  readonly random: () => number
  /** of the destinations' host names */
  readonly resolve: Resolve
  /** reads the configuration again; by default it stays as it is */
  readonly load: () => Loaded
  /** of the log; by default it stays as it is */
  readonly setLevel: (level: Level) => void
}

export interface Relay {
  /** Delivers and listens; resolves with the port. */
  start(): Promise<{ readonly port: number }>
  /** Takes a changed configuration into force, as far as that is possible without a restart. */
  reload(): Promise<Reloaded>
  /** Stops listening, lets attempts end within limits.drain, snoozes the rest, closes the store. */
  stop(): Promise<void>
}

/** Tells this run of the relay from those before and after. */
const BOOT_BYTES = 4

/** The composition root: the only place that knows all rooms. */
export async function build(config: Config, quietLog: Log, overrides: Partial<Parts> = {}): Promise<Relay> {
  const load = (): Loaded => ({ ok: true, config, written: config, warnings: [] })
  const parts: Parts = {
    clock: systemClock,
    ids: randomIds,
    random: Math.random,
    resolve: resolveAll,
    load,
    setLevel: () => {},
    ...overrides,
  }
  const { clock, ids } = parts
  const boot = randomBytes(BOOT_BYTES).toString('hex')
  const witness = createWitness(createActivity(boot, clock.now), clock)
  const { activity } = witness
  const log = teeLog(quietLog, activity)
  const senders = createSenders(clock.now)
  const closers = createClosers()
  const counters = createCounters()
  const arrivals = createArrivals()
  const measures = createMeasures()
  const late: Parameters<typeof createLateHistory>[0] = {}
  const history = createLateHistory(late, clock)
  const meter = history.listen(measures.meter)
  const repeats = createRepeats({ clock, log })
  const version = readVersion()
  const tracing = await openTelemetry({ config, version, ids, clock, log, counters, repeats })
  closers.defer('tracing', () => tracing.close())
  let ending: 'stopping' | undefined
  const ours: Ours = { baseUrl: config.base_url, identities: ownIdentities(config), version }
  const path = config.database_url.replace(/^sqlite:/, '')
  const disk = createDisk(path)
  const routing = createRouting(config.destinations.map(routeOf), severitiesOf(config.alerts))
  const wiring = {
    ...parts,
    ...{ config, log, counters, meter, tracing, ours, routing, path, disk, arrivals },
    cameFrom: routing.cameFrom,
  }

  try {
    const store = await openStore(wiring)
    closers.defer('store', () => store.close())
    const guard = createClockGuard(clock, await store.touchedAt())
    const desk = await createDesk({ config, store, closers, setLevel: parts.setLevel, ids, clock, log })
    const { keyRing } = desk
    const resyncer = createResyncer({ store, compare: routing.compare, clock, log, counters })
    const destinations = createDestinations({ open: createOpenDestination({ ...wiring, store }), resyncer })
    closers.defer('connections', () => destinations.disconnect())
    const connected = (destination: DestinationConfig) => connect(destination, wiring)
    for (const destination of config.destinations) await destinations.open(destination, connected(destination))
    const { dispatchers } = destinations
    Object.assign(late, { store, destinations })
    const trace = createAlertTrace({ ours, store, routing, destinations, clock })
    const upkeep = createUpkeep({
      ...{ store, guard, clock, log, counters },
      ...{ maxAgeMs: config.limits.max_age, retention: retentionOf(config) },
      ...{ freeBytes: disk.free, minFreeBytes: config.limits.min_free_disk },
    })
    const admission = createAdmission({
      clock,
      utilisation: createUtilisation(),
      deepestMoving: createDeepestMoving(store, dispatchers, clock.now),
    })
    const readiness = createReadiness({ touch: () => store.touch(guard.noted()), room: upkeep.room })
    const scrape = createScraping({
      ...{ config, store, dispatchers, counters, measures, disk, readiness, guard, keyRing, clock, version },
    })
    const wake = (name: string) => dispatchers.get(name)?.wake()
    const housekeeping = createHousekeeping({ store, guard, config: config.housekeeping, wake, clock, log, counters })
    const watch = createHeartbeatWatch({
      ...{ heartbeats: store.heartbeats, config, clock, log, counters },
      post: (alert) => front.postOwn(alert),
    })
    const selfWatch = createSelfWatch({
      ...{ config, alerts: store.alerts, clock, log, counters },
      look: createSelfLook({
        ...{ store, dispatchers, upkeep, guard, clock, maxAgeMs: config.limits.max_age },
        expiring: keyRing.expiring,
      }),
      post: (...alert) => front.postOwn(...alert),
    })
    const front: Front = createFront({
      ...{ config, store, dispatchers, desk, upkeep, readiness, watch, housekeeping, admission, senders, trace },
      ...{ wake, scrape, measures, ours, tracing, repeats, meter, counters, ids, clock, log },
      madeUp: witness.madeUp,
      ending: () => ending,
      startedAt: clock.now(),
      consoleWorks: () => consoleWorks,
      operators: () => overHttp(operators),
    })
    const { reload, stop: stopReloads } = createReload({
      ...{ config, load: parts.load, routing, store, destinations, connect: connected, clock, log },
      queuesOf(destinations) {
        const { queues, share } = queuesOf(destinations, disk)
        warnOfShare(share(), log)
        return queues
      },
      serve: (config) => front.serve(config),
    })
    closers.defer('reloads', stopReloads)
    const screens = createScreens({
      ...{ store, routing, activity, senders, counters, disk, upkeep, guard, readiness, version, clock, front },
    })
    const consoleWorks = createConsoleWorks({
      ...{ witness, history, screens, store, routing, destinations, counters, ours, boot, ids, clock, log },
      ...{ load: parts.load, config: front.config },
    })
    const operators = createOperatorApp({
      ...consoleWorks.deps,
      ...{ ...screens.deps, ...desk, resyncs: resyncer, controls: dispatchers, store, trace, version, clock, log },
      reload: desk.reloading(reload),
      send: front.send,
      configuredTexts: () => new Set(front.config().auth.api_keys.map(({ text }) => text)),
      newId: ids.id,
    })
    front.serve(config)
    const loops = {
      ...screens.loops,
      ...consoleWorks.loops,
      admission,
      resyncer,
      housekeeping,
      'heartbeat watch': watch,
      'self watch': selfWatch,
      repeats,
    }
    const own = { config, closers, path, version, arrivals, clock, log }
    return {
      start: () => start({ ...own, app: front, operators, upkeep, destinations, loops }),
      reload: desk.reloading(reload),
      stop() {
        ending = 'stopping'
        return closers.close()
      },
    }
  } catch (error) {
    await closers.close()
    throw error
  }
}
