import type { Env, Hono, MiddlewareHandler } from 'hono'
import { type Clock, iso } from '../base/clock.js'
import type { Counters } from '../base/counters.js'
import { unreachable } from '../base/unreachable.js'
import type { ApiKey } from '../model/api-key.js'
import { type Gate, REMOVED } from '../model/gate.js'
import type { QueueStatus, Settled, Store } from '../store/contract.js'
import { metricsOf } from './metrics.js'

/** What a destination's worker says of itself (delivery/dispatcher.ts). */
export interface WorkerState {
  readonly gate: Gate
  readonly breaker: 'closed' | 'half-open' | 'open'
  readonly breakerOpenUntil: number
  readonly pausedUntil: number
  readonly inFlight: number
  readonly concurrency: number
  readonly concurrencyMax: number
  readonly usualAnswerMs: number | undefined
  readonly slowed: { readonly at: number; readonly why: string } | undefined
  readonly lastWellAt: number
  readonly lastFailure: { readonly at: number; readonly note: string } | undefined
}

export interface StatusDeps {
  readonly store: Store
  readonly workers: ReadonlyMap<string, () => WorkerState>
  readonly counters: Counters
  /** keys that end soon, or have just ended */
  readonly expiringKeys: () => readonly ApiKey[]
  readonly clock: Clock
  readonly version: string
  readonly startedAt: number
}

const DEAD_LETTERS_SHOWN = 20

/**
 * `GET /management/status` (scope read:management): every destination with its state and why, its queue and its last
 * failure, and the counts since the start. `GET /management/dead/:destination`: its newest dead letters.
 */
export function mountStatus<E extends Env>(api: Hono<E>, gate: MiddlewareHandler<E>, deps: StatusDeps): void {
  api.get('/management/status', gate, async (c) => {
    const now = deps.clock.now()
    const queues = await deps.store.status()
    const counters = deps.counters.snapshot()
    return c.json({
      status: 'ok',
      application: 'alerta-relay',
      version: deps.version,
      time: now,
      uptime: now - deps.startedAt,
      destinations: queues.map((queue) => destinationStatus(queue, deps.workers.get(queue.destination)?.(), now)),
      expiringKeys: deps.expiringKeys().map(({ id, text, expiresAt }) => ({ id, text, expires: iso(expiresAt ?? 0) })),
      counters,
      metrics: metricsOf(queues, counters),
    })
  })
  api.get('/management/dead/:destination', gate, async (c) => {
    const name = c.req.param('destination') ?? ''
    if (!deps.workers.has(name)) return c.notFound()
    const letters = await deps.store.settled(name, 'dead', DEAD_LETTERS_SHOWN)
    return c.json({
      status: 'ok',
      dead: letters.map(letterShown),
    })
  })
}

/** As operators see a destination; `worker` undefined: it is no longer configured. */
export function destinationStatus(queue: QueueStatus, worker: WorkerState | undefined, now: number) {
  return {
    name: queue.destination,
    ...(worker === undefined ? GONE : stateOf(worker, now)),
    queued: queue.rows,
    queuedBytes: queue.bytes,
    sending: queue.sending,
    dead: queue.dead,
    oldest: queue.oldestAt === undefined ? null : iso(queue.oldestAt),
    oldestAgeSeconds: queue.oldestAt === undefined ? null : Math.round((now - queue.oldestAt) / 1_000),
    concurrency: worker?.concurrency ?? 0,
    concurrencyMax: worker?.concurrencyMax ?? 0,
    usualAnswerMs: worker?.usualAnswerMs === undefined ? null : Math.round(worker.usualAnswerMs),
    slowed: worker?.slowed ? { at: iso(worker.slowed.at), why: worker.slowed.why } : null,
    lastSuccess: worker === undefined || worker.lastWellAt === 0 ? null : iso(worker.lastWellAt),
    lastFailure: worker?.lastFailure ? { at: iso(worker.lastFailure.at), note: worker.lastFailure.note } : null,
  }
}

export const letterShown = ({ message, at, attempts, status, note }: Settled) => ({
  message: message.messageId,
  kind: message.kind,
  alert: message.alertId,
  action: message.action,
  acceptedAt: iso(message.acceptedAt),
  diedAt: iso(at),
  attempts,
  httpStatus: status,
  reason: note,
})

/** In this order; a destination is in one of them. */
export const STATES = [
  'held',
  'suspended',
  'breaker open',
  'breaker half-open',
  'paused',
  'flowing',
  'removed',
] as const

/** Times in ISO 8601. */
export interface StateTold {
  readonly state: (typeof STATES)[number]
  readonly why?: string
  readonly hint?: string
  readonly since?: string
  /** of a hold or a pause */
  readonly until?: string
  readonly nextProbe?: string
}

const GONE: StateTold = { state: 'removed', why: REMOVED }

/** The first of its states that stops or slows a destination, with the reason and what happens next. */
export function stateOf(worker: WorkerState, now: number): StateTold {
  const { gate } = worker
  switch (gate.state) {
    case 'held':
      return {
        ...{ state: 'held', why: gate.why, since: iso(gate.since) },
        ...(gate.until === undefined ? {} : { until: iso(gate.until) }),
      }
    case 'suspended': {
      const { why, hint, since, probeAt } = gate
      return { state: 'suspended', why, hint, since: iso(since), nextProbe: iso(probeAt) }
    }
    case 'flowing':
      if (worker.breaker === 'open') return { state: 'breaker open', nextProbe: iso(worker.breakerOpenUntil) }
      if (worker.breaker === 'half-open') return { state: 'breaker half-open' }
      if (worker.pausedUntil > now) return { state: 'paused', until: iso(worker.pausedUntil) }
      return { state: 'flowing' }
    default:
      return unreachable(gate)
  }
}
