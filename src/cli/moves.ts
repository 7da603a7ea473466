import { systemClock } from '../base/clock.js'
import { plain } from '../base/plain.js'
import { MOVE_COUNTS, type MoveCounts } from '../store/moves.js'
import { CommandFailed } from './command-failed.js'
import { pathOf } from './destinations.js'
import type { ExitCode, Io } from './io.js'
import { type RunningRelay, runningRelay } from './operator.js'
import { reportingFailure } from './resync.js'

interface QueueOptions {
  /** path of the configuration file */
  readonly config: string
  readonly lane?: string
  /** an id, or its beginning */
  readonly alert?: string
  /** a duration */
  readonly olderThan?: string
  readonly yes?: boolean
  /** one line of JSON */
  readonly json?: boolean
}

/** The answer to one request about a queue. */
interface Part {
  readonly next: number | null
  readonly inFlight: number
  readonly full?: boolean
}

/** What is under way is waited for so often, so long each time. */
const ROUNDS = 20
const ROUND_MS = 500

/** `alerta-relay move <from> <to>`: what is queued for one destination is queued for another. Without --yes it only tells. */
export async function move(from: string, to: string, options: QueueOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('move', io, async () => {
    const relay = runningRelay(options.config, io.env, io.signal)
    const body = { ...selectionOf(options), to }
    if (options.yes !== true) {
      const { sum, inFlight } = await once(relay, pathOf(from, 'move/dry-run'), body)
      if (options.json === true) io.stdout.write(`${JSON.stringify({ from, to, done: false, ...sum, inFlight })}\n`)
      else
        io.stdout.write(
          `would be moved from ${from} to ${to}: ${told(sum, inFlight)}\nnothing was done; --yes does it\n`,
        )
      return 1
    }
    const { all, inFlight, full } = await untilNoneIsTried(relay, from, body, io)
    io.stderr.write(clearLine(io))
    if (options.json === true) io.stdout.write(`${JSON.stringify({ from, to, done: true, ...all, inFlight })}\n`)
    else io.stdout.write(`moved from ${from} to ${to}: ${told(all, inFlight)}\n`)
    if (full) throw new CommandFailed(`the queue of ${to} takes no more; what is left stays where it is`)
    return inFlight > 0 ? 1 : 0
  })
}

/** In rounds, so that what was being tried in one is moved by the next. */
async function untilNoneIsTried(relay: RunningRelay, from: string, body: object, io: Io) {
  const all = { ...NOTHING }
  for (let round = 1; ; round += 1) {
    const { sum, inFlight, full } = await once(relay, pathOf(from, 'move'), body, (now) => progress(io, from, all, now))
    // those that stay were counted in each round
    for (const name of MOVE_COUNTS) all[name] = ENDED.includes(name) ? all[name] + sum[name] : sum[name]
    if (inFlight === 0 || full || round === ROUNDS || io.signal.aborted) return { all, inFlight, full }
    await systemClock.until(systemClock.now() + ROUND_MS, io.signal)
  }
}

type Counts = { -readonly [K in keyof MoveCounts]: number }
const NOTHING = Object.fromEntries(MOVE_COUNTS.map((name) => [name, 0])) as Counts
/** The others stay where they are. */
const ENDED: readonly (keyof MoveCounts)[] = ['moved', 'asNow', 'covered', 'alreadyThere', 'outdated']

const WORDS: Readonly<Record<keyof MoveCounts, string>> = {
  moved: 'as they are',
  asNow: 'alerts as they are now',
  covered: 'older than what it has of their alerts, for which that stands',
  alreadyThere: 'not sent again, for it has or had them',
  outdated: 'heartbeats whose time is over',
  notTaken: 'left, for its filter keeps them back',
  passed: 'left, for they came from there',
}

function told(counts: MoveCounts, inFlight: number): string {
  const parts = MOVE_COUNTS.filter((name) => counts[name] > 0).map((name) => `${counts[name]} ${WORDS[name]}`)
  if (inFlight > 0) parts.push(`${inFlight} left, for they or those before them are being tried`)
  return parts.join(', ') || 'nothing'
}

function progress(io: Io, from: string, before: Counts, now: Counts): void {
  if (io.stderr.isTTY !== true) return
  const done = ENDED.reduce((sum, name) => sum + before[name] + now[name], 0)
  io.stderr.write(`${clearLine(io)}${from}: ${done} moved`)
}

const clearLine = ({ stderr }: Io): string => (stderr.isTTY === true ? '\r\x1b[K' : '')

/** From the beginning of the queue to its end. */
async function once(relay: RunningRelay, path: string, body: object, onProgress: (sum: Counts) => void = () => {}) {
  const sum = { ...NOTHING }
  let inFlight = 0
  for (let after: number | null = 0; after !== null; ) {
    const part: Part & { readonly moved: MoveCounts } = (await relay.ask('POST', path, { ...body, after })) as never
    for (const name of MOVE_COUNTS) sum[name] += part.moved[name]
    inFlight += part.inFlight
    onProgress(sum)
    if (part.full === true) return { sum, inFlight, full: true }
    after = part.next
  }
  return { sum, inFlight, full: false }
}

/** `alerta-relay discard-queued <destination>`: what is queued ends without being sent. Without --yes it only tells. */
export async function discardQueued(
  destination: string,
  options: QueueOptions & { readonly why?: string },
  io: Io,
): Promise<ExitCode> {
  return reportingFailure('discard-queued', io, async () => {
    const relay = runningRelay(options.config, io.env, io.signal)
    const body = { ...selectionOf(options), ...(options.why === undefined ? {} : { why: options.why }) }
    const path = pathOf(destination, 'discard-queued')
    const sumUp = async (to: string) => {
      const sum = { discarded: 0, inFlight: 0 }
      for (let after: number | null = 0; after !== null; ) {
        const part: Part & { readonly discarded: number } = (await relay.ask('POST', to, { ...body, after })) as never
        sum.discarded += part.discarded
        sum.inFlight += part.inFlight
        after = part.next
      }
      return sum
    }
    const isMeant = options.yes === true
    const { discarded, inFlight } = await sumUp(isMeant ? path : `${path}/dry-run`)
    const left = inFlight === 0 ? '' : `; ${inFlight} left, for they or those before them are being tried`
    if (options.json === true) {
      io.stdout.write(`${JSON.stringify({ destination, done: isMeant, discarded, inFlight })}\n`)
    } else if (isMeant) io.stdout.write(`discarded from the queue of ${destination}: ${discarded}${left}\n`)
    else {
      io.stdout.write(`would be discarded from the queue of ${destination}: ${discarded}${left}\n`)
      io.stdout.write('nothing was done; --yes does it\n')
    }
    return isMeant ? 0 : 1
  })
}

function selectionOf({ lane, alert, olderThan }: QueueOptions): object {
  return {
    ...(lane === undefined ? {} : { lane }),
    ...(alert === undefined ? {} : { alert }),
    ...(olderThan === undefined ? {} : { olderThan }),
  }
}

interface Culprit {
  readonly message: string
  readonly kind: string
  readonly alert: string
  readonly action: string | null
  readonly acceptedAt: string
  readonly note: string | null
}

/** `alerta-relay release <destination> --skip`: buries the message that caused the suspension. Without --yes it only tells. */
export async function skip(
  destination: string,
  { config, yes }: { readonly config: string; readonly yes?: boolean },
  io: Io,
): Promise<ExitCode> {
  return reportingFailure('release', io, async () => {
    const relay = runningRelay(config, io.env, io.signal)
    const { why, culprit } = (await relay.ask('GET', pathOf(destination, 'skip'))) as {
      readonly why: string
      readonly culprit: Culprit | null
    }
    io.stdout.write(`${destination} is suspended: ${plain(why)}\n`)
    if (culprit === null) throw new CommandFailed('no message of its own caused that: release it without --skip')
    io.stdout.write(`because of ${describe(culprit)}\n`)
    if (yes !== true) {
      io.stdout.write('nothing was done; --yes makes a dead letter of it, and releases the destination\n')
      return 1
    }
    await relay.ask('POST', pathOf(destination, 'skip'), { message: culprit.message })
    io.stdout.write(`it is a dead letter now, and ${destination} is released\n`)
    return 0
  })
}

function describe({ message, kind, action, alert, acceptedAt, note }: Culprit): string {
  const what = action === null ? kind : `${kind} ${action}`
  const answer = note === null ? '' : `: ${note}`
  return plain(`message ${message}, ${what} about ${alert}, accepted ${acceptedAt}${answer}`)
}
