import type { Clock } from '../base/clock.js'
import type { AskNeighbours } from '../egress/neighbours-reader.js'
import type { Route } from '../model/destination.js'
import { type Neighbours, neighboursSchema } from './neighbours.js'
import { type SendersShownDeps, type ShownSender, sendersShown } from './operator/senders-shown.js'
import { createOverview, type Overview, type OverviewDeps } from './overview.js'
import type { Look } from './pulse.js'

/** The relay itself, as the console shows it. */
export interface ShownRelay extends Omit<Overview['relay'], 'time' | 'uptimeSeconds'> {
  readonly baseUrl: string
  readonly identities: readonly string[]
  readonly startedAt: number
}

/** Ages are told as moments: what only grows older has not changed. */
export type ShownDestination = Omit<Overview['destinations'][number], 'oldestAgeSeconds' | 'slowestLane'> & {
  readonly identities: readonly string[]
}

/** What a destination that is a relay tells of its own ones. */
export interface ShownBeyond {
  /** the destination's name */
  readonly name: string
  /** why it tells nothing; null: it does */
  readonly why: string | null
  readonly told: Neighbours | null
}

export type { ShownSender }

export interface ConsoleLookDeps extends OverviewDeps, SendersShownDeps {
  readonly baseUrl: string
  readonly identities: ReadonlySet<string>
  /** those in force */
  readonly routes: () => readonly Route[]
  readonly askNeighbours: (destination: string) => AskNeighbours | undefined
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
}

/** Others are not asked at each look. */
const BEYOND_GOOD_FOR_MS = 10_000

/** All that the map is drawn of. */
export function createConsoleLook(deps: ConsoleLookDeps): Look {
  const { baseUrl, identities, routes, startedAt } = deps
  const overview = createOverview(deps)
  const beyond = createBeyond(deps)
  return async () => {
    const { relay, destinations } = await overview()
    const { time: _time, uptimeSeconds: _uptime, ...still } = relay
    const known = new Map(routes().map((route) => [route.name, [...route.identities]]))
    const shown: ShownRelay = { ...still, baseUrl, identities: [...identities], startedAt }
    return [
      { event: 'relay', name: '', is: shown },
      ...destinations.map(({ oldestAgeSeconds: _age, slowestLane: _lane, ...one }) => ({
        event: 'destination',
        name: one.name,
        is: { ...one, identities: known.get(one.name) ?? [] } satisfies ShownDestination,
      })),
      { event: 'senders', name: '', is: { senders: sendersShown(deps) } },
      ...beyond().map((one) => ({ event: 'beyond', name: one.name, is: one })),
    ]
  }
}

/** What the relays among the destinations told last; they are asked in the background. */
function createBeyond({ routes, askNeighbours, clock }: ConsoleLookDeps): () => readonly ShownBeyond[] {
  const last = new Map<string, ShownBeyond>()
  let askedAt = Number.NEGATIVE_INFINITY

  async function ask(name: string, neighbours: AskNeighbours): Promise<void> {
    const answer = await neighbours()
    if (answer.kind !== 'read') return void last.set(name, { name, why: answer.why, told: null })
    const read = neighboursSchema.safeParse(answer.value)
    last.set(
      name,
      read.success ? { name, why: null, told: read.data } : { name, why: 'it told something else', told: null },
    )
  }

  return () => {
    const asking = routes().flatMap(({ name }) => {
      const neighbours = askNeighbours(name)
      return neighbours === undefined ? [] : [[name, neighbours] as const]
    })
    const names = new Set(asking.map(([name]) => name))
    for (const name of last.keys()) if (!names.has(name)) last.delete(name)
    if (clock.monotonic() - askedAt >= BEYOND_GOOD_FOR_MS) {
      askedAt = clock.monotonic()
      for (const one of asking) void ask(...one)
    }
    return [...last.values()]
  }
}
