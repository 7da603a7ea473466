import { randomBytes } from 'node:crypto'
import type { Sessions } from '../auth/session.js'
import type { Activity } from '../base/activity.js'
import type { Clock } from '../base/clock.js'
import type { Counters } from '../base/counters.js'
import type { Log } from '../base/log.js'
import type { Repeats } from '../base/repeats.js'
import { servesConsole } from '../config/console.js'
import { describe } from '../config/describe.js'
import { ownIdentities } from '../config/identities.js'
import type { Loaded } from '../config/load.js'
import type { Config } from '../config/schema.js'
import { BUILT, readFiles } from '../console/files.js'
import { createConsole } from '../console/serve.js'
import type { Destinations } from '../delivery/destinations.js'
import { ask } from '../egress/ask.js'
import { findings } from '../egress/findings.js'
import type { Ours } from '../egress/ours.js'
import type { AppDeps } from '../ingress/app.js'
import { createConsoleLook } from '../management/console-look.js'
import { createHistory, type History } from '../management/history.js'
import { createNeighbours, type TellNeighbours } from '../management/neighbours.js'
import type { OperatorDeps } from '../management/operator/app.js'
import type { Found } from '../management/operator/configuration.js'
import { createPulse } from '../management/pulse.js'
import { createSuppressed } from '../management/suppressed.js'
import type { Ids } from '../model/ids.js'
import type { Routing } from '../routing/routing.js'
import type { Store } from '../store/contract.js'
import type { Screens } from './screens.js'

const SECRET_BYTES = 32

/** What is there before anything else, because all others tell it what happens. */
export interface Witness {
  readonly suppressed: ReturnType<typeof createSuppressed>
  readonly activity: Activity
  /** in the place of auth.secret_key, where there is none */
  readonly madeUp: string
}

export function createWitness(activity: Activity, clock: Pick<Clock, 'now'>): Witness {
  const suppressed = createSuppressed(clock.now)
  return { suppressed, activity: suppressed.watch(activity), madeUp: randomBytes(SECRET_BYTES).toString('base64url') }
}

/** What is there only later. */
interface Late {
  destinations?: Destinations
  store?: Store
}

/** What destinations were like; it listens before there are any. */
export const createLateHistory = (late: Late, clock: Clock): History =>
  createHistory({
    destinations: () => late.destinations?.dispatchers.keys() ?? [],
    depth: (name) => late.store?.depth(name) ?? 0,
    clock,
  })

export interface ConsoleParts {
  readonly witness: Witness
  readonly history: History
  readonly screens: Screens
  readonly store: Store
  readonly routing: Routing
  readonly destinations: Destinations
  readonly counters: Counters
  readonly ours: Ours
  readonly boot: string
  readonly load: () => Loaded
  /** in force */
  readonly config: () => Config
  readonly ids: Ids
  readonly clock: Clock
  readonly log: Log
}

type Wanted = 'ending' | 'pulse' | 'history' | 'suppressed' | 'baseUrl' | 'described' | 'file' | 'probe' | 'counters'

export interface ConsoleWorks {
  readonly deps: Pick<OperatorDeps, Wanted>
  readonly neighbours: TellNeighbours
  readonly loops: Readonly<Record<'pulse' | 'history' | 'streams', { start(): void; stop(): Promise<void> }>>
  /** What a configuration serves of it. */
  served(config: Config, sessions: Sessions, repeats: Repeats): Pick<AppDeps, 'console' | 'sessionOf'>
}

/** Everything that the web console stands on. */
export function createConsoleWorks(parts: ConsoleParts): ConsoleWorks {
  const {
    witness,
    history,
    screens,
    store,
    routing,
    destinations,
    counters,
    ours,
    boot,
    load,
    config,
    ids,
    clock,
    log,
  } = parts
  const controls = destinations.dispatchers
  const { baseUrl, identities, version } = ours
  const { routes } = routing
  const files = readFiles(BUILT)
  const ending = new AbortController()
  // before the listener, which would wait for them
  const streams = { start() {}, stop: async () => ending.abort() }
  const pulse = createPulse({
    look: createConsoleLook({
      ...{ ...screens.deps, controls, store, baseUrl, identities, routes, clock },
      askNeighbours: destinations.askNeighbours,
    }),
    boot,
    clock,
    failed: (error) => log.error({ err: { message: error.message, stack: error.stack } }, 'operator request failed'),
  })
  return {
    deps: {
      ending: ending.signal,
      ...{ pulse, history, suppressed: witness.suppressed, counters, baseUrl },
      described: () => describe(config()),
      file: () => fileNow(load(), config()),
      probe: () => probeAll(config(), { clock, ids, ours }),
    },
    neighbours: createNeighbours({
      ...{ baseUrl, identities, version, controls, routes },
      status: store.status,
      now: clock.now,
    }),
    loops: { pulse, history, streams },
    served(config, sessions, repeats) {
      if (!servesConsole(config)) return {}
      const pages = createConsole({ files, sessions: () => sessions, clock, log, repeats })
      return { console: pages, sessionOf: pages.sessionOf }
    },
  }
}

function fileNow(loaded: Loaded, config: Config): ReturnType<OperatorDeps['file']> {
  if (!loaded.ok) return { problems: loaded.problems, warnings: [], differs: true }
  return { problems: [], warnings: loaded.warnings, differs: describe(loaded.config) !== describe(config) }
}

async function probeAll(config: Config, deps: Parameters<typeof ask>[1]): Promise<readonly Found[]> {
  const own = ownIdentities(config)
  const environment = config.self_alerts.enabled ? config.self_alerts.environment : undefined
  const names = { own, destinations: config.destinations, environment }
  const all = await Promise.all(
    config.destinations.map(async (destination) => {
      const found = findings(destination, await ask(destination, deps), names)
      return found.map((one) => ({ destination: destination.name, ...one }))
    }),
  )
  return all.flat()
}
