import { undelivered } from '../checks.js'
import { type Delivering, deliver } from '../delivering.js'
import type { Case, Scenario } from '../scenario.js'
import type { SinkBehaviour } from '../sink.js'
import type { World } from '../world.js'

/** The healthy destination's flow, with another one beside it or not. */
async function healthy(world: World, beside: SinkBehaviour | undefined): Promise<Delivering> {
  const sink = await world.sink()
  const other = beside === undefined ? [] : [{ name: 'other', url: (await world.sink(beside)).url }]
  const relay = await world.relay({ destinations: [{ name: 'mom1', url: sink.url }, ...other] })
  const one = await deliver(world, relay, { mom1: sink })
  const faults = [...one.faults, ...(await undelivered(relay, { mom1: sink }))]
  await relay.kill()
  return { ...one, faults }
}

const beside = (name: string, behaviour: SinkBehaviour): Case => ({
  name,
  async round(world) {
    const alone = await healthy(world, undefined)
    const both = await healthy(world, behaviour)
    return {
      figures: {
        ratio: both.delivered / alone.delivered,
        delivered: both.delivered,
        deliveredAlone: alone.delivered,
        accepted: both.accepted.rate,
        p99Ms: both.accepted.p99Ms,
        p99MsAlone: alone.accepted.p99Ms,
        oldestS: both.oldestS,
      },
      faults: [...alone.faults, ...both.faults],
    }
  },
})

export const isolation: Scenario = {
  name: 'isolation',
  about: 'a healthy destination alone, and beside one that hangs or is slow',
  cases: () => [
    beside('beside one that hangs', { hangs: true }),
    beside('beside one that takes 50 ms', { delayMs: 50 }),
  ],
}
