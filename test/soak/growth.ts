import type { Sample } from './sample.js'

/** What a soak must keep; each with the reason. */
export const LIMITS = {
  /** MiB a minute over the second half: V8 and SQLite's cache (16 MiB) have their size by then */
  memoryPerMinute: 2,
  /** MiB: journal_size_limit of store/sqlite/open.ts */
  wal: 64,
  /** more at the peak of the last quarter than at that of the second: connections come and go with the destinations */
  descriptors: 10,
  /** seconds: some outages of 15 s, one after the other, without the time to catch up between */
  oldest: 120,
  /** bytes of the database per accepted message, three deliveries and a body of up to 2 KiB */
  databasePerMessage: 4_096,
}

/** The growth per minute of the second half, by least squares: noise cancels out, a leak does not. */
export function perMinute(samples: readonly Sample[], value: (sample: Sample) => number): number {
  const half = samples.slice(Math.floor(samples.length / 2))
  const meanAt = mean(half.map(({ at }) => at))
  const meanValue = mean(half.map(value))
  const spread = half.reduce((sum, { at }) => sum + (at - meanAt) ** 2, 0)
  const together = half.reduce((sum, sample) => sum + (sample.at - meanAt) * (value(sample) - meanValue), 0)
  return spread === 0 ? 0 : (60 * together) / spread
}

/** The first to the fourth. */
const quarter = (samples: readonly Sample[], which: number): readonly Sample[] =>
  samples.slice(Math.floor(((which - 1) * samples.length) / 4), Math.ceil((which * samples.length) / 4))

const peak = (samples: readonly Sample[]): number => Math.max(...samples.map(({ descriptors }) => descriptors))

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** What grew that should not, in words; empty: nothing. */
export function growth(samples: readonly Sample[], limits: typeof LIMITS = LIMITS): readonly string[] {
  const last = samples.at(-1)
  if (last === undefined) return ['no samples']
  const memory = perMinute(samples, (sample) => sample.memory)
  const descriptors = peak(quarter(samples, 4)) - peak(quarter(samples, 2))
  const wal = Math.max(...samples.map((sample) => sample.wal))
  const oldest = Math.max(...samples.map((sample) => sample.oldest))
  const bytes = (last.database * 2 ** 20) / Math.max(1, last.answered)
  const found: [boolean, string][] = [
    [memory > limits.memoryPerMinute, `resident memory grows by ${memory.toFixed(2)} MiB a minute`],
    [descriptors > limits.descriptors, `the peak of descriptors rose by ${descriptors}`],
    [wal > limits.wal, `the WAL reached ${Math.round(wal)} MiB`],
    [bytes > limits.databasePerMessage, `the database holds ${Math.round(bytes)} bytes per message`],
    [oldest > limits.oldest, `a delivery waited ${oldest} s`],
    [last.queued > 0, `${last.queued} deliveries are still queued at the end`],
  ]
  return found.flatMap(([grown, what]) => (grown ? [what] : []))
}
