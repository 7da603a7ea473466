import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { DestinationConfig } from '../config/destination.js'
import { type Difference, differenceOf, inForce } from '../config/difference.js'
import type { Loaded } from '../config/load.js'
import { formatPath, type Problem } from '../config/problem.js'
import { judge } from '../config/rules.js'
import type { Config } from '../config/schema.js'
import type { Destinations } from '../delivery/destinations.js'
import { persist } from '../delivery/persist.js'
import { CertificateError, fingerprint } from '../egress/certificates.js'
import type { Client } from '../egress/client.js'
import { routeOf } from '../routing/route-of.js'
import type { Routing } from '../routing/routing.js'
import { type ConfiguredQueue, type Store, StoreRefused, StoreUnavailable } from '../store/contract.js'

export type Reloaded =
  | { readonly kind: 'reloaded'; readonly difference: Difference; readonly warnings: readonly Problem[] }
  /** nothing was changed */
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }

export interface ReloadDeps {
  /** in force now */
  readonly config: Config
  readonly load: () => Loaded
  readonly routing: Routing
  readonly store: Pick<Store, 'configure'>
  readonly destinations: Pick<Destinations, 'open' | 'close'>
  readonly connect: (destination: DestinationConfig) => Client
  readonly queuesOf: (destinations: Config['destinations']) => readonly ConfiguredQueue[]
  /** requests are answered by this configuration from now on */
  readonly serve: (config: Config) => void
  readonly clock: Clock
  readonly log: Log
}

/** An attempt ends by itself within the destination's timeout; a moment more for its settling. */
const AFTER_TIMEOUT_MS = 2_000

export interface Reload {
  /** Who asks while another waits for its turn gets the answer of that. */
  reload(): Promise<Reloaded>
  /** Waits for the one that runs; further ones are refused. */
  stop(): Promise<void>
}

/**
 * Reads the configuration again and puts what can be changed into force, without a pause for senders or for the
 * destinations that stay as they are. One that is wrong changes nothing. One at a time.
 */
export function createReload(deps: ReloadDeps): Reload {
  const { load, routing, store, destinations, connect, queuesOf, serve, clock, log } = deps
  let { config } = deps
  let last: Promise<unknown> = Promise.resolve()
  let waiting: Promise<Reloaded> | undefined
  const stopping = new AbortController()
  let fingerprints = fingerprintsOf(config)

  async function reload(): Promise<Reloaded> {
    const loaded = load()
    if (!loaded.ok) return refused(loaded.problems)
    const difference = withRenewed(differenceOf(config, loaded.config), loaded.config)
    const next = inForce(config, loaded.config)
    // what is right in the file may be wrong beside what stays as it was at the start
    const { problems } = judge(inForce(config, loaded.written))
    const { later } = difference
    if (problems.length > 0) return refused(problems.map((fault) => unfit(fault.path, fault.message, later)))

    const clients = connectAll(next, [...difference.added, ...difference.changed])
    if ('problems' in clients) return refused(clients.problems)
    try {
      await change(difference, next, clients)
    } catch (error) {
      // two queues would have to become one
      if (!(error instanceof StoreRefused)) throw error
      return refused([{ path: 'destinations', message: `${error.message}: ${error.hint}` }])
    }
    config = next
    fingerprints = fingerprintsOf(next)
    serve(next)
    log.info(difference, 'configuration reloaded')
    for (const { path, message } of loaded.warnings) log.warn({ path, message }, 'configuration warning')
    return { kind: 'reloaded', difference, warnings: loaded.warnings }
  }

  /** A certificate that was renewed in its old place changes its destination too. */
  function withRenewed(difference: Difference, next: Config): Difference {
    const { added, changed } = difference
    const renewed = [...fingerprintsOf(next)].filter(([name, one]) => one !== fingerprints.get(name))
    const names = renewed.map(([name]) => name).filter((name) => !added.includes(name) && !changed.includes(name))
    return { ...difference, changed: [...changed, ...names] }
  }

  /** Before anything is changed: a certificate may not be readable. */
  function connectAll(
    next: Config,
    names: readonly string[],
  ): ReadonlyMap<string, Client> | { readonly problems: readonly Problem[] } {
    const clients = new Map<string, Client>()
    for (const [i, destination] of next.destinations.entries()) {
      if (!names.includes(destination.name)) continue
      try {
        clients.set(destination.name, connect(destination))
      } catch (error) {
        for (const client of clients.values()) void client.close()
        if (!(error instanceof CertificateError)) throw error
        return { problems: [{ path: `destinations[${i}].${error.at}`, message: `${error.message}: ${error.hint}` }] }
      }
    }
    return clients
  }

  async function change(
    { changed, removed }: Difference,
    next: Config,
    clients: ReadonlyMap<string, Client>,
  ): Promise<void> {
    const before = config
    const ending = before.destinations.filter(({ name }) => changed.includes(name) || removed.includes(name))
    const over = ({ name, timeout }: DestinationConfig) =>
      destinations.close(name, clock.now() + timeout + AFTER_TIMEOUT_MS)
    const old = await Promise.all(ending.map(over))
    const use = (config: Config) => () => routing.use(config.destinations.map(routeOf))
    try {
      await store.configure(queuesOf(next.destinations), use(next), use(before))
    } catch (error) {
      for (const client of clients.values()) void client.close()
      // by the clients that they had: the files of their certificates may be others by now
      for (const [i, destination] of ending.entries()) await opened(destination, old[i])
      throw error
    }
    for (const client of old) void client?.close()
    for (const destination of next.destinations) await opened(destination, clients.get(destination.name))
  }

  /** It takes until the store can be read: without a dispatcher its queue would stand still. */
  async function opened(destination: DestinationConfig, client: Client | undefined): Promise<void> {
    if (client === undefined) return
    await persist(() => destinations.open(destination, client), { clock, log, stopping: stopping.signal })
  }

  function refused(problems: readonly Problem[]): Reloaded {
    log.warn({ problems }, 'configuration not reloaded')
    return { kind: 'refused', problems }
  }

  async function inTurn(): Promise<Reloaded> {
    await last
    waiting = undefined
    if (stopping.signal.aborted) return refused([{ path: '', message: 'the relay is stopping' }])
    const run = reload()
    // whether it went well is for who asked for it
    last = Promise.allSettled([run])
    try {
      return await run
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      return refused([{ path: '', message: 'the store cannot be written now' }])
    }
  }

  return {
    reload() {
      waiting ??= inTurn()
      return waiting
    },
    async stop() {
      stopping.abort()
      await last
    },
  }
}

const fingerprintsOf = ({ destinations }: Config): ReadonlyMap<string, string> =>
  new Map(destinations.map((destination) => [destination.name, fingerprint(destination)]))

const unfit = (path: Parameters<typeof formatPath>[0], message: string, later: readonly string[]): Problem => ({
  path: formatPath(path),
  message: `${message} (while ${later.join(', ')} stay as they were at the start)`,
})
