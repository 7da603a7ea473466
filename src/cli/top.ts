import { systemClock } from '../base/clock.js'
import { parseDuration } from '../base/units.js'
import { createWakeup } from '../base/wakeup.js'
import type { Overview } from '../management/overview.js'
import { type Key, openScreen } from './alternate-screen.js'
import { CommandFailed } from './command-failed.js'
import { cut } from './grid.js'
import type { ExitCode, Io } from './io.js'
import { RelayAway, runningRelay } from './operator.js'
import { type Paint, paintFor, widthOf } from './paint.js'
import { reportingFailure } from './resync.js'
import { overviewOf } from './status.js'
import { statusScreen } from './status-screen.js'

export interface TopOptions {
  /** path of the configuration file */
  readonly config: string
  /** a duration */
  readonly interval: string
  /** one frame, one line of JSON a destination */
  readonly json?: boolean
}

const LEAST_INTERVAL_MS = 200
const USUAL_ROWS = 24

/** What is sorted by: trouble, then the queue; or the queue alone. */
type Order = 'trouble' | 'queue'

interface View {
  readonly order: Order
  /** lines that have been scrolled away */
  readonly from: number
  /** why what is shown is not new */
  readonly away: string | undefined
}

/** `alerta-relay top`: the status, again and again, until q. On what is no terminal: once. Exit code 1: no relay runs. */
export async function top(options: TopOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('top', io, async () => {
    const everyMs = intervalOf(options)
    const relay = runningRelay(options.config, io.env, io.signal)
    let overview = await overviewOf(relay)
    const paint = paintFor(io)
    if (io.stdout.isTTY !== true || options.json === true) {
      const { destinations } = overview
      const screen = { width: widthOf(io), paint, all: true }
      const lines =
        options.json === true ? destinations.map((one) => JSON.stringify(one)) : statusScreen(overview, screen)
      io.stdout.write(lines.map((line) => `${line}\n`).join(''))
      return 0
    }

    const wakeup = createWakeup()
    let view: View = { order: 'trouble', from: 0, away: undefined }
    let over = false
    const rows = () => io.stdout.rows ?? USUAL_ROWS
    const screen = openScreen(io, (key) => {
      if (key === 'q') over = true
      else view = after(key, view, rows())
      wakeup.wake()
    })
    const woken = () => wakeup.wake()
    process.on('SIGWINCH', woken)
    io.signal.addEventListener('abort', woken)
    try {
      for (let askAt = systemClock.now() + everyMs; !over && !io.signal.aborted; ) {
        const armed = wakeup.armed()
        screen.show(frame(overview, view, { width: widthOf(io), rows: rows(), paint }))
        await systemClock.until(askAt, armed)
        if (over || systemClock.now() < askAt) continue
        askAt = systemClock.now() + everyMs
        try {
          overview = await overviewOf(relay)
          view = { ...view, away: undefined }
        } catch (error) {
          if (!(error instanceof RelayAway)) throw error
          view = { ...view, away: error.message }
        }
      }
      return 0
    } finally {
      screen.end()
      process.off('SIGWINCH', woken)
      io.signal.removeEventListener('abort', woken)
    }
  })
}

function intervalOf({ interval }: TopOptions): number {
  const ms = parseDuration(interval)
  if (ms === undefined) throw new CommandFailed(`write --interval 2s, not --interval ${interval}`, 2)
  return Math.max(ms, LEAST_INTERVAL_MS)
}

function after(key: Key, view: View, rows: number): View {
  switch (key) {
    case 's':
      return { ...view, order: view.order === 'trouble' ? 'queue' : 'trouble', from: 0 }
    case 'up':
      return { ...view, from: Math.max(0, view.from - 1) }
    case 'down':
      return { ...view, from: view.from + 1 }
    case 'page up':
      return { ...view, from: Math.max(0, view.from - rows) }
    case 'page down':
      return { ...view, from: view.from + rows }
    case 'home':
      return { ...view, from: 0 }
    case 'q':
      return view
  }
}

/** The head of the status stays; what is below scrolls. */
const HEAD_LINES = 4

/** As many lines as the terminal has. */
export function frame(
  overview: Overview,
  { order, from, away }: View,
  { width, rows, paint }: { readonly width: number; readonly rows: number; readonly paint: Paint },
): string[] {
  const destinations =
    order === 'trouble' ? overview.destinations : overview.destinations.toSorted((a, b) => b.queued - a.queued)
  const lines = statusScreen({ ...overview, destinations }, { width, paint, all: true })
  const [head, body] = [lines.slice(0, HEAD_LINES), lines.slice(HEAD_LINES)]
  const room = Math.max(0, rows - head.length - 1)
  const start = Math.min(from, Math.max(0, body.length - room))
  const shown = body.slice(start, start + room)
  const blank = Array(Math.max(0, room - shown.length)).fill('')
  const more = body.length - start - shown.length
  const below = more > 0 ? `, ${more} more lines below` : ''
  const foot = away ?? `q quits, s sorts by ${order === 'trouble' ? 'queue' : 'trouble'}, arrows scroll${below}`
  return [...head, ...shown, ...blank, paint.dim(cut(foot, width))].slice(0, rows)
}
