import { acceptedBy, drained, foldedFor, missing } from '../checks.js'
import { deliver, deliveringFigures } from '../delivering.js'
import { KEY, type Relay, type Seen } from '../relay.js'
import type { Case, Scenario } from '../scenario.js'
import type { Sink } from '../sink.js'
import type { World } from '../world.js'

/** Relays of which each is the next one's only sender, and a sink at the end; the first one first. */
async function chained(
  world: World,
  count: number,
): Promise<{ readonly relays: readonly Relay[]; readonly sink: Sink }> {
  const sink = await world.sink()
  const relays: Relay[] = []
  for (let i = 0; i < count; i += 1) {
    const [next] = relays
    const destination =
      next === undefined
        ? { name: 'next', url: sink.url }
        : { name: 'next', kind: 'relay', url: next.url, auth: { type: 'key', key: KEY } }
    relays.unshift(await world.relay({ destinations: [destination] }))
  }
  return { relays, sink }
}

const chain = (count: number): Case => ({
  name: `${count} relays`,
  async round(world) {
    const echo = await world.measure(world.echo)
    const { relays, sink } = await chained(world, count)
    const [first] = relays as [Relay]
    const one = await deliver(world, first, { next: sink })
    const seen: Seen[] = []
    for (const relay of relays) seen.push(await drained(relay, ['next']))
    const folded = seen.reduce((sum, each) => sum + foldedFor(each, 'next'), 0)
    const sent = acceptedBy(seen[0] as Seen)
    return {
      figures: deliveringFigures(one, { echo, disk: world.disk }),
      faults: [...echo.faults, ...one.faults, ...(await missing(sink, { sent, folded }))],
    }
  },
})

export const chains: Scenario = {
  name: 'chain',
  about: 'relay to relay to a living destination, and with one more relay between',
  cases: () => [chain(2), chain(3)],
}
