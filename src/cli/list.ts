import { systemClock } from '../base/clock.js'
import type { ShownMessage } from '../management/story-shown.js'
import { type Column, grid } from './grid.js'
import type { ExitCode, Io } from './io.js'
import { runningRelay } from './operator.js'
import { type Paint, paintFor, widthOf } from './paint.js'
import { reportingFailure } from './resync.js'
import { isTrouble, rank, shortId, stateColour, subjectOf, timeOf, whatOf } from './story-words.js'

/** As GET /messages takes them, by the names of their options. */
export interface ListOptions {
  /** path of the configuration file */
  readonly config: string
  readonly json?: boolean
  readonly destination?: string
  readonly state?: string
  readonly kind?: string
  readonly alert?: string
  readonly resource?: string
  readonly event?: string
  readonly environment?: string
  readonly text?: string
  readonly since?: string
  readonly until?: string
  readonly limit?: string
  readonly cursor?: string
}

interface Page {
  readonly messages: readonly ShownMessage[]
  readonly cursor: string | null
  readonly cutShort: boolean
  readonly lookedBackTo: string | null
}

/** `alerta-relay list`: messages that fit, the newest first, and where they went. Exit code 1: none fits, or no relay. */
export async function list({ config, json, ...filters }: ListOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('list', io, async () => {
    const query = new URLSearchParams(filters as Record<string, string>).toString()
    const page = (await runningRelay(config, io.env, io.signal).ask('GET', `/messages?${query}`)) as unknown as Page
    const { messages } = page
    const print = (lines: readonly string[]) => void io.stdout.write(lines.map((line) => `${line}\n`).join(''))
    if (json === true) print(messages.map((one) => JSON.stringify(one)))
    else print(listTable(messages, systemClock.now(), widthOf(io), paintFor(io)))
    const more = remark(page)
    // not among the lines that another program reads
    if (more !== undefined) (json === true ? io.stderr : io.stdout).write(`${more}\n`)
    return messages.length === 0 ? 1 : 0
  })
}

function remark({ messages, cursor, cutShort, lookedBackTo }: Page): string | undefined {
  if (cutShort) {
    const to = lookedBackTo === null ? '' : ` to ${lookedBackTo}`
    return `the search took too long and looked back${to} only; --cursor ${cursor} goes on`
  }
  if (cursor !== null) return `there are older ones: --cursor ${cursor} goes on`
  return messages.length === 0 ? 'no message fits' : undefined
}

export function listTable(messages: readonly ShownMessage[], now: number, width: number, paint: Paint): string[] {
  if (messages.length === 0) return []
  const columns: readonly Column<ShownMessage>[] = [
    { head: 'accepted', cell: ({ acceptedAt }) => timeOf(acceptedAt, now) },
    { head: 'message', cell: ({ message }) => shortId(message), from: USUAL, paint: paint.dim },
    { head: 'what', cell: whatOf, least: 8 },
    { head: 'about', cell: subjectOf, least: 10 },
    {
      head: 'where it went',
      cell: (one) => whereOf(one, width >= WIDE),
      least: 18,
      paint: (text, one) => worst(one, paint)(text),
    },
  ]
  const [head = '', ...rows] = grid(messages, columns, width)
  return [paint.dim(head), ...rows]
}

/** On a narrower screen what happened is worth more than the ids. */
const USUAL = 80
/** So many are named one by one. */
const NAMED = 2
/** Below it what went well is told only where nothing went wrong, and what was skipped only where all was. */
const WIDE = 120

/** "mom2 dead; mom1 queued; far delivered; noc skipped (filter)"; on a narrow screen "mom2 dead; mom1 queued" */
function whereOf({ deliveries, skipped }: ShownMessage, wide: boolean): string {
  const states = new Map<string, string[]>()
  for (const { destination, state } of deliveries) states.set(state, [...(states.get(state) ?? []), destination])
  const all = [...states].sort(([a], [b]) => rank(a) - rank(b))
  const troubled = all.filter(([state]) => isTrouble(state))
  const parts = (wide || troubled.length === 0 ? all : troubled).map(([state, names]) =>
    names.length <= NAMED ? `${names.join(', ')} ${state}` : `${names.length} ${state}`,
  )
  if (skipped.length > 0 && (wide || parts.length === 0)) {
    parts.push(skipped.length <= NAMED ? skippedText(skipped) : `${skipped.length} skipped`)
  }
  return parts.join('; ') || 'nowhere'
}

const skippedText = (skipped: ShownMessage['skipped']): string =>
  skipped.map(({ destination, why }) => `${destination} skipped (${why})`).join(', ')

function worst({ deliveries }: ShownMessage, paint: Paint): (text: string) => string {
  const [first] = deliveries.toSorted((a, b) => rank(a.state) - rank(b.state))
  return first === undefined ? paint.dim : stateColour(first.state, paint)
}
