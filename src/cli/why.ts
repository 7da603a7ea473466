import { systemClock } from '../base/clock.js'
import { plain } from '../base/plain.js'
import type { ShownMessage } from '../management/story-shown.js'
import type { There } from '../management/there.js'
import { relative } from './figures.js'
import { cut, folded } from './grid.js'
import type { ExitCode, Io } from './io.js'
import { runningRelay } from './operator.js'
import { type Paint, paintFor, widthOf } from './paint.js'
import { reportingFailure } from './resync.js'
import { answer, plural, shortId, timeOf, took, triesOf, waiting, whatOf, wholeTime } from './story-words.js'

export interface WhyOptions {
  /** path of the configuration file */
  readonly config: string
  readonly json?: boolean
}

/** As GET /alerts/:alert/at/:destination tells it. */
interface Why extends There {
  readonly alert: {
    readonly id: string
    readonly about: ShownMessage['about']
    readonly severity: string | null
    readonly status: string | null
    readonly deletedAt: string | null
  }
  readonly destination: {
    readonly name: string
    readonly state: string
    readonly why?: string
    readonly hint?: string
    readonly nextProbe?: string
    readonly until?: string
    readonly queued: number
    readonly lastFailure: { readonly at: string; readonly note: string } | null
  }
}

/** `alerta-relay why <alert> <destination>`: should it have it, has it, what waits, what helps. */
export async function why(alert: string, destination: string, options: WhyOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('why', io, async () => {
    const path = `/alerts/${encodeURIComponent(alert)}/at/${encodeURIComponent(destination)}`
    const told = (await runningRelay(options.config, io.env, io.signal).ask('GET', path)) as unknown as Why
    const { status: _, ...facts } = told as Why & { readonly status: string }
    const lines =
      options.json === true ? [JSON.stringify(facts)] : whyScreen(told, systemClock.now(), widthOf(io), paintFor(io))
    io.stdout.write(lines.map((line) => `${line}\n`).join(''))
    return 0
  })
}

const LABEL = 16
/** Of what waits, in one line. */
const NAMED = 5

export function whyScreen(told: Why, now: number, width: number, paint: Paint): string[] {
  const { destination, should, has, waiting: waits, dead, help } = told
  const field = (label: string, text: string, colour = (one: string) => one): string[] =>
    folded(plain(text), width - LABEL).map(
      (part, i) => `${paint.dim((i === 0 ? label : '').padEnd(LABEL))}${colour(part)}`,
    )
  const [first] = waits.messages
  const good = { yes: paint.green, no: paint.red, 'not its newest': paint.yellow, unknown: paint.yellow }
  const alias = has.alias === null || has.alias === told.alert.id ? '' : `; its id there is ${has.alias}`
  const last = has.at === null ? '' : `, ${relative(has.at, now)}`
  return [
    paint.bold(cut(plain(title(told)), width)),
    ...field('should have it', `${should.is}: ${should.why}`),
    ...field('has it', `${has.is}: ${has.why}${last}${alias}`, good[has.is]),
    ...field('under way', underWay(waits)),
    ...(first === undefined ? [] : field('  the first', firstOf(first, now))),
    ...(dead.count === 0 ? [] : field('dead', deadOf(dead, now), paint.red)),
    ...field(destination.name, stateOf(destination, now)),
    ...field('next', nextOf(told, now)),
    // in a line of its own, to be copied whole
    ...help.flatMap(({ command, does }, i) => [
      ...field(i === 0 ? 'what helps' : '', does),
      `  ${plain(`alerta-relay ${command}`)}`,
    ]),
  ]
}

/** "web01/NodeDown (Production), critical, ack, at mom1; id x1" */
function title({ alert: { id, about, severity, status, deletedAt }, destination }: Why): string {
  const key = about === null ? [] : [`${about.resource}/${about.event} (${about.environment})`]
  const state = deletedAt !== null ? ['deleted'] : [severity, status].filter((one) => one !== null)
  return `${[...key, ...state].join(', ') || 'an alert'}, at ${destination.name}; id ${id}`
}

function underWay({ count, messages }: Why['waiting']): string {
  if (count === 0) return 'nothing'
  const kinds = new Map<string, number>()
  for (const what of messages.map(whatOf)) kinds.set(what, (kinds.get(what) ?? 0) + 1)
  const named = [...kinds].slice(0, NAMED)
  const more = count - named.reduce((sum, [, n]) => sum + n, 0)
  const texts = named.map(([what, n]) => (n === 1 ? what : `${what} (${n} times)`))
  const rest = more > 0 ? `; and ${more} more` : ''
  return `${plural(count, 'message')} ${count === 1 ? 'waits' : 'wait'}: ${texts.join('; ')}${rest}`
}

function firstOf({ message, acceptedAt, deliveries }: ShownMessage, now: number): string {
  const [delivery] = deliveries
  const last = delivery?.tries.at(-1)
  const tries = triesOf(delivery ?? { attempts: 0, tried: 0 })
  const answered =
    last === undefined
      ? ''
      : `; last ${relative(last.at, now)}${last.ms === null ? '' : ` in ${took(last.ms)}`}: ${answer(last.httpStatus, last.note)}`
  return `${shortId(message)}, accepted ${wholeTime(acceptedAt, now)}, ${tries}${answered}`
}

function deadOf({ count, messages }: Why['dead'], now: number): string {
  const [newest] = messages
  const [delivery] = newest?.deliveries ?? []
  if (newest === undefined || delivery === undefined) return String(count)
  const at = delivery.endedAt === null ? '' : ` ${timeOf(delivery.endedAt, now)}`
  return `${count}; the newest${at}, ${whatOf(newest)}: ${answer(delivery.httpStatus, delivery.note)}`
}

function stateOf({ state, why, hint, nextProbe, until, queued, lastFailure }: Why['destination'], now: number): string {
  const parts = [
    state,
    ...(why === undefined ? [] : [why]),
    ...(hint === undefined ? [] : [hint]),
    ...(nextProbe === undefined ? [] : [`next probe ${relative(nextProbe, now)}`]),
    ...(until === undefined ? [] : [`goes on ${relative(until, now)}`]),
    `${queued} queued`,
    ...(lastFailure === null || lastFailure.note === why
      ? []
      : [`last failure ${relative(lastFailure.at, now)}: ${lastFailure.note}`]),
  ]
  return parts.join(', ')
}

function nextOf({ waiting: { messages }, next }: Why, now: number): string {
  const [delivery] = messages[0]?.deliveries ?? []
  if (delivery === undefined || delivery.state === 'sending') return next
  return `${waiting(delivery, now)}: ${next}`
}
