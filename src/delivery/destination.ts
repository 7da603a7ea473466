import { createSigner } from '../auth/sign.js'
import type { Clock } from '../base/clock.js'
import type { Closers } from '../base/closers.js'
import type { Counters } from '../base/counters.js'
import type { Log } from '../base/log.js'
import { severitiesOf } from '../config/alerts.js'
import type { DestinationConfig } from '../config/destination.js'
import type { Config } from '../config/schema.js'
import { createClient } from '../egress/client.js'
import type { Resolve } from '../egress/lookup.js'
import type { Ours } from '../egress/ours.js'
import { createPeerReader } from '../egress/peer-reader.js'
import { createProbe } from '../egress/probe.js'
import { bodyOf } from '../ledger/resend.js'
import type { Ids } from '../model/ids.js'
import type { createCameFrom } from '../routing/came-from.js'
import type { Store } from '../store/contract.js'
import { type Asking, createAsking } from './asking.js'
import { createAttempt } from './attempt.js'
import { createBackoff } from './backoff.js'
import { createConcurrency } from './concurrency.js'
import { createDispatcher, type Dispatcher } from './dispatcher.js'
import type { Peer } from './resyncer.js'

/** What the destinations of one relay share. */
export interface Surroundings {
  readonly config: Config
  readonly ours: Ours
  readonly cameFrom: ReturnType<typeof createCameFrom>
  readonly ids: Ids
  readonly random: () => number
  readonly resolve: Resolve
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly closers: Closers
  /** filled as the destinations are opened */
  readonly askings: Map<string, Asking>
  readonly peers: Peer[]
}

/** The breaker counts over so many first backoffs: five seconds by default. */
const BREAKER_WINDOW_BACKOFFS = 5

/** Puts a destination's client, reader and dispatcher together, and adds what asks it to `askings` and `peers`. */
export async function openDestination(
  surroundings: Surroundings,
  destination: DestinationConfig,
  store: Store,
): Promise<Dispatcher> {
  const { config, ours, closers, askings, peers, cameFrom, ids, random, resolve, clock, log, counters } = surroundings
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
