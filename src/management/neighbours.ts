import type { Env, Hono, MiddlewareHandler } from 'hono'
import { z } from 'zod'
import { iso } from '../base/clock.js'
import type { Route } from '../model/destination.js'
import type { QueueStatus } from '../store/contract.js'
import { stateOf, type WorkerState } from './status.js'
import { troubleOf } from './trouble.js'

/** A destination as relays tell each other of theirs: by what names it is known, and how it is. */
const neighbour = z.object({
  name: z.string().max(200),
  identities: z.array(z.string().max(4_096)).max(32),
  state: z.string().max(64),
  queued: z.int(),
  oldest: z.iso.datetime().nullable(),
  dead: z.int(),
  trouble: z.string().max(1_000).nullable(),
})

/** What one relay tells of itself and the next ones: enough to draw a map, nothing of what it holds. */
export const neighboursSchema = z.object({
  relay: z.object({ baseUrl: z.string().max(4_096), identities: z.array(z.string().max(4_096)), version: z.string() }),
  destinations: z.array(neighbour).max(500),
})
export type Neighbours = z.output<typeof neighboursSchema>

export interface NeighboursDeps {
  readonly baseUrl: string
  readonly identities: ReadonlySet<string>
  readonly version: string
  readonly status: () => Promise<readonly QueueStatus[]>
  readonly controls: ReadonlyMap<string, { state(): WorkerState }>
  /** those in force */
  readonly routes: () => readonly Route[]
  readonly now: () => number
}

export type TellNeighbours = () => Promise<Neighbours>

export function createNeighbours(deps: NeighboursDeps): TellNeighbours {
  const { baseUrl, identities, version, status, controls, routes, now } = deps
  return async () => {
    const queues = await status()
    return {
      relay: { baseUrl, identities: [...identities], version },
      destinations: routes().map(({ name, identities }) => {
        const queue = queues.find(({ destination }) => destination === name)
        const worker = controls.get(name)?.state()
        const told = worker === undefined ? { state: 'removed' as const } : stateOf(worker, now())
        const oldestAt = queue?.oldestAt
        const seen = {
          ...told,
          ...{ queued: queue?.rows ?? 0, dead: queue?.dead ?? 0, fullness: null },
          lastSuccess: worker === undefined || worker.lastWellAt === 0 ? null : iso(worker.lastWellAt),
          lastFailure: worker?.lastFailure ? { at: iso(worker.lastFailure.at), note: worker.lastFailure.note } : null,
          oldestAgeSeconds: oldestAt === undefined ? null : Math.round((now() - oldestAt) / 1_000),
        }
        const { state, queued, dead } = seen
        const oldest = oldestAt === undefined ? null : iso(oldestAt)
        const trouble = troubleOf(seen)?.what ?? null
        return { name, identities: [...identities], state, queued, oldest, dead, trouble }
      }),
    }
  }
}

/**
 * `GET /management/neighbours` (scope read:management): this relay, and the destinations that it sends to. So relays
 * draw each other's maps.
 */
export function mountNeighbours<E extends Env>(api: Hono<E>, gate: MiddlewareHandler<E>, tell: TellNeighbours): void {
  api.get('/management/neighbours', gate, async (c) => c.json({ status: 'ok', ...(await tell()) }))
}
