import { undelivered } from '../checks.js'
import { deliver } from '../delivering.js'
import { KEY } from '../relay.js'
import type { Scenario } from '../scenario.js'
import { living } from './end-to-end.js'

const READERS = 200

export const consoles: Scenario = {
  name: 'console',
  about: `one living destination, without and with ${READERS} consoles open`,
  cases: () => [
    {
      name: `${READERS} consoles`,
      async round(world) {
        const { sinks, destinations } = await living(world, 1)
        const relay = await world.relay({ destinations })
        const without = await deliver(world, relay, sinks)
        const readers = await world.helper('readers', {
          port: relay.port,
          count: READERS,
          path: '/operator/pulse',
          key: KEY,
        })
        const attached = await deliver(world, relay, sinks)
        const { reading, refused, bytes } = (await readers.tell()) as Record<'reading' | 'refused' | 'bytes', number>
        return {
          figures: {
            ratio: attached.delivered / without.delivered,
            delivered: attached.delivered,
            deliveredWithout: without.delivered,
            p99Ms: attached.accepted.p99Ms,
            p99MsWithout: without.accepted.p99Ms,
            readMb: bytes / 1e6,
          },
          faults: [
            ...without.faults,
            ...attached.faults,
            ...(reading === READERS && refused === 0 ? [] : [`${reading} of ${READERS} consoles attached`]),
            ...(await undelivered(relay, sinks)),
          ],
        }
      },
    },
  ],
}
