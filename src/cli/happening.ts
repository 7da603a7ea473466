import { plain } from '../base/plain.js'
import { cut } from './grid.js'
import type { Paint } from './paint.js'

/** An event of the activity feed, as GET /activity tells it: a line of the log. */
export interface Happening {
  readonly id: string
  readonly time: string
  readonly level: string
  readonly what: string
  readonly [field: string]: unknown
}

export interface LineOptions {
  readonly width: number
  readonly paint: Paint
}

/** As the `alerta` command shows ids, and takes them. */
const SHORT_ID = 8
/** Here whole ids find room. */
const WIDE = 160
const WHAT_WIDTH = 18
/** "19:08:46.123" */
const TIME = { from: 11, to: 23 } as const

/** One line: when, what, about what and where, how it went, how long it took, and what is remarked. */
export function happeningLine(one: Happening, { width, paint }: LineOptions): string {
  const time = one.time.slice(TIME.from, TIME.to)
  const what = one.what.padEnd(WHAT_WIDTH)
  const text = cut(plain(`${time}  ${what}  ${partsOf(one, width).join('  ')}`), width)
  return text.slice(0, time.length) + colourOf(one, paint)(text.slice(time.length))
}

function partsOf(one: Happening, width: number): readonly string[] {
  switch (one.what) {
    case 'message accepted':
      return known([subject(one, width), accepted(one), took(one), text(one.credential)])
    case 'delivery attempted':
      return known([`${subject(one, width)} → ${text(one.destination)}`, tried(one), took(one), noteOf(one)])
    default:
      return known([subject(one, width), text(one.destination), ...rest(one)])
  }
}

const known = (parts: readonly string[]): readonly string[] => parts.filter((part) => part !== '')

const text = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  if (typeof value === 'object') return JSON.stringify(value)
  return ISO.test(String(value)) ? String(value).slice(TIME.from, TIME.to) : String(value)
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** "alert 0c2f1a2b", "ack 0c2f1a2b", "heartbeat probe1" */
function subject({ kind, action, alert, origin, path }: Happening, width: number): string {
  const id = text(alert)
  const about = text(origin) || text(path) || (width >= WIDE ? id : id.slice(0, SHORT_ID))
  return known([text(action) || text(kind) || (id === '' ? '' : 'alert'), about]).join(' ')
}

function accepted({ queued, skipped }: Happening): string {
  const to = Array.isArray(queued) && queued.length > 0 ? `→ ${queued.join(', ')}` : '→ nobody'
  return typeof skipped === 'number' && skipped > 0 ? `${to} (${skipped} skipped)` : to
}

/** "delivered 201", "retry 503, try 3" */
function tried({ outcome, status, attempt, to }: Happening): string {
  const end = to === outcome || to === 'queued' || to === undefined ? '' : ` ${text(to)}`
  const tries = typeof attempt === 'number' && attempt > 1 ? `, try ${attempt}` : ''
  return `${text(outcome)}${end}${status === null || status === undefined ? '' : ` ${text(status)}`}${tries}`
}

/** What the status says already need not be said again. */
const noteOf = ({ note, status }: Happening): string => (note === `status ${status}` ? '' : text(note))

const took = ({ ms }: Happening): string => (typeof ms === 'number' ? `${ms} ms` : '')

const SHOWN = new Set([
  'id',
  'time',
  'level',
  'what',
  'kind',
  'alert',
  'origin',
  'path',
  'destination',
  'message',
  'request',
])

/** What else the line says, in its own order: "breaker=open", "why=…" */
const rest = (one: Happening): readonly string[] =>
  Object.entries(one)
    .filter(([name, value]) => !SHOWN.has(name) && value !== null)
    .map(([name, value]) => `${name}=${text(value)}`)

const OUTCOMES: Readonly<Record<string, 'green' | 'yellow' | 'red'>> = {
  delivered: 'green',
  suppressed: 'green',
  dead: 'red',
  suspend: 'red',
}

function colourOf({ level, what, outcome }: Happening, paint: Paint): (text: string) => string {
  if (level === 'error') return paint.red
  if (level === 'warn') return paint.yellow
  if (what === 'delivery attempted') return paint[OUTCOMES[text(outcome)] ?? 'yellow']
  return level === 'debug' ? paint.dim : (line) => line
}
