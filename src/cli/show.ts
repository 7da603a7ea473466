import { systemClock } from '../base/clock.js'
import { plain } from '../base/plain.js'
import type { ShownDelivery, ShownMessage, ShownTry } from '../management/story-shown.js'
import { type Column, cut, grid } from './grid.js'
import type { ExitCode, Io } from './io.js'
import { runningRelay } from './operator.js'
import { type Paint, paintFor, widthOf } from './paint.js'
import { reportingFailure } from './resync.js'
import { fate, plural, rank, remarkOf, shortId, stateColour, timeOf, took, whatOf, wholeTime } from './story-words.js'

export interface ShowOptions {
  /** path of the configuration file */
  readonly config: string
  readonly json?: boolean
  readonly body?: boolean
}

/** As GET /messages/:message tells it. */
interface Shown {
  readonly message: ShownMessage
  readonly bodyBytes: number
  readonly body: string | null
  readonly cut: boolean
}

/** `alerta-relay show <message>`: one message, where it went and why, and every attempt. Exit code 1: there is none. */
export async function show(beginning: string, { config, json, body }: ShowOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('show', io, async () => {
    const path = `/messages/${encodeURIComponent(beginning)}${body === true ? '?body=true' : ''}`
    const shown = (await runningRelay(config, io.env, io.signal).ask('GET', path)) as unknown as Shown
    const told = { ...shown.message, bodyBytes: shown.bodyBytes, ...(body === true ? { body: shown.body } : {}) }
    const lines =
      json === true ? [JSON.stringify(told)] : showScreen(shown, systemClock.now(), widthOf(io), paintFor(io))
    io.stdout.write(lines.map((line) => `${line}\n`).join(''))
    return 0
  })
}

const LABEL = 10

export function showScreen(shown: Shown, now: number, width: number, paint: Paint): string[] {
  const { message } = shown
  const field = (label: string, text: string): string => `${paint.dim(label.padEnd(LABEL))}${plain(text)}`
  const { about, hops, firstAcceptedAt, replayOf, replayedAs } = message
  const where = about === null ? '' : `, ${about.environment} ${about.resource} ${about.event}`
  const customer = about?.customer == null ? '' : ` (customer ${about.customer})`
  return [
    verdict(message, paint),
    '',
    field('message', `${message.message}, ${whatOf(message)}`),
    field(subjectName(message), `${message.alert}${where}${customer}`),
    field('accepted', wholeTime(message.acceptedAt, now)),
    field('from', `${message.sender || 'the relay itself'}, by ${message.credential}, request ${message.requestId}`),
    ...(firstAcceptedAt === null ? [] : [field('before', `first accepted ${wholeTime(firstAcceptedAt, now)}`)]),
    ...(hops.length === 0 ? [] : [field('hops', hops.join(', '))]),
    ...(replayOf === null ? [] : [field('replay of', replayOf)]),
    ...(replayedAs.length === 0 ? [] : [field('replayed', `as ${replayedAs.join(', ')}`)]),
    ...message.deliveries.flatMap((one) => ['', ...deliveryLines(one, message, now, width, paint)]),
    ...(message.skipped.length === 0 ? [] : ['']),
    ...message.skipped.map(({ destination, why }) => paint.dim(plain(`${destination}  skipped: ${why}`))),
    ...bodyLines(shown),
  ]
}

function subjectName({ kind }: ShownMessage): string {
  if (kind === 'heartbeat') return 'origin'
  return kind === 'webhook' ? 'path' : 'alert'
}

/** The answer first: "dead at mom1; delivered at mom2, mom3; skipped: mom4" */
function verdict({ deliveries, skipped }: ShownMessage, paint: Paint): string {
  const states = [...new Set(deliveries.map(({ state }) => state))].sort((a, b) => rank(a) - rank(b))
  const parts = states.map((state) => {
    const names = deliveries.filter((one) => one.state === state).map(({ destination }) => destination)
    return stateColour(state, paint)(plain(`${state} at ${names.join(', ')}`))
  })
  const left =
    skipped.length === 0 ? [] : [plain(`skipped: ${skipped.map(({ destination }) => destination).join(', ')}`)]
  return [...parts, ...left].join('; ') || 'it goes nowhere: no destination is concerned'
}

function deliveryLines(
  delivery: ShownDelivery,
  { acceptedAt }: ShownMessage,
  now: number,
  width: number,
  paint: Paint,
): string[] {
  const { destination, state, ahead, tries, attempts, waits } = delivery
  const name = plain(destination)
  const head = cut(plain(fate(delivery, acceptedAt, now)), Math.max(20, width - name.length - 2))
  const why = waits?.why == null ? [] : [cut(plain(`  ${waits.why}`), width)]
  const before =
    ahead === null ? [] : [plain(`  first in its lane: message ${shortId(ahead.first)} about ${ahead.alert}`)]
  return [
    `${paint.bold(name)}  ${stateColour(state, paint)(head)}`,
    ...why,
    ...before,
    ...triesTable(tries, now, width, paint),
    ...(tries.length === 0 && attempts > 0 ? [`  ${plural(attempts, 'attempt')}, of which no more is kept`] : []),
  ]
}

function triesTable(tries: readonly ShownTry[], now: number, width: number, paint: Paint): string[] {
  if (tries.length === 0) return []
  const columns: readonly Column<ShownTry>[] = [
    { head: 'try', cell: ({ n }) => String(n), right: true },
    { head: 'ended', cell: ({ at }) => timeOf(at, now) },
    { head: 'took', cell: ({ ms }) => (ms === null ? '?' : took(ms)), right: true },
    { head: 'outcome', cell: ({ outcome }) => outcome, paint: (text, one) => outcomeColour(one, paint)(text) },
    { head: 'status', cell: ({ httpStatus }) => (httpStatus === null ? '-' : String(httpStatus)) },
    { head: 'what was answered', cell: ({ httpStatus, note }) => remarkOf(httpStatus, note), least: 20 },
  ]
  const [head = '', ...rows] = grid(tries, columns, width - 2)
  const lines = rows.flatMap((row, i) => {
    const left = (tries[i]?.n ?? 0) - (tries[i - 1]?.n ?? 0) - 1
    return left > 0 && i > 0 ? [paint.dim(`… ${left} are not kept`), row] : [row]
  })
  return [paint.dim(head), ...lines].map((line) => `  ${line}`)
}

function outcomeColour({ outcome }: ShownTry, paint: Paint): (text: string) => string {
  if (outcome === 'delivered') return paint.green
  return outcome === 'dead' ? paint.red : paint.yellow
}

function bodyLines({ body, bodyBytes, cut: isCut }: Shown): string[] {
  if (body === null) return []
  const end = isCut ? [`… it has ${bodyBytes} bytes`] : []
  return ['', ...body.split('\n').map(plain), ...end]
}
