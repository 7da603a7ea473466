/** One line of it as a scrape shows it. */
interface Line {
  readonly metricName: string
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

/** Counts values by size: one search and two additions for each, as it stands on every message's way. */
export interface Histogram {
  readonly name: string
  readonly help: string
  readonly type: 'histogram'
  /** the name of the only label; undefined: none */
  readonly label: string | undefined
  observe(value: number, of?: string): void
  /** Forgets all of this label. */
  remove(of: string): void
  lines(): readonly Line[]
}

interface Counted {
  /** by bucket, not summed up; the last is beyond all limits */
  readonly counts: number[]
  sum: number
}

export interface HistogramShape {
  readonly name: string
  readonly help: string
  readonly label?: string
  /** rising; each includes its limit */
  readonly buckets: readonly number[]
}

export function createHistogram({ name, help, label, buckets }: HistogramShape): Histogram {
  const byLabel = new Map<string, Counted>()
  const countedOf = (of: string): Counted => {
    let counted = byLabel.get(of)
    if (counted === undefined) {
      counted = { counts: Array(buckets.length + 1).fill(0), sum: 0 }
      byLabel.set(of, counted)
    }
    return counted
  }
  // without a label it is there from the beginning
  if (label === undefined) countedOf('')
  return {
    ...{ name, help, label },
    type: 'histogram',
    observe(value, of = '') {
      const counted = countedOf(of)
      let at = 0
      while (at < buckets.length && value > (buckets[at] as number)) at += 1
      counted.counts[at] = (counted.counts[at] as number) + 1
      counted.sum += value
    },
    remove: (of) => void byLabel.delete(of),
    lines: () =>
      [...byLabel].flatMap(([of, { counts, sum }]) => {
        const labels = label === undefined ? {} : { [label]: of }
        let total = 0
        const limited = counts.map((count, i) => {
          total += count
          return { metricName: `${name}_bucket`, labels: { ...labels, le: buckets[i] ?? '+Inf' }, value: total }
        })
        return [
          ...limited,
          { metricName: `${name}_sum`, labels, value: sum },
          { metricName: `${name}_count`, labels, value: total },
        ]
      }),
  }
}
