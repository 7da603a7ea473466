import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Row, shown } from './figures.js'
import type { Machine } from './machine.js'

/** The results that are kept of a version. */
export interface Kept {
  readonly version: string
  readonly machine: Machine
  readonly results: readonly KeptRow[]
}

export interface KeptRow extends Row {
  /** ISO 8601 */
  readonly startedAt: string
  readonly seconds: number
}

const DIGITS = 5
const rounded = (_: string, value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toPrecision(DIGITS)) : value

export const readKept = (file: string): Kept | undefined =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept) : undefined

/** What was measured of this version on this machine before stays, where it was not measured again. */
export function merged(before: Kept | undefined, now: Kept): Kept {
  if (before?.version !== now.version || before.machine.cpu !== now.machine.cpu) return now
  const isSame = (a: KeptRow) => (b: KeptRow) => a.scenario === b.scenario && a.name === b.name
  const added = now.results.filter((row) => !before.results.some(isSame(row)))
  return { ...now, results: [...before.results.map((old) => now.results.find(isSame(old)) ?? old), ...added] }
}

export function keepResults(file: string, now: Kept): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(merged(readKept(file), now), rounded, 1)}\n`)
}

const BEGIN = '<!-- results: written by `npm run bench -- --keep` -->\n'
const END = '<!-- end of the results -->'

/** The part of docs/performance.md that has figures. */
export function resultsOn(page: string): string {
  const [, rest] = page.split(BEGIN)
  const [results] = rest?.split(END) ?? []
  if (results === undefined) throw new Error('the page has no place for results')
  return results
}

export const withResults = (page: string, results: string): string =>
  page.replace(BEGIN + resultsOn(page) + END, () => BEGIN + results + END)

/** As they stand on the page; undefined: there are none of this version. */
export function pageOf(kept: Kept | undefined): string {
  if (kept === undefined) return '\nNothing has been measured of this version yet.\n\n'
  const { cpu, cores, memoryGib, system, node, fdatasyncMs } = kept.machine
  const machine = `Version ${kept.version} on ${cores} cores of ${cpu}, ${memoryGib} GiB, ${system}, Node ${node}; an fdatasync took ${shown(fdatasyncMs.p50)} ms (p99 ${shown(fdatasyncMs.p99)} ms).`
  const scenarios = [...new Set(kept.results.map(({ scenario }) => scenario))]
  const tables = scenarios.map((name) => tableOf(kept.results.filter(({ scenario }) => scenario === name)))
  return `\n${[machine, ...tables].join('\n\n')}\n\n`
}

function tableOf(rows: readonly KeptRow[]): string {
  const keys = [...new Set(rows.flatMap(({ median }) => Object.keys(median)))]
  const cells = rows.map((row) => [
    row.faults.length === 0 ? row.name : `${row.name}: **failed**`,
    `${row.rounds.length} × ${row.seconds} s`,
    ...keys.map((key) => shown(row.median[key])),
  ])
  const lines = [[rows[0]?.scenario ?? '', 'rounds', ...keys], ['', '', ...keys].map(() => '---'), ...cells]
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n')
}
