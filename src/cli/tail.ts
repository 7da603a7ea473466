import { systemClock } from '../base/clock.js'
import type { ServerSent } from './event-stream.js'
import { type Happening, happeningLine } from './happening.js'
import type { ExitCode, Io } from './io.js'
import { RelayAway, type RunningRelay, runningRelay } from './operator.js'
import { paintFor, widthOf } from './paint.js'
import { reportingFailure } from './resync.js'

export interface TailOptions {
  /** path of the configuration file */
  readonly config: string
  readonly destination?: string
  readonly alert?: string
  readonly message?: string
  readonly level?: string
  /** text somewhere in the line */
  readonly grep?: string
  /** the id of an event: those after it */
  readonly after?: string
  /** so many of the newest first */
  readonly lines?: string
  readonly json?: boolean
}

/** How often a relay that went away is looked for. */
const LOOK_AGAIN_MS = 500
const LINES_FIRST = '10'

/**
 * `alerta-relay tail`: what the relay does, while it does it, until it is interrupted. Goes on by itself when the relay
 * is restarted. Exit code 1: no relay runs.
 */
export async function tail(options: TailOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('tail', io, async () => {
    const relay = runningRelay(options.config, io.env, io.signal)
    const say = (text: string) => void io.stderr.write(`-- ${text}\n`)
    await askFor(options.destination, relay)
    let place = options.after
    let seen = false
    let away = false
    while (!io.signal.aborted) {
      try {
        for await (const event of relay.events(pathOf(options, place), place)) {
          if (away) say('the relay is back')
          away = false
          seen = true
          place = event.id
          show(event, options, io, say)
        }
      } catch (error) {
        if (io.signal.aborted) return 0
        if (!(error instanceof RelayAway) || !seen) throw error
        if (!away) say('the relay has gone, waiting for it')
        away = true
        await systemClock.until(systemClock.now() + LOOK_AGAIN_MS, io.signal)
      }
    }
    return 0
  })
}

/** Rejects where there is no such destination: a wrong name would be silence. */
async function askFor(destination: string | undefined, relay: RunningRelay): Promise<void> {
  if (destination !== undefined) await relay.ask('GET', `/queue/${encodeURIComponent(destination)}`)
}

function show(event: ServerSent, { json }: TailOptions, io: Io, say: (text: string) => void): void {
  const told = JSON.parse(event.data)
  if (event.event === 'gap') return say(gap(told.missed))
  if (event.event !== 'message') return
  const line =
    json === true ? event.data : happeningLine(told as Happening, { width: widthOf(io), paint: paintFor(io) })
  io.stdout.write(`${line}\n`)
}

const gap = (missed: number | null): string =>
  missed === null
    ? 'the relay was restarted: what it did before stands in its log'
    : `${missed} events are not shown: they came faster than they were read, and stand in the log`

function pathOf({ grep, lines, ...options }: TailOptions, place: string | undefined): string {
  const { destination, alert, message, level } = options
  const asked = {
    destination,
    alert,
    message,
    level,
    text: grep,
    ...(place === undefined ? { last: lines ?? LINES_FIRST } : {}),
  }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(asked)) if (value !== undefined) query.set(name, value)
  return `/activity?${query}`
}
