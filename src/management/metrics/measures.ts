import type { Meter } from '../../base/meter.js'
import { createHistogram, type Histogram } from './histogram.js'

/** The histograms of one relay. */
export interface Measures {
  readonly meter: Meter
  readonly histograms: readonly Histogram[]
  /** writes that were received as alerts, and how long they took all together, ms */
  readonly alerts: () => { readonly count: number; readonly ms: number }
  /** Forgets what was measured at destinations that are no longer there, so that the number of series stays bounded. */
  keepOnly(destinations: ReadonlySet<string>): void
}

/** Seconds. A local peer answers within milliseconds, kind alerta gives up after 35 s. */
const ATTEMPT = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 35]
/** Seconds: from "at once" over an outage of an hour to max_age, seven days. */
const AGE = [0.01, 0.05, 0.25, 1, 5, 30, 60, 300, 1_800, 3_600, 21_600, 86_400, 604_800]
/** Seconds: one fsync is 0.1 to 20 ms; whoever waits seconds has a bad disk. */
const SHORT = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]
/** At most 256 share a commit (store/sqlite/writer.ts). */
const UNITS = [1, 2, 4, 8, 16, 32, 64, 128, 256]

export function createMeasures(): Measures {
  const attempts = createHistogram({
    name: 'alerta_relay_attempt_duration_seconds',
    help: 'How long one try at a destination took',
    label: 'destination',
    buckets: ATTEMPT,
  })
  const ages = createHistogram({
    name: 'alerta_relay_delivery_age_seconds',
    help: 'From the acceptance of a message to the end of its delivery by an attempt',
    label: 'destination',
    buckets: AGE,
  })
  const receptions = createHistogram({
    name: 'alerta_relay_receive_duration_seconds',
    help: 'From the beginning of a request to the message in the store',
    buckets: SHORT,
  })
  const units = createHistogram({
    name: 'alerta_relay_commit_units',
    help: 'Units of work that shared one transaction',
    buckets: UNITS,
  })
  const commits = createHistogram({
    name: 'alerta_relay_commit_duration_seconds',
    help: 'How long a transaction took, from its beginning until it was on disk',
    buckets: SHORT,
  })
  const alerts = { count: 0, ms: 0 }
  /** as of the last scrape */
  let known: ReadonlySet<string> = new Set()
  return {
    histograms: [attempts, ages, receptions, units, commits],
    alerts: () => alerts,
    meter: {
      received(kind, ms) {
        receptions.observe(ms / 1_000)
        if (kind !== 'alert') return
        alerts.count += 1
        alerts.ms += ms
      },
      attempted: (destination, ms) => attempts.observe(ms / 1_000, destination),
      settled: (destination, ageMs) => ages.observe(Math.max(ageMs, 0) / 1_000, destination),
      committed(count, ms) {
        units.observe(count)
        commits.observe(ms / 1_000)
      },
    },
    keepOnly(destinations) {
      for (const gone of known) {
        if (destinations.has(gone)) continue
        attempts.remove(gone)
        ages.remove(gone)
      }
      known = destinations
    },
  }
}
