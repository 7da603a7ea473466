import { join } from 'node:path'
import { systemClock } from '../../../src/base/clock.js'
import { AWAY, type BacklogKind, UNFOLDED } from '../backlog.js'
import { acceptedBy, drained, missing } from '../checks.js'
import type { Figures } from '../figures.js'
import { dead, KEY, type Relay } from '../relay.js'
import type { Case, Scenario } from '../scenario.js'
import type { World } from '../world.js'

/** Every tenth message is of one resource, so that its lane alone has a tenth of the backlog. */
const HOT = 10
const TENTHS = 10
const LOOK_MS = 50
/** Slower than this is a fault. */
const LEAST_A_SECOND = 200

/** From the moments at which the tenths of a backlog had come, ms. */
export function drainFigures(
  queued: number,
  moments: readonly number[],
  { echo, disk }: { readonly echo: number; readonly disk: number },
): Figures {
  const at = (tenth: number) => moments[tenth] as number
  const rate = (from: number, to: number) => (((to - from) / TENTHS) * queued * 1_000) / (at(to) - at(from))
  const all = rate(0, TENTHS)
  const [first, last] = [rate(0, 1), rate(TENTHS - 1, TENTHS)]
  return {
    ratio: all / echo,
    toDisk: all / disk,
    delivered: all,
    echo,
    firstTenth: first,
    lastTenth: last,
    lastToFirst: last / first,
  }
}

const named = (count: number): string => count.toLocaleString('en')

async function backlogged(world: World, kind: BacklogKind) {
  const backlog = await world.backlogs.of(kind)
  const dir = join(world.dir, 'backlogged')
  backlog.copyTo(dir)
  return { queued: backlog.queued, dir, withinMs: (backlog.queued / LEAST_A_SECOND) * 1_000 }
}

const draining = (name: string, kind: BacklogKind): Case => ({
  name,
  async round(world) {
    const { queued, dir, withinMs } = await backlogged(world, kind)
    const echo = await world.measure(world.echo)
    const sink = await world.sink({ tenthsOf: queued })
    const relay = await world.relay({ dir, destinations: [{ ...UNFOLDED, url: sink.url }] })
    await drained(relay, [AWAY], withinMs)
    const { tenths } = await sink.tell()
    const faults = await missing(sink, { sent: queued, folded: 0 })
    const figures = faults.length > 0 ? {} : drainFigures(queued, tenths, { echo: echo.rate, disk: world.disk.aSecond })
    return { figures: { ...figures, peakMib: world.memory(relay).peak }, faults: [...echo.faults, ...faults] }
  },
})

/** Looks at a relay until it has accepted so many: the moments at which it had each tenth of them. */
async function arriving(relay: Relay, count: number, withinMs: number): Promise<readonly number[]> {
  const moments: number[] = []
  const deadline = performance.now() + withinMs
  while (moments.length <= TENTHS && performance.now() < deadline) {
    const accepted = acceptedBy(await relay.status())
    while (moments.length <= TENTHS && accepted >= Math.max((count * moments.length) / TENTHS, 1))
      moments.push(performance.now())
    await systemClock.until(systemClock.now() + LOOK_MS)
  }
  return moments
}

const toRelay = (kind: BacklogKind): Case => ({
  name: `${named(kind.queued)} to a relay`,
  async round(world) {
    const { queued, dir, withinMs } = await backlogged(world, kind)
    const echo = await world.measure(world.echo)
    const far = await world.relay({ destinations: [dead('beyond')] })
    const auth = { type: 'key', key: KEY }
    const relay = await world.relay({ dir, destinations: [{ ...UNFOLDED, kind: 'relay', url: far.url, auth }] })
    const moments = await arriving(far, queued, withinMs)
    await drained(relay, [AWAY])
    const accepted = acceptedBy(await far.status())
    const faults = accepted === queued ? [] : [`${accepted} of ${queued} accepted by the other relay`]
    const figures =
      faults.length > 0 ? {} : drainFigures(queued, moments, { echo: echo.rate, disk: world.disk.aSecond })
    return { figures: { ...figures, peakMib: world.memory(relay).peak }, faults: [...echo.faults, ...faults] }
  },
})

export const drain: Scenario = {
  name: 'drain',
  about: 'a destination that is back after a long outage; a relay that is',
  cases({ queued }) {
    const least = Math.min(...queued)
    return [
      ...queued.map((count) => draining(named(count), { queued: count })),
      draining(`${named(least)}, a tenth of them in one lane`, { queued: least, hot: HOT }),
      toRelay({ queued: least, kind: 'relay' }),
    ]
  },
}

export const start: Scenario = {
  name: 'start',
  about: 'a start with a backlog for a destination that is away',
  cases: ({ queued }) => [0, ...queued].map((count) => starting(count)),
}

const IDLE_AFTER_MS = 3_000

const starting = (count: number): Case => ({
  name: `${named(count)} queued`,
  async round(world) {
    const dir = count === 0 ? join(world.dir, 'empty') : (await backlogged(world, { queued: count })).dir
    const relay = await world.relay({ dir, destinations: [dead(AWAY, UNFOLDED)] })
    const isAccepting = await relay.isAccepting()
    const acceptedAfterMs = relay.ageMs()
    await systemClock.until(systemClock.now() + IDLE_AFTER_MS)
    const idleMib = world.memory(relay).now
    const pressed = await world.measure(relay)
    return {
      figures: { acceptedAfterMs, idleMib, loadedMib: world.memory(relay).peak, accepted: pressed.rate },
      faults: [...(isAccepting ? [] : ['the first alert was not accepted']), ...pressed.faults],
    }
  },
})
