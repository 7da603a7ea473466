import type { Arrivals } from '../base/arrivals.js'
import type { Clock } from '../base/clock.js'
import type { Closers } from '../base/closers.js'
import type { Log } from '../base/log.js'
import type { Config } from '../config/schema.js'
import type { Destinations } from '../delivery/destinations.js'
import type { Upkeep } from '../delivery/upkeep.js'
import { type Listener, listen } from '../ingress/serve.js'
import { listenForOperators, operatorSocketOf } from '../management/operator/socket.js'

/** What build has put together, and start sets going. */
export interface Assembly {
  readonly config: Config
  readonly closers: Closers
  readonly app: Parameters<typeof listen>[0]
  readonly operators: Parameters<typeof listenForOperators>[0]
  readonly upkeep: Upkeep
  readonly destinations: Destinations
  /** what runs by itself, by name */
  readonly loops: Readonly<Record<string, { start(): void; stop(): void | Promise<void> }>>
  /** of the database */
  readonly path: string
  readonly version: string
  readonly arrivals: Arrivals
  readonly clock: Clock
  readonly log: Log
}

export async function start(assembly: Assembly): Promise<{ port: number }> {
  const { config, closers, app, operators, upkeep, destinations, loops, path, version, arrivals, clock, log } = assembly
  await upkeep.start()
  closers.defer('upkeep', () => upkeep.stop())
  destinations.start()
  const stopDestinations = () => destinations.stop(clock.now() + config.limits.drain)
  closers.defer('destinations', stopDestinations)
  const listener: Listener = await listen(app, { config, arrivals, clock, log })
  // together: each may take the whole drain time
  closers.defer('listener', () => Promise.all([listener.close(), stopDestinations()]).then(() => {}))
  for (const [name, one] of Object.entries(loops)) {
    one.start()
    closers.defer(name, async () => one.stop())
  }
  closers.defer('operators', await listenForOperators(operators, { path: operatorSocketOf(path), log }))
  const names = config.destinations.map(({ name }) => name)
  log.info(
    { port: listener.port, baseUrl: config.base_url, database: path, destinations: names, version },
    'relay started',
  )
  return { port: listener.port }
}
