import { plain } from '../base/plain.js'
import { isFailing } from '../management/trouble.js'
import { age, count, rate, relative, size } from './figures.js'
import { type Column, cut, grid } from './grid.js'
import type { Paint } from './paint.js'
import type { Destination } from './status-screen.js'

/** As GET /queue/{destination} tells it. */
export interface Lanes {
  readonly lanes: number
  readonly rows: number
  readonly longest: readonly LaneRow[]
  readonly oldest: readonly LaneRow[]
}

export type LaneRow = NonNullable<Destination['slowestLane']> & { readonly rows: number }

/** Everything that is known of one destination, and which command helps next: its lines. */
export function statusPage(one: Destination, lanes: Lanes, now: number, width: number, paint: Paint): string[] {
  const facts = factsOf(one, now)
  const widest = Math.max(...facts.map(([name]) => name.length))
  const lines = facts.map(([name, value]) => wrapped(`${name.padEnd(widest)}  `, plain(value), width))
  const stuck =
    lanes.oldest.length === 0 ? [] : ['', ...laneLines('lanes that wait the longest', lanes.oldest, now, width)]
  const help = helpFor(one)
  const next =
    help.length === 0
      ? []
      : ['', 'what can be done', ...help.flatMap(([command, what]) => helpLines(command, what, width))]
  const title = `${one.name}: ${one.trouble === null ? paint.green('all is well') : paint.yellow(one.state)}`
  return [title, ...lines.flat(), ...stuck, ...next]
}

const COMMAND_WIDTH = 44

/** The command in a line of its own where the screen is narrow, to be copied whole. */
function helpLines(command: string, what: string, width: number): string[] {
  const together = `  ${command.padEnd(COMMAND_WIDTH)}  ${what}`
  return together.length <= width ? [together] : [cut(`  ${what}:`, width), `    ${command}`]
}

function factsOf(one: Destination, now: number): (readonly [name: string, value: string])[] {
  const { lastFailure, next, since } = one
  return [
    ['kind', `${one.kind ?? 'not configured any more'}${one.url === null ? '' : ` at ${one.url}`}`],
    ['state', `${one.state}${since === undefined ? '' : `, since ${relative(since, now)}`}`],
    ...(one.trouble === null ? [] : [['why', one.why ?? one.trouble.what] as const]),
    ...(one.hint === undefined ? [] : [['hint', one.hint] as const]),
    ['next', next === null ? 'nothing is waited for' : `${next.what} ${relative(next.at, now)} (${next.at})`],
    ['queued', `${count(one.queued)} (${size(one.queuedBytes)}), ${one.sending} of them under way`],
    ['oldest', one.oldest === null ? '-' : `${age(one.oldestAgeSeconds ?? 0)} (${one.oldest})`],
    ['dead letters', count(one.dead)],
    ['delivered', `${rate(one.deliveredPerSecond)} a second, over the last minute${goal(one)}`],
    ...(one.fullness === null ? [] : [['budget', one.fullness.what] as const]),
    ['concurrency', concurrencyOf(one, now)],
    ['last success', one.lastSuccess === null ? noneOf(one) : `${relative(one.lastSuccess, now)} (${one.lastSuccess})`],
    ['last error', lastFailure === null ? noneOf(one) : `${relative(lastFailure.at, now)}: ${lastFailure.note}`],
  ]
}

/** It is not kept on disk, and begins anew with a destination that was changed. */
const noneOf = ({ kind }: Destination): string =>
  kind === null
    ? 'not known: it is not configured any more'
    : 'none since the relay started, or the destination was changed'

function concurrencyOf({ concurrency, concurrencyMax, usualAnswerMs, slowed }: Destination, now: number): string {
  const usual = usualAnswerMs === null ? '' : `; an answer usually takes ${usualAnswerMs} ms`
  const fell = slowed === null ? '' : `; last lowered ${relative(slowed.at, now)}: ${slowed.why}`
  return `${concurrency} of ${concurrencyMax}${usual}${fell}`
}

/** When a backlog is over. */
function goal({ queued, deliveredPerSecond, state }: Destination): string {
  const isBacklog = state === 'flowing' && deliveredPerSecond > 0 && queued > deliveredPerSecond
  return isBacklog ? `: ${age(queued / deliveredPerSecond)} to go, were nothing added` : ''
}

/** Long texts go on below themselves: here nothing is cut. */
function wrapped(before: string, text: string, width: number): string[] {
  const room = Math.max(20, width - before.length)
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const last = lines.length - 1
    const joined = lines[last] === '' ? word : `${lines[last]} ${word}`
    if (joined.length <= room || lines[last] === '') lines[last] = joined
    else lines.push(word)
  }
  return lines.map((line, i) => `${i === 0 ? before : ' '.repeat(before.length)}${line}`)
}

/** A try that was the destination's fault, such as one that suspended it, is given back. */
const countedTries = ({ attempts, note }: LaneRow): string =>
  attempts === 0 && note !== null ? 'not counted' : String(attempts)

/** A table of lanes under a heading. */
export function laneLines(heading: string, lanes: readonly LaneRow[], now: number, width: number): string[] {
  const columns: readonly Column<LaneRow>[] = [
    { head: 'lane', cell: ({ lane, event }) => (event === null ? lane : `${lane} ${event}`), least: 16 },
    { head: 'queued', cell: ({ rows }) => count(rows), right: true },
    { head: 'age', cell: ({ ageSeconds }) => age(ageSeconds), right: true },
    { head: 'tries', cell: countedTries, right: true },
    {
      head: 'next',
      cell: ({ sending, nextTry }) => (sending ? 'under way' : nextTry === null ? '-' : relative(nextTry, now)),
    },
    { head: 'last', cell: ({ note }) => note ?? '-', least: 12 },
  ]
  return [heading, ...grid(lanes, columns, width - 2).map((line) => cut(`  ${line}`, width))]
}

function helpFor(one: Destination): (readonly [command: string, what: string])[] {
  const { name, state, dead, trouble, queued } = one
  const release = [`alerta-relay release ${name}`, 'let it go'] as const
  const probe = ['alerta-relay check --probe', 'ask it, and look at its answer'] as const
  const retry = [`alerta-relay retry ${name}`, 'try now, without waiting'] as const
  const look = [`alerta-relay tail --destination ${name}`, 'see each try'] as const
  const drop = [`alerta-relay discard-queued ${name}`, 'how much would end'] as const
  const resync = [`alerta-relay resync ${name} --dry-run`, 'what it lacks'] as const
  const letters =
    dead === 0
      ? []
      : ([
          [`alerta-relay dead ${name}`, 'why they died'],
          [`alerta-relay replay ${name} --dry-run`, 'how many would be sent again'],
        ] as const)
  if (trouble === null) return []
  switch (state) {
    case 'held':
      return [...(/^(restored|copied): /.test(one.why ?? '') ? [drop, resync] : []), release, ...letters]
    case 'suspended':
      return [probe, release, [`alerta-relay release ${name} --skip`, 'which message caused it'], ...letters]
    case 'flowing':
      return [
        ...(isFailing(one) ? [probe, retry] : []),
        ...(queued > 0 ? [look, [`alerta-relay queue ${name}`, 'its lanes'] as const] : []),
        ...letters,
      ]
    case 'removed':
      return [
        [`alerta-relay queue ${name}`, 'what waits for it'],
        [`alerta-relay move ${name} <to>`, 'how much another destination would get'],
        [`alerta-relay discard-queued ${name}`, 'how much would end'],
      ]
    default:
      return [probe, retry, look, ...letters]
  }
}
