import { oldestQueued } from './checks.js'
import type { Figures } from './figures.js'
import type { Sync } from './machine.js'
import type { Relay } from './relay.js'
import type { Sink } from './sink.js'
import type { Measured, Shape, World } from './world.js'

/** What came out while was pressed on. */
export interface Delivering {
  readonly accepted: Measured
  /** the slowest sink's, messages a second */
  readonly delivered: number
  readonly oldestS: number
  readonly faults: readonly string[]
}

/** Presses on a relay, and counts at its sinks (by the names of its destinations) in the same time. */
export async function deliver(
  world: World,
  relay: Relay,
  sinks: Readonly<Record<string, Sink>>,
  shape: Shape = {},
): Promise<Delivering> {
  const warm = await world.warmUp(relay, shape)
  const over = new AbortController()
  const oldest = oldestQueued(relay, Object.keys(sinks), over.signal)
  const received = () => Promise.all(Object.values(sinks).map(async (sink) => (await sink.tell()).received))
  const before = await received()
  const since = performance.now()
  const accepted = await world.press(relay, shape)
  const after = await received()
  const seconds = (performance.now() - since) / 1_000
  over.abort()
  return {
    accepted,
    delivered: Math.min(...after.map((count, i) => count - (before[i] ?? 0))) / seconds,
    oldestS: await oldest,
    faults: [...warm.faults, ...accepted.faults],
  }
}

/** The figures that every scenario with living destinations has. */
export const deliveringFigures = (
  { accepted, delivered, oldestS }: Delivering,
  { echo, disk }: { readonly echo: Measured; readonly disk: Sync },
): Figures => ({
  ratio: delivered / echo.rate,
  toDisk: delivered / disk.aSecond,
  delivered,
  accepted: accepted.rate,
  echo: echo.rate,
  oldestS,
  p50Ms: accepted.p50Ms,
  p99Ms: accepted.p99Ms,
  echoP99Ms: echo.p99Ms,
  cpuUs: accepted.cpuUs,
  echoCpuUs: echo.cpuUs,
})
