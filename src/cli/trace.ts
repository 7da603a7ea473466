import { systemClock } from '../base/clock.js'
import { plain } from '../base/plain.js'
import type { ShownMessage } from '../management/story-shown.js'
import type { Part } from '../management/trace.js'
import { CommandFailed } from './command-failed.js'
import { cut, folded } from './grid.js'
import type { ExitCode, Io } from './io.js'
import { runningRelay } from './operator.js'
import { type Paint, paintFor, widthOf } from './paint.js'
import { reportingFailure } from './resync.js'
import { fate, isTrouble, plural, rank, shortId, stateColour, timeOf, whatOf } from './story-words.js'

export interface TraceOptions {
  /** path of the configuration file */
  readonly config: string
  readonly json?: boolean
  /** asks no other relay */
  readonly here?: boolean
}

/**
 * `alerta-relay trace <alert>`: all that happened to an alert, in the order of time, here and at the relays beyond that
 * may be asked. Exit code 1: nobody knows it. With --json a line of JSON a relay.
 */
export async function trace(alert: string, { config, json, here }: TraceOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('trace', io, async () => {
    const path = `/alerts/${encodeURIComponent(alert)}/trace${here === true ? '?here=true' : ''}`
    const { parts } = await runningRelay(config, io.env, io.signal).ask('GET', path)
    const all = parts as readonly Part[]
    const knows = all.some((part) => part.alert !== null)
    if (!knows && json !== true && all.length === 1) throw new CommandFailed(`no alert has the id ${alert}`)
    const lines =
      json === true
        ? all.map((part) => JSON.stringify(part))
        : traceScreen(all, systemClock.now(), widthOf(io), paintFor(io))
    io.stdout.write(lines.map((line) => `${line}\n`).join(''))
    return knows ? 0 : 1
  })
}

/** A message at one of the relays that have it. */
interface Seen {
  readonly via: readonly string[]
  readonly message: ShownMessage
}

export function traceScreen(parts: readonly Part[], now: number, width: number, paint: Paint): string[] {
  const [first] = parts
  const known = parts.filter((part) => part.alert !== null)
  const silent = parts.filter((part) => part.alert === null)
  const events = eventsOf(known)
  const places = events.flatMap((seen) => placesOf(seen, now))
  const place = Math.min(Math.max(0, ...places.map((one) => one.place.length)), PLACE_AT_MOST)
  return [
    ...(first === undefined ? [] : heading(first, known, width, paint)),
    ...silent
      .filter((part) => part !== first)
      .map((part) => paint.yellow(cut(plain(`${name(part.via)}: ${part.why}`), width))),
    ...events.flatMap((seen) => eventLines(seen, { now, width, place, paint })),
  ]
}

const PLACE_AT_MOST = 32
/** Below it only the id is told, by which `show` tells the sender too. */
const WIDE = 110

/** What the alert is, and how it stands everywhere. */
function heading(own: Part, known: readonly Part[], width: number, paint: Paint): string[] {
  const [teller] = known
  const alert = teller?.alert
  if (alert === undefined || alert === null) return [paint.yellow(`${plain(own.relay ?? 'this relay')}: ${own.why}`)]
  const { about, ids, severity, status, deletedAt } = alert
  const key = about === null ? [] : [`${about.resource}/${about.event} (${about.environment})`]
  const state = deletedAt !== null ? ['deleted'] : [severity, status].filter((one) => one !== null)
  const title = [...key, ...state, `id ${ids[0]?.id ?? 'unknown'}`].join(', ')
  const others = ids.slice(1).map(({ id, by }) => (by === null ? id : `${id} (at ${by})`))
  const left = alert.older === 0 ? [] : [`${plural(alert.older, 'older message')} left out`]
  const unknownHere = own === teller ? [] : [`this relay: ${own.why}`]
  return [
    paint.bold(cut(plain(title), width)),
    ...(others.length === 0 ? [] : [cut(plain(`also known as ${others.join(', ')}`), width)]),
    ...standingLines(known, width),
    ...[...left, ...unknownHere].map((line) => cut(plain(line), width)),
    '',
  ]
}

/**
 * "mom1: 1 dead, 3 queued; mom2: all of it", those that need a look first. Of the relays beyond only what needs one: that
 * all of it came to a relay says nothing of what is behind it.
 */
function standingLines(parts: readonly Part[], width: number): string[] {
  const places = parts
    .flatMap((part, i) => standingsOf(part).map((one) => ({ ...one, isNear: i === 0 })))
    .filter(({ isNear, needsLook }) => isNear || needsLook)
    .sort((a, b) => Number(b.needsLook) - Number(a.needsLook))
  return places.length === 0 ? [] : folded(plain(places.map(({ text }) => text).join('; ')), width)
}

function standingsOf({ via, alert }: Part): { readonly text: string; readonly needsLook: boolean }[] {
  const counts = new Map<string, Map<string, number>>()
  for (const { destination, state } of (alert?.messages ?? []).flatMap(statesOf)) {
    const states = counts.get(destination) ?? new Map<string, number>()
    counts.set(destination, states.set(state, (states.get(state) ?? 0) + 1))
  }
  return [...counts].map(([destination, states]) => {
    const told = [...states].sort(([a], [b]) => rank(a) - rank(b)).map(([state, n]) => `${n} ${state}`)
    const isAll = states.size === 1 && states.has('delivered')
    return {
      text: `${name([...via, destination])}: ${isAll ? 'all of it' : told.join(', ')}`,
      needsLook: [...states.keys()].some((state) => isTrouble(state) || state === LEFT_OUT),
    }
  })
}

const LEFT_OUT = 'left out (queue full)'

/** What does not go there by the rules is as it should be, and not told. */
const statesOf = ({ deliveries, skipped }: ShownMessage): readonly { destination: string; state: string }[] => [
  ...deliveries,
  ...skipped.filter(({ why }) => why === 'queue full').map(({ destination }) => ({ destination, state: LEFT_OUT })),
]

/** Each message once, with all the relays that have it, the nearest first; in the order of time. */
function eventsOf(parts: readonly Part[]): readonly (readonly Seen[])[] {
  const events = new Map<string, Seen[]>()
  for (const { via, alert } of parts) {
    for (const message of alert?.messages ?? []) {
      events.set(message.message, [...(events.get(message.message) ?? []), { via, message }])
    }
  }
  return [...events.values()].sort((a, b) => (timeOfEvent(a) < timeOfEvent(b) ? -1 : 1))
}

const timeOfEvent = ([first]: readonly Seen[]): string => first?.message.acceptedAt ?? ''

interface PlaceLine {
  readonly place: string
  readonly state: string
  readonly text: string
}

/** Where a message went from each relay; what is beyond a destination stands below it. Times from the first acceptance. */
function placesOf(seen: readonly Seen[], now: number): readonly PlaceLine[] {
  const [first] = seen
  const acceptedAt = first?.message.acceptedAt ?? ''
  const lines = seen.flatMap(({ via, message }) => [
    ...message.deliveries.map((one) => ({
      path: [...via, one.destination],
      state: one.state,
      text: fate(one, acceptedAt, now),
    })),
    ...message.skipped.map(({ destination, why }) => ({
      path: [...via, destination],
      state: 'skipped',
      text: `skipped: ${why}`,
    })),
  ])
  const order = [...new Set(lines.map(({ path }) => path[0]))]
  return lines
    .toSorted((a, b) => order.indexOf(a.path[0]) - order.indexOf(b.path[0]))
    .map(({ path, ...line }) => ({ ...line, place: name(path) }))
}

/** "mom1 > alerta1" */
const name = (via: readonly string[]): string => via.join(' > ')

interface Layout {
  readonly now: number
  readonly width: number
  readonly place: number
  readonly paint: Paint
}

function eventLines(seen: readonly Seen[], { now, width, place, paint }: Layout): string[] {
  const [first] = seen
  if (first === undefined) return []
  const { message, via } = first
  const at = via.length === 0 ? '' : ` at ${name(via)}`
  const from = `from ${message.sender === '' ? 'the relay itself' : `${message.sender} (${message.credential})`}${at}`
  const text = plain(`${timeOf(message.acceptedAt, now)}  ${whatOf(message)}`)
  const id = shortId(message.message)
  const source = width < WIDE && via.length === 0 ? id : `${cut(plain(from), Math.floor(width / 3))}  ${id}`
  const lines = placesOf(seen, now).map((one) => {
    const indent = `    ${cut(plain(one.place), place).padEnd(place)}  `
    return indent + stateColour(one.state, paint)(cut(plain(one.text), Math.max(20, width - indent.length)))
  })
  return [`${cut(text, Math.max(20, width - source.length - 2))}  ${paint.dim(source)}`, ...lines]
}
