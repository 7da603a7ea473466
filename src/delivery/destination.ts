import { createSigner } from '../auth/sign.js'
import type { Clock } from '../base/clock.js'
import type { Counters } from '../base/counters.js'
import type { Log } from '../base/log.js'
import type { Meter } from '../base/meter.js'
import { severitiesOf } from '../config/alerts.js'
import type { DestinationConfig } from '../config/destination.js'
import type { Config } from '../config/schema.js'
import { type Client, createClient } from '../egress/client.js'
import { createLink } from '../egress/link.js'
import type { Resolve } from '../egress/lookup.js'
import { createNeighboursReader } from '../egress/neighbours-reader.js'
import type { Ours } from '../egress/ours.js'
import { createPeerReader } from '../egress/peer-reader.js'
import { createProbe } from '../egress/probe.js'
import { createTraceReader } from '../egress/trace-reader.js'
import { bodyOf } from '../ledger/resend.js'
import type { Ids } from '../model/ids.js'
import type { Tracing } from '../model/tracing.js'
import type { Store } from '../store/contract.js'
import { type Asking, createAsking } from './asking.js'
import { createAttempt } from './attempt.js'
import { createBackoff } from './backoff.js'
import { createConcurrency } from './concurrency.js'
import type { Opened } from './destinations.js'
import { createDispatcher } from './dispatcher.js'
import type { HealDeps } from './heal.js'
import { idleMs } from './stopwatch.js'
import { widened } from './widened.js'

/** What the destinations of one relay share. */
export interface Surroundings {
  readonly config: Pick<Config, 'alerts'>
  readonly ours: Ours
  readonly cameFrom: HealDeps['cameFrom']
  readonly ids: Ids
  readonly random: () => number
  readonly resolve: Resolve
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly meter: Meter
  readonly tracing: Tracing
}

/** Puts a destination's reader and dispatcher together, around the client made for it. */
export type OpenDestination = (destination: DestinationConfig, client: Client) => Promise<Opened>

/** The breaker counts over so many first backoffs: five seconds by default. */
const BREAKER_WINDOW_BACKOFFS = 5

export function connect(
  destination: DestinationConfig,
  { clock, resolve, log, counters }: Pick<Surroundings, 'clock' | 'resolve' | 'log' | 'counters'>,
): Client {
  const client = createClient(destination, { sign: createSigner(destination.auth, clock), clock, resolve })
  return destination.batch ? createLink(destination, { client, clock, log, counters }) : client
}

export function createOpenDestination(surroundings: Surroundings): OpenDestination {
  const { config, ours, cameFrom, ids, random, store, clock, log, counters, meter, tracing } = surroundings
  /** of each that can be asked, for the others */
  const askings = new Map<string, Asking>()
  const healing = {
    severities: severitiesOf(config.alerts),
    asking: (peer: string) => askings.get(peer),
    cameFrom,
    bodyOf,
    ids,
  }
  return async (destination, client) => {
    const { name } = destination
    const reader = createPeerReader(destination, { client, ours, ids })
    if (reader === undefined) askings.delete(name)
    else askings.set(name, createAsking(reader, clock))
    const dispatcher = createDispatcher({
      destination: name,
      store,
      attempt: createAttempt({ ...healing, destination, client, ours, store, clock, counters, tracing }),
      probe: createProbe(destination, { client, ours, ids }),
      backoff: createBackoff(destination.backoff.first, destination.backoff.ceiling, random),
      concurrency: widened(createConcurrency(destination.concurrency, clock), client),
      idleMs,
      poisonAfterMs: destination.poison_after,
      breakerWindowMs: destination.backoff.first * BREAKER_WINDOW_BACKOFFS,
      restored: await store.gate(name),
      clock,
      log,
      counters,
      meter,
    })
    const flows = () => {
      const { gate, breakerOpenUntil } = dispatcher.state()
      // nothing may be queued that would show that it is back
      return gate.state === 'flowing' && breakerOpenUntil <= clock.now()
    }
    const peer = {
      destination: name,
      reader,
      whenEmpty: destination.resync_when_empty,
      flows,
      wake: dispatcher.wake,
    }
    return {
      dispatcher,
      peer,
      askTrace: createTraceReader(destination, { client, ours, ids }),
      askNeighbours: createNeighboursReader(destination, { client, ours, ids }),
      client,
      leave: () => void askings.delete(name),
    }
  }
}
