/** What a measurement found, by name; the name ends with the unit where it is no number of messages a second. */
export type Figures = Readonly<Record<string, number>>

/** One measurement: what it found, and what went wrong. */
export interface Round {
  readonly figures: Figures
  readonly faults: readonly string[]
}

/** All rounds of one case. */
export interface Row {
  readonly scenario: string
  readonly name: string
  readonly median: Figures
  readonly rounds: readonly Figures[]
  readonly faults: readonly string[]
}

/** Of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low, high] = [sorted[middle - 1], sorted[middle]]
  if (high === undefined) throw new RangeError('the median of nothing')
  return sorted.length % 2 === 1 || low === undefined ? high : (low + high) / 2
}

/** Figure by figure: the median of ratios, not the ratio of medians, for the two of a ratio were measured one after the other. */
export function rowOf(scenario: string, name: string, rounds: readonly Round[]): Row {
  const figures = rounds.map((round) => round.figures)
  const names = [...new Set(figures.flatMap((one) => Object.keys(one)))]
  return {
    scenario,
    name,
    median: Object.fromEntries(
      names.map((key) => [key, median(figures.map((one) => one[key]).filter((value) => value !== undefined))]),
    ),
    rounds: figures,
    faults: rounds.flatMap(({ faults }, i) => faults.map((fault) => `round ${i + 1}: ${fault}`)),
  }
}

/** A table for a terminal: one line a case, one column a figure. */
export function tableOf(rows: readonly Row[]): string {
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row.median)))]
  const lines = [
    ['', ...keys],
    ...rows.map((row) => [
      row.name,
      ...keys.map((key) => shown(row.median[key])),
      ...(row.faults[0] ? ['FAILED'] : []),
    ]),
  ]
  const widths = ['', ...keys].map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))))
    .map((cells) => cells.join('  '))
    .join('\n')
}

/** A figure for people; `null` is what JSON makes of one that is none. */
export function shown(value: number | null | undefined): string {
  if (value === undefined || value === null) return '-'
  if (value >= 1_000) return Math.round(value).toLocaleString('en')
  return value >= 100 ? value.toFixed(0) : value.toFixed(2)
}
