import { unaccounted } from '../checks.js'
import type { Round } from '../figures.js'
import { dead, type RelayOptions } from '../relay.js'
import type { Case, Scenario } from '../scenario.js'
import type { Shape, SignFor, World } from '../world.js'

const CONNECTIONS = [1, 8, 64, 512]
const LARGE = { pad: 65_000, distinct: 500 }

interface Accepting {
  readonly shape?: Shape
  /** further keys of the relay's `auth` */
  readonly auth?: RelayOptions['auth']
  /** signs each request, in place of the key */
  readonly sign?: (world: World) => SignFor
}

/** Accepting alone: two destinations get everything queued, and nobody answers there. */
export async function acceptRound(world: World, { shape, auth, sign }: Accepting): Promise<Round> {
  const echo = await world.measure(world.echo, shape)
  const destinations = [dead('mom1'), dead('mom2')]
  const relay = await world.relay({ destinations, ...(auth === undefined ? {} : { auth }) })
  const idle = world.memory(relay).now
  const signing = sign?.(world)
  const warm = await world.warmUp(relay, shape, signing)
  const own = await world.press(relay, shape, signing)
  return {
    figures: {
      ratio: own.rate / echo.rate,
      toDisk: own.rate / world.disk.aSecond,
      accepted: own.rate,
      echo: echo.rate,
      p50Ms: own.p50Ms,
      p99Ms: own.p99Ms,
      echoP99Ms: echo.p99Ms,
      diskP99Ms: world.disk.p99,
      cpuUs: own.cpuUs,
      echoCpuUs: echo.cpuUs,
      idleMib: idle,
      peakMib: world.memory(relay).peak,
    },
    faults: [...echo.faults, ...warm.faults, ...own.faults, ...(await unaccounted(relay, [warm, own]))],
  }
}

const accepting = (name: string, how: Accepting): Case => ({ name, round: (world) => acceptRound(world, how) })

export const accept: Scenario = {
  name: 'accept',
  about: 'accepting alone, for two destinations that are away',
  cases: () => [
    ...CONNECTIONS.map((connections) =>
      accepting(`${connections} ${connections === 1 ? 'connection' : 'connections'}`, { shape: { connections } }),
    ),
    accepting('64 senders that connect each time', { shape: { close: 1 } }),
  ],
}

export const bodies: Scenario = {
  name: 'bodies',
  about: 'the same with bodies of 64 kB',
  cases: () => [accepting('64 kB', { shape: LARGE })],
}
