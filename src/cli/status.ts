import { systemClock } from '../base/clock.js'
import type { Overview } from '../management/overview.js'
import { CommandFailed } from './command-failed.js'
import type { ExitCode, Io } from './io.js'
import { type RunningRelay, runningRelay } from './operator.js'
import { paintFor, widthOf } from './paint.js'
import { reportingFailure } from './resync.js'
import { type Lanes, statusPage } from './status-page.js'
import { type Destination, statusScreen } from './status-screen.js'

export interface StatusOptions {
  /** path of the configuration file */
  readonly config: string
  /** one line of JSON a destination */
  readonly json?: boolean
  /** the well ones too, however many */
  readonly all?: boolean
}

/** `alerta-relay status [destination]`: is anything stuck, where, since when, why. Exit code 1: no relay runs. */
export async function status(destination: string | undefined, options: StatusOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('status', io, async () => {
    const relay = runningRelay(options.config, io.env, io.signal)
    const overview = await overviewOf(relay)
    const print = (lines: readonly string[]) => void io.stdout.write(lines.map((line) => `${line}\n`).join(''))
    if (destination === undefined) {
      if (options.json === true) print(overview.destinations.map((one) => JSON.stringify(one)))
      else print(statusScreen(overview, { width: widthOf(io), paint: paintFor(io), all: options.all === true }))
      return 0
    }
    const one = named(overview, destination)
    const lanes = await lanesOf(relay, destination)
    if (options.json === true) print([JSON.stringify({ ...one, lanes })])
    else print(statusPage(one, lanes, systemClock.now(), widthOf(io), paintFor(io)))
    return 0
  })
}

export async function overviewOf(relay: RunningRelay): Promise<Overview> {
  return (await relay.ask('GET', '/status')) as unknown as Overview
}

export async function lanesOf(relay: RunningRelay, destination: string): Promise<Lanes> {
  return (await relay.ask('GET', `/queue/${encodeURIComponent(destination)}`)) as unknown as Lanes
}

/** Also one that is not configured any more, as long as something waits for it. */
function named({ destinations }: Overview, name: string): Destination {
  const found = destinations.find((one) => one.name === name)
  if (found !== undefined) return found
  const names = destinations
    .map((one) => one.name)
    .sort()
    .join(', ')
  throw new CommandFailed(`no destination is named ${name}; there are ${names || 'none'}`)
}
