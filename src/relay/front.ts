import { EXPIRY_NEAR_MS } from '../auth/key-ring.js'
import { createSignIn } from '../auth/sign-in.js'
import type { Clock } from '../base/clock.js'
import type { Counters } from '../base/counters.js'
import type { Log } from '../base/log.js'
import type { Meter } from '../base/meter.js'
import type { Repeats } from '../base/repeats.js'
import type { Senders } from '../base/senders.js'
import { operatorsOverHttp } from '../config/operators.js'
import type { Config } from '../config/schema.js'
import type { Admission } from '../delivery/admission.js'
import type { Dispatcher } from '../delivery/dispatcher.js'
import type { HeartbeatWatch } from '../delivery/heartbeat-watch.js'
import type { Housekeeping } from '../delivery/housekeeping.js'
import type { Upkeep } from '../delivery/upkeep.js'
import type { Ours } from '../egress/ours.js'
import { type AppDeps, createApp, createOwnPost, createRehearsal, createSend } from '../ingress/app.js'
import { mountHealth } from '../management/health.js'
import { mountHousekeeping } from '../management/housekeeping.js'
import { mountManifest } from '../management/manifest.js'
import type { Measures } from '../management/metrics/measures.js'
import { mountMetrics } from '../management/metrics/mount-metrics.js'
import { mountTrace } from '../management/mount-trace.js'
import { mountNeighbours } from '../management/neighbours.js'
import type { Readiness } from '../management/readiness.js'
import { mountStatus } from '../management/status.js'
import type { Ids } from '../model/ids.js'
import type { Tracing } from '../model/tracing.js'
import { mountBlackouts } from '../reading/blackouts.js'
import { mountHeartbeats } from '../reading/heartbeats.js'
import { mountReading } from '../reading/mount.js'
import { createSelectIds } from '../reading/select-ids.js'
import type { Store } from '../store/contract.js'
import type { ConsoleWorks } from './console.js'
import type { Desk } from './desk.js'

export interface FrontDeps {
  /** what it begins with */
  readonly config: Config
  readonly store: Store
  readonly dispatchers: ReadonlyMap<string, Dispatcher>
  readonly desk: Desk
  readonly upkeep: Upkeep
  readonly readiness: Readiness
  readonly watch: HeartbeatWatch
  readonly housekeeping: Housekeeping
  readonly admission: Admission
  readonly senders: Senders
  readonly trace: Parameters<typeof mountTrace>[2]
  readonly scrape: Parameters<typeof mountMetrics>[2]['read']
  readonly measures: Measures
  /** something was queued for this destination */
  readonly wake: (destination: string) => void
  readonly ours: Ours
  /** in the place of auth.secret_key, where there is none */
  readonly madeUp: string
  readonly ending: () => 'stopping' | undefined
  readonly consoleWorks: () => ConsoleWorks
  /** epoch ms */
  readonly startedAt: number
  readonly operators: () => NonNullable<AppDeps['operators']>
  readonly tracing: Tracing
  readonly repeats: Repeats
  readonly meter: Meter
  readonly counters: Counters
  readonly ids: Ids
  readonly clock: Clock
  readonly log: Log
}

/** What answers requests, by the configuration in force; another one takes its place between two requests. */
export interface Front {
  serve(config: Config): void
  config(): Config
  readonly fetch: ReturnType<typeof createApp>['fetch']
  readonly postOwn: ReturnType<typeof createOwnPost>
  readonly rehearse: ReturnType<typeof createRehearsal>
  readonly send: ReturnType<typeof createSend>
}

interface Served
  extends Pick<Front, 'postOwn' | 'rehearse' | 'send'>,
    Pick<AppDeps, 'config' | 'authenticate' | 'sessionOf'> {
  readonly app: ReturnType<typeof createApp>
}

export function createFront(deps: FrontDeps): Front {
  const served = (config: Config): Served => {
    const appDeps: AppDeps = {
      ...appDepsOf(deps, config),
      authenticateNow: (request) => now.authenticate(request),
      sessionNow: (visitor) => now.sessionOf?.(visitor),
    }
    const { authenticate, sessionOf } = appDeps
    return {
      ...{ config, authenticate, sessionOf },
      app: createApp(appDeps),
      postOwn: createOwnPost(appDeps),
      rehearse: createRehearsal(appDeps),
      send: createSend(appDeps),
    }
  }
  let now: Served
  return {
    serve(config) {
      now = served(config)
    },
    config: () => now.config,
    fetch: (...request) => now.app.fetch(...request),
    postOwn: (...alert) => now.postOwn(...alert),
    rehearse: (...asked) => now.rehearse(...asked),
    send: (...asked) => now.send(...asked),
  }
}

function appDepsOf(deps: FrontDeps, config: Config): AppDeps {
  const { store, desk, upkeep, watch, admission, ours, wake, consoleWorks, operators, madeUp, ids, clock } = deps
  const { keyRing, record } = desk
  const { sessions, ...signIn } = createSignIn({ config, clock, ids, spend: store.spend, keyRing, madeUp })
  return {
    ...deps,
    ...signIn,
    ...consoleWorks().served(config, sessions, deps.repeats),
    config,
    identities: ours.identities,
    operators: operatorsOverHttp(config) ? operators() : undefined,
    append: async (draft) => {
      const appended = await store.append(draft)
      if (appended.kind === 'accepted') appended.queued.forEach(wake)
      return appended
    },
    heartbeats: store.heartbeats,
    clearAlarm: watch.clear,
    blackouts: store.blackouts,
    settings: store.settings,
    keyRing,
    record,
    admit: admission.admit,
    select: createSelectIds(store.alerts),
    isJournalled: store.isJournalled,
    alerts: store.alerts,
    room: upkeep.room,
    management: mounting(deps, config),
  }
}

/** Adds the routes of management and reading. */
const mounting =
  (deps: FrontDeps, config: Config): NonNullable<AppDeps['management']> =>
  (api, gate) => {
    const { store, dispatchers, desk, readiness, watch, housekeeping, trace, scrape, measures, ours } = deps
    const { ending, consoleWorks, startedAt, counters, clock } = deps
    const { version } = ours
    const manages = gate('read:management')
    mountHealth(api, { readiness, stale: watch.stale, ending })
    mountMetrics(api, manages, { read: scrape, measures })
    mountManifest(api, manages, { version })
    mountStatus(api, manages, {
      ...{ store, counters, clock, version, startedAt },
      workers: new Map([...dispatchers].map(([name, dispatcher]) => [name, dispatcher.state])),
      expiringKeys: () => desk.keyRing.expiring(EXPIRY_NEAR_MS),
    })
    mountTrace(api, manages, trace)
    mountNeighbours(api, manages, consoleWorks().neighbours)
    mountHousekeeping(api, gate('admin:management'), {
      ...{ run: housekeeping.run, record: desk.record },
      operator: (c) => ({ name: c.get('principal').name, from: c.get('sender') }),
    })
    const { alerts, heartbeats, blackouts } = store
    const reading = { alerts, heartbeats, blackouts, baseUrl: config.base_url, clock }
    mountReading(api, gate('read:alerts'), reading)
    mountHeartbeats(api, gate('read:heartbeats'), { ...reading, maxLatencyMs: config.heartbeats.max_latency })
    mountBlackouts(api, gate('read:blackouts'), reading)
  }
