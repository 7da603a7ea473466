import { systemClock } from '../base/clock.js'
import { DIFFERENCES, type DiffLine, type Resync, type Tally } from '../model/resync.js'
import { CommandFailed } from './command-failed.js'
import type { ExitCode, Io } from './io.js'
import { type RunningRelay, runningRelay } from './operator.js'
import { createProgress } from './progress.js'

export interface ResyncOptions {
  /** path of the configuration file */
  readonly config: string
  readonly all?: boolean
  readonly from?: boolean
  /** a duration */
  readonly since?: string
  /** field=pattern */
  readonly match?: readonly string[]
  readonly dryRun?: boolean
  readonly detach?: boolean
  readonly stop?: boolean
  /** what comes of it, as one line of JSON */
  readonly json?: boolean
}

/** How often progress is looked at. */
const LOOK_EVERY_MS = 500

/**
 * `alerta-relay resync <destination>`: begins a resync at the running relay and shows it until its end. Exit code 1:
 * no relay, or it failed; 2: wrong usage.
 */
export async function resync(destination: string, options: ResyncOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('resync', io, async () => {
    const relay = runningRelay(options.config, io.env, io.signal)
    const path = `/resync/${encodeURIComponent(destination)}`
    const asked = askedOf(options)
    if (options.stop === true) {
      await relay.ask('DELETE', path)
      const words = `the resync of ${destination} is stopped; what it has queued stays queued`
      io.stdout.write(`${options.json === true ? JSON.stringify({ destination, stopped: true }) : words}\n`)
      return 0
    }
    if (options.dryRun === true) return dryRun(destination, asked, relay, options, io)
    const begun = await relay.ask('POST', path, asked)
    if (options.detach !== true) return follow(destination, relay, io, options.json)
    const words = `the resync of ${destination} has begun`
    io.stdout.write(`${options.json === true ? JSON.stringify(begun.resync) : words}\n`)
    return 0
  })
}

/** Runs a command, and tells the operator what it could not do. */
export async function reportingFailure(name: string, io: Io, run: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    io.stderr.write(`${name}: ${error.message}\n`)
    return error.exitCode
  }
}

/** The body of the request. */
export function askedOf({ all, from, since, match = [], dryRun }: Omit<ResyncOptions, 'config'>): object {
  if (all === true && from === true) throw new CommandFailed('--all and --from cannot go together', 2)
  if (from === true && (dryRun === true || since !== undefined || match.length > 0)) {
    throw new CommandFailed('--from takes no --dry-run, --since and --match; diff tells what is missing here', 2)
  }
  const fields: Record<string, string[]> = {}
  for (const one of match) {
    const [field = '', ...pattern] = one.split('=')
    if (pattern.length === 0) throw new CommandFailed(`write --match field=pattern, not --match ${one}`, 2)
    fields[field] = [...(fields[field] ?? []), pattern.join('=')]
  }
  const by = from === true ? 'from' : all === true ? 'all' : 'diff'
  return { by, match: fields, ...(since === undefined ? {} : { since }) }
}

async function dryRun(
  destination: string,
  asked: object,
  relay: RunningRelay,
  options: Pick<ResyncOptions, 'json'>,
  io: Io,
): Promise<ExitCode> {
  for await (const line of relay.lines('POST', `/diff/${encodeURIComponent(destination)}`, asked)) {
    const told = line as DiffLine
    if (told.kind === 'failed') {
      if (told.canBeRead) throw new CommandFailed(`${destination} cannot be asked now: ${told.why}`)
      io.stderr.write(`${destination} cannot be read: ${told.why}\nso all that it should have would be sent:\n`)
      return dryRun(destination, { ...asked, by: 'all' }, relay, options, io)
    }
    if (told.kind === 'summary' && options.json === true)
      io.stdout.write(`${JSON.stringify({ destination, ...told })}\n`)
    else if (told.kind === 'summary') io.stdout.write(`would be sent to ${destination}: ${wouldBeSent(told.tally)}\n`)
  }
  return 0
}

const wouldBeSent = (tally: Tally): string =>
  `${counted(tally, ['missing there', 'differs', 'deleted here'])} (of ${tally.seen ?? 0} alerts; ${tally['on the way'] ?? 0} more are on their way)`

/** "12 missing there, 1 differs" */
export const counted = (tally: Tally, names: readonly (keyof Tally)[] = DIFFERENCES): string =>
  names
    .filter((name) => (tally[name] ?? 0) > 0)
    .map((name) => `${tally[name]} ${name}`)
    .join(', ') || 'nothing'

/** Shows progress until the resync ends, and then what came of it. Interrupting it leaves the resync running. */
export async function follow(destination: string, relay: RunningRelay, io: Io, json?: boolean): Promise<ExitCode> {
  const shown = createProgress(io)
  for (;;) {
    const answer = await relay.ask('GET', `/resync/${encodeURIComponent(destination)}`)
    const state = answer.resync as (Resync & { readonly running: boolean }) | null
    if (state === null) throw new CommandFailed(`the resync of ${destination} is gone`)
    const line = progress(destination, state)
    if (!state.running) {
      shown.clear()
      io.stdout.write(`${json === true ? JSON.stringify({ destination, ...state }) : line}\n`)
      return state.phase === 'done' ? 0 : 1
    }
    shown.show(state.phase, line, shareOf(state))
    await systemClock.until(systemClock.now() + LOOK_EVERY_MS, io.signal)
    if (io.signal.aborted) {
      shown.clear()
      throw new CommandFailed(`not followed any more; the resync of ${destination} goes on`)
    }
  }
}

/** Of the phase that it is in; undefined: nobody knows yet how much there is. */
function shareOf({ phase, tally: { read = 0, told = 0, seen = 0, held = 0 } }: Resync): number | undefined {
  const [done, all] = phase === 'reading' ? [read, told] : [seen, held]
  return all === 0 ? undefined : done / all
}

function progress(destination: string, { phase, plan, tally, note }: Resync): string {
  const { read = 0, told = 0, seen = 0, held = 0, queued = 0 } = tally
  const remark = note === null ? '' : ` (${note})`
  switch (phase) {
    case 'reading':
      return `${destination}: reading its alerts, ${read} of ${told}${remark}`
    case 'queuing':
      return `${destination}: comparing and queuing, ${seen} of ${held} alerts, ${queued} messages queued${remark}`
    case 'done':
      if (plan.by === 'from') return `${destination}: done, ${fillings(tally)}`
      if (plan.by === 'all') return `${destination}: done, ${queued} messages queued${remark}`
      return `${destination}: done, ${queued} messages queued: ${counted(tally)}${remark}`
    case 'failed':
      return `${destination}: failed${remark}`
    case 'stopped':
      return `${destination}: stopped, ${queued} messages queued`
  }
}

const fillings = (tally: Tally): string =>
  `${tally.read ?? 0} alerts read: ${counted(tally, ['adopted', 'learned', 'known', 'deleted', 'unusable'])}`
