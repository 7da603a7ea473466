import type { Clock } from '../../base/clock.js'
import type { Counters } from '../../base/counters.js'
import type { QueueStatus, Store } from '../../store/contract.js'
import { STATES, stateOf, type WorkerState } from '../status.js'
import { createCensus } from './census.js'
import { counterFigures } from './counter-figures.js'
import type { Figures, Sample } from './families.js'
import type { Measures } from './measures.js'
import { createProcessFigures } from './process-figures.js'
import { createThrifty } from './thrifty.js'

export interface MetricsDeps {
  readonly store: Pick<Store, 'status' | 'vitals' | 'resyncs'>
  /** undefined: nobody works it */
  readonly worker: (destination: string) => WorkerState | undefined
  readonly counters: Counters
  readonly measures: Measures
  /** undefined: the file system does not answer */
  readonly freeBytes: () => Promise<number | undefined>
  readonly minFreeBytes: number
  readonly maxAgeMs: number
  /** as gtg tells */
  readonly isReady: () => Promise<boolean>
  readonly isGuarding: () => boolean
  /** credentials that end some time, epoch ms, by name */
  readonly credentialEnds: () => ReadonlyMap<string, number>
  readonly clock: Clock
  readonly version: string
  /** epoch ms */
  readonly startedAt: number
}

/** Reads all that a scrape shows. What it costs is bounded, however large tables are and however often it is asked. */
export function createOpenMetrics(deps: MetricsDeps): () => Promise<Figures> {
  const { store, counters, measures, clock } = deps
  const queues = createThrifty(() => store.status(), clock)
  const census = createCensus(store.vitals, clock)
  const figures = createProcessFigures(deps.startedAt)

  function ofQueue(queue: QueueStatus, now: number): Figures {
    const { destination } = queue
    const worker = deps.worker(destination)
    const sample = (value: number | undefined): readonly Sample[] =>
      value === undefined ? [] : [[{ destination }, value]]
    const age = queue.oldestAt === undefined ? 0 : (now - queue.oldestAt) / 1_000
    const state = worker === undefined ? 'removed' : stateOf(worker, now).state
    return {
      alerta_relay_queue_messages: sample(queue.rows),
      alerta_relay_queue_bytes: sample(queue.bytes),
      alerta_relay_queue_limit_messages: sample(queue.budget?.rows),
      alerta_relay_queue_limit_bytes: sample(queue.budget?.bytes),
      alerta_relay_queue_oldest_age_seconds: sample(Math.max(age, 0)),
      alerta_relay_dead_letters: sample(queue.dead),
      alerta_relay_needs_resync: sample(store.resyncs.overflowedAt(destination) === undefined ? 0 : 1),
      alerta_relay_attempts_running: sample(worker?.inFlight ?? 0),
      alerta_relay_concurrency: sample(worker?.concurrency ?? 0),
      alerta_relay_concurrency_max: sample(worker?.concurrencyMax ?? 0),
      alerta_relay_usual_answer_seconds: sample((worker?.usualAnswerMs ?? 0) / 1_000),
      alerta_relay_last_success_timestamp_seconds: sample((worker?.lastWellAt ?? 0) / 1_000),
      alerta_relay_destination_state: STATES.map((one) => [{ destination, state: one }, one === state ? 1 : 0]),
    }
  }

  async function ofAlerts(): Promise<Figures> {
    const byStatus = [...(await census())]
    return {
      alerta_relay_alerts: byStatus.map(([status, count]) => [{ status }, count]),
      alerta_alerts_total: one(byStatus.reduce((sum, [, count]) => sum + count, 0)),
    }
  }

  return async () => {
    const all = await queues()
    const { database, log } = await store.vitals.sizes()
    const free = await deps.freeBytes()
    const ends = [...deps.credentialEnds()]
    const alerts = await ofAlerts()
    const isReady = await deps.isReady()
    const received = measures.alerts()
    const now = clock.now()
    const names = all.map(({ destination }) => destination)
    measures.keepOnly(new Set(names))
    return {
      ...alerts,
      alerta_alerts_received_count: one(received.count),
      alerta_alerts_received_sum: one(received.ms),
      alerta_uptime_msecs: one(now - deps.startedAt),
      alerta_relay_build_info: [[{ version: deps.version }, 1]],
      ...counterFigures(counters, names),
      ...together(all.map((queue) => ofQueue(queue, now))),
      alerta_relay_database_bytes: one(database),
      alerta_relay_wal_bytes: one(log),
      ...(free === undefined ? {} : { alerta_relay_disk_free_bytes: one(free) }),
      alerta_relay_disk_min_free_bytes: one(deps.minFreeBytes),
      alerta_relay_max_age_seconds: one(deps.maxAgeMs / 1_000),
      alerta_relay_ready: one(Number(isReady)),
      alerta_relay_clock_guarding: one(Number(deps.isGuarding())),
      alerta_relay_credential_expiry_timestamp_seconds: ends.map(([credential, at]) => [{ credential }, at / 1_000]),
      ...figures.read(),
    }
  }
}

const one = (value: number): readonly Sample[] => [[{}, value]]

/** The samples of all destinations, family by family. */
function together(parts: readonly Figures[]): Figures {
  const all: Record<string, Sample[]> = {}
  for (const part of parts) {
    for (const [name, samples] of Object.entries(part)) {
      all[name] ??= []
      all[name].push(...samples)
    }
  }
  return all
}
