import { undelivered } from '../checks.js'
import { deliver, deliveringFigures } from '../delivering.js'
import type { Case, Scenario } from '../scenario.js'
import type { Shape, World } from '../world.js'

const DESTINATIONS = [1, 2, 8]

/** So many sinks, by the names that they have as destinations, and those destinations. */
export async function living(world: World, count: number) {
  const names = Array.from({ length: count }, (_, i) => `mom${i + 1}`)
  const sinks = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await world.sink()] as const)))
  return { sinks, destinations: Object.entries(sinks).map(([name, { url }]) => ({ name, url })) }
}

const delivering = (name: string, count: number, shape: Shape = {}): Case => ({
  name,
  async round(world) {
    const echo = await world.measure(world.echo, shape)
    const { sinks, destinations } = await living(world, count)
    const relay = await world.relay({ destinations })
    const one = await deliver(world, relay, sinks, shape)
    return {
      figures: { ...deliveringFigures(one, { echo, disk: world.disk }), peakMib: world.memory(relay).peak },
      faults: [...echo.faults, ...one.faults, ...(await undelivered(relay, sinks))],
    }
  },
})

export const endToEnd: Scenario = {
  name: 'end-to-end',
  about: 'senders that press as hard as they can, and living destinations',
  cases: () => [
    ...DESTINATIONS.map((count) => delivering(`${count} ${count === 1 ? 'destination' : 'destinations'}`, count)),
    delivering('1 destination, 64 kB', 1, { pad: 65_000, distinct: 500 }),
  ],
}
