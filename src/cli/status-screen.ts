import { plain } from '../base/plain.js'
import type { Overview } from '../management/overview.js'
import { isFailing } from '../management/trouble.js'
import { age, count, rate, relative, size } from './figures.js'
import { type Column, cut, folded, grid } from './grid.js'
import type { Paint } from './paint.js'

export type Destination = Overview['destinations'][number]

export interface ScreenOptions {
  readonly width: number
  readonly paint: Paint
  /** the well ones are shown too, however many */
  readonly all: boolean
}

/** So many destinations fit on a screen of 24 rows, beside what is said of them. */
const SHOWN_ANYWAY = 12
/** Where more are in trouble than this, each has a line less. */
const WITH_DETAILS = 5
const WIDE = 120

/** The relay and its destinations on one screen: its lines. */
export function statusScreen(overview: Overview, { width, paint, all }: ScreenOptions): string[] {
  const { destinations } = overview
  const troubled = destinations.filter(({ trouble }) => trouble !== null)
  const shown = all || destinations.length <= SHOWN_ANYWAY ? destinations : troubled
  const now = Date.parse(overview.relay.time)
  const lines = [...headLines(overview, width, paint)]
  if (destinations.length === 0) return [...lines, '', 'no destinations are configured']
  if (shown.length > 0) {
    const [head = '', ...rows] = grid(shown, columnsOf(now, paint), width)
    lines.push('', paint.dim(head))
    for (const [i, row] of rows.entries()) {
      const below = details(shown[i] as Destination, now, width, troubled.length > WITH_DETAILS)
      lines.push(row, ...below.map((line) => paint.dim(line)))
    }
  }
  const left = destinations.filter((one) => !shown.includes(one))
  if (left.length > 0) {
    const queued = left.reduce((sum, one) => sum + one.queued, 0)
    lines.push('', cut(`${count(left.length)} are well, ${count(queued)} queued there (--all shows them)`, width))
  }
  return lines
}

/** What the relay is and does, and what is wrong. */
function headLines({ relay, destinations }: Overview, width: number, paint: Paint): string[] {
  const { version, uptimeSeconds, acceptedPerSecond, deliveredPerSecond, freeBytes, databaseBytes, wrong } = relay
  const parts = [
    `alerta-relay ${version}`,
    `up ${age(uptimeSeconds)}`,
    `in ${rate(acceptedPerSecond)}/s`,
    `out ${rate(deliveredPerSecond)}/s`,
    `disk ${freeBytes === null ? 'does not answer' : `${size(freeBytes)} free`}`,
    `database ${size(databaseBytes)}`,
  ]
  const short = parts.join('  ')
  // on a narrow terminal without the words that explain themselves
  const first = short.length <= width ? short : parts.map((part) => part.replace('database', 'db')).join(' ')
  const troubled = destinations.filter(({ trouble }) => trouble !== null)
  const stuck = troubled.length === 0 ? [] : [summary(troubled, destinations.length)]
  const verdicts = [...wrong, ...stuck]
  if (verdicts.length === 0) return [cut(first, width), paint.green('all well')]
  const together = verdicts.join('; ')
  const lines = together.length <= width ? [together] : verdicts
  return [cut(first, width), ...lines.map((line) => paint.yellow(cut(line, width)))]
}

/** "2 of 40 destinations need a look: 1 suspended, 1 late" */
function summary(troubled: readonly Destination[], all: number): string {
  const states = new Map<string, number>()
  for (const one of troubled) states.set(kindOf(one), (states.get(kindOf(one)) ?? 0) + 1)
  const kinds = [...states].map(([kind, n]) => `${n} ${kind}`).join(', ')
  const verb = troubled.length === 1 ? 'needs' : 'need'
  return `${troubled.length} of ${all} ${all === 1 ? 'destination' : 'destinations'} ${verb} a look: ${kinds}`
}

function kindOf(one: Destination): string {
  const { state, oldestAgeSeconds, dead, fullness } = one
  if (state !== 'flowing') return state
  if ((oldestAgeSeconds ?? 0) > 60) return 'late'
  if (isFailing(one)) return 'failing'
  if (fullness !== null) return fullness.full === 'no' ? 'filling up' : 'full'
  return dead > 0 ? 'with dead letters' : 'late'
}

const columnsOf = (now: number, paint: Paint): readonly Column<Destination>[] => [
  { head: 'destination', cell: ({ name }) => name, least: 12 },
  {
    head: 'state',
    cell: ({ state }) => state.replace('breaker ', ''),
    paint: (text, { trouble, state }) => colourOf(state, trouble !== null, paint)(text),
  },
  { head: 'queued', cell: ({ queued }) => count(queued), right: true },
  {
    head: 'oldest',
    cell: ({ oldestAgeSeconds }) => (oldestAgeSeconds === null ? '-' : age(oldestAgeSeconds)),
    right: true,
  },
  { head: 'dead', cell: ({ dead }) => count(dead), right: true, from: 66 },
  { head: 'out/s', cell: ({ deliveredPerSecond }) => rate(deliveredPerSecond), right: true, from: 76 },
  { head: 'next', cell: ({ next }) => (next === null ? '-' : `${next.what} ${relative(next.at, now)}`) },
  { head: 'slowest lane', cell: laneText, least: 12, from: WIDE },
  { head: 'last error', cell: (one) => lastError(one, now) ?? '-', least: 20, from: WIDE },
]

function colourOf(state: string, troubled: boolean, paint: Paint): (text: string) => string {
  if (!troubled) return paint.green
  return state === 'flowing' || state === 'held' || state === 'paused' ? paint.yellow : paint.red
}

function laneText({ slowestLane: lane }: Destination): string {
  if (lane === null) return '-'
  const tries = lane.attempts === 0 ? '' : `, ${lane.attempts} ${lane.attempts === 1 ? 'try' : 'tries'}`
  return `${lane.lane} ${age(lane.ageSeconds)}${tries}`
}

const lastError = ({ lastFailure }: Destination, now: number): string | undefined =>
  lastFailure === null ? undefined : `${relative(lastFailure.at, now)}: ${lastFailure.note}`

/** Below one that is in trouble: why, and where there is room for it what else is worth a line. */
function details(one: Destination, now: number, width: number, short: boolean): string[] {
  const { trouble, hint, name, lastFailure, fullness } = one
  if (trouble === null) return []
  const isWide = width >= WIDE
  const error = lastError(one, now)
  const together = trouble.what + (hint === undefined ? '' : ` (${hint})`)
  // what to do about it must not be cut off
  const fits = short || together.length + 2 <= width
  const why = fits || hint === undefined ? [together] : [trouble.what, ...folded(hint, Math.max(20, width - 2))]
  const full = fullness === null || trouble.what === fullness.what ? [] : [fullness.what]
  const told = lastFailure !== null && trouble.what.includes(lastFailure.note)
  const parts = [
    ...(isWide && told && hint === undefined ? [] : why),
    ...(short ? [] : full),
    ...(isWide || short || one.slowestLane === null ? [] : [`slowest lane ${laneText(one)}`]),
    ...(isWide || short || told || error === undefined ? [] : [`last error ${error}`]),
    ...(short || one.dead === 0 || one.state !== 'flowing' ? [] : [`alerta-relay dead ${name} tells why`]),
  ]
  return parts.map((part) => cut(plain(`  ${part}`), width))
}
