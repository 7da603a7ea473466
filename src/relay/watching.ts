import type { KeyRing } from '../auth/key-ring.js'
import type { Clock } from '../base/clock.js'
import type { Counters } from '../base/counters.js'
import type { Disk } from '../base/disk.js'
import type { Log } from '../base/log.js'
import type { Repeats } from '../base/repeats.js'
import type { Config } from '../config/schema.js'
import type { ClockGuard } from '../delivery/clock-guard.js'
import type { Dispatcher } from '../delivery/dispatcher.js'
import type { Figures } from '../management/metrics/families.js'
import type { Measures } from '../management/metrics/measures.js'
import { createOpenMetrics } from '../management/metrics/open-metrics.js'
import type { Readiness } from '../management/readiness.js'
import type { Ids } from '../model/ids.js'
import { passOn, type Tracing } from '../model/tracing.js'
import type { Store } from '../store/contract.js'

export interface ScrapingDeps {
  readonly config: Pick<Config, 'limits'>
  readonly store: Store
  readonly dispatchers: ReadonlyMap<string, Pick<Dispatcher, 'state'>>
  readonly counters: Counters
  readonly measures: Measures
  readonly disk: Pick<Disk, 'free'>
  readonly readiness: Readiness
  readonly guard: Pick<ClockGuard, 'guarding'>
  readonly keyRing: Pick<KeyRing, 'list' | 'expiring'>
  readonly clock: Clock
  readonly version: string
}

/** What a scrape reads, of all parts of a relay. */
export function createScraping(deps: ScrapingDeps): () => Promise<Figures> {
  const { config, store, dispatchers, counters, measures, disk, readiness, guard, keyRing, clock, version } = deps
  return createOpenMetrics({
    ...{ counters, measures, clock, version },
    store: { status: store.status, resyncs: store.resyncs, vitals: store.vitals },
    worker: (destination) => dispatchers.get(destination)?.state(),
    freeBytes: disk.free,
    minFreeBytes: config.limits.min_free_disk,
    maxAgeMs: config.limits.max_age,
    isReady: async () => (await readiness.trouble()) === undefined,
    isGuarding: guard.guarding,
    credentialEnds: () =>
      new Map(
        keyRing.list().flatMap(({ text, expiresAt }) => (expiresAt === null ? [] : [[text, expiresAt] as const])),
      ),
    startedAt: clock.now(),
  })
}

export interface TelemetryDeps {
  readonly config: Pick<Config, 'tracing' | 'base_url'>
  readonly version: string
  readonly ids: Ids
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly repeats: Repeats
}

/** With a collector, spans for it; else what senders tell of their traces is passed on. */
export async function openTelemetry({ config, ids, ...deps }: TelemetryDeps): Promise<Tracing> {
  if (config.tracing.otlp_endpoint === '') return passOn(ids)
  const { openOtlpTracing } = await import('../management/otlp-tracing.js')
  return openOtlpTracing({ ...deps, config: config.tracing, instance: config.base_url })
}
