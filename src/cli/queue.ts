import { systemClock } from '../base/clock.js'
import { count } from './figures.js'
import { type Column, grid } from './grid.js'
import type { ExitCode, Io } from './io.js'
import { runningRelay } from './operator.js'
import { type Paint, paintFor, widthOf } from './paint.js'
import { reportingFailure } from './resync.js'
import { lanesOf } from './status.js'
import { type Lanes, laneLines } from './status-page.js'

export interface QueueOptions {
  /** path of the configuration file */
  readonly config: string
  /** one line of JSON a destination, or of a destination */
  readonly json?: boolean
}

/** As GET /queue tells it. */
export interface Ages {
  /** the limits of the columns, seconds */
  readonly ages: readonly number[]
  readonly queues: readonly { readonly name: string; readonly counts: readonly number[] }[]
}

/** `alerta-relay queue [destination]`: how much waits where, and for how long. */
export async function queue(
  destination: string | undefined,
  { config, json }: QueueOptions,
  io: Io,
): Promise<ExitCode> {
  return reportingFailure('queue', io, async () => {
    const relay = runningRelay(config, io.env, io.signal)
    const print = (lines: readonly string[]) => void io.stdout.write(lines.map((line) => `${line}\n`).join(''))
    if (destination === undefined) {
      const ages = (await relay.ask('GET', '/queue')) as unknown as Ages
      print(json === true ? asJson(ages) : ageTable(ages, widthOf(io), paintFor(io)))
      return 0
    }
    const lanes = await lanesOf(relay, destination)
    print(
      json === true
        ? [JSON.stringify({ name: destination, ...lanes })]
        : laneTables(lanes, systemClock.now(), widthOf(io)),
    )
    return 0
  })
}

const asJson = ({ ages, queues }: Ages): string[] =>
  queues.map(({ name, counts }) => {
    const byAge = Object.fromEntries(counts.map((n, i) => [label(ages, i), n]))
    return JSON.stringify({ name, total: total(counts), byAge })
  })

const total = (counts: readonly number[]): number => counts.reduce((sum, one) => sum + one, 0)

/** "<1m", "<5m" … ">1d": what is older than the column before and younger than this. */
const label = (ages: readonly number[], i: number): string =>
  i < ages.length ? `<${short(ages[i] ?? 0)}` : `>${short(ages.at(-1) ?? 0)}`

/** "1m", "20m", "1h", "1d" */
function short(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400}d`
  return seconds % 3_600 === 0 ? `${seconds / 3_600}h` : `${seconds / 60}m`
}

/** Age buckets by destination, with the sums at the end: its lines. */
export function ageTable({ ages, queues }: Ages, width: number, paint: Paint): string[] {
  if (queues.length === 0) return ['no destinations are configured']
  const rows = queues.toSorted((a, b) => total(b.counts) - total(a.counts))
  const sums = ages.concat(0).map((_, i) => total(queues.map(({ counts }) => counts[i] ?? 0)))
  type Row = Ages['queues'][number]
  const columns: readonly Column<Row>[] = [
    { head: 'destination', cell: ({ name }) => name, least: 10 },
    { head: 'total', cell: ({ counts }) => count(total(counts)), right: true },
    ...sums.map(
      (_, i): Column<Row> => ({
        head: label(ages, i),
        cell: ({ counts }) => (counts[i] === 0 ? '-' : count(counts[i] ?? 0)),
        right: true,
      }),
    ),
  ]
  const [head = '', ...lines] = grid([...rows, { name: 'all', counts: sums }], columns, width)
  return [paint.dim(head), ...lines.slice(0, -1), paint.bold(lines.at(-1) ?? '')]
}

function laneTables(lanes: Lanes, now: number, width: number): string[] {
  if (lanes.rows === 0) return ['nothing is queued there']
  const all = `${count(lanes.rows)} queued in ${count(lanes.lanes)} ${lanes.lanes === 1 ? 'lane' : 'lanes'}`
  const oldest = laneLines('lanes that wait the longest', lanes.oldest, now, width)
  const isAll = lanes.oldest.length === lanes.lanes
  const longest = isAll ? [] : ['', ...laneLines('lanes with the most', lanes.longest, now, width)]
  return [all, '', ...oldest, ...longest]
}
