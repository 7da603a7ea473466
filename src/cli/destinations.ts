import { plain } from '../base/plain.js'
import type { ExitCode, Io } from './io.js'
import { CommandFailed, type RunningRelay, runningRelay } from './operator.js'
import { reportingFailure } from './resync.js'
import { columns } from './table.js'

/** As the operator API tells it (management/status.ts). */
interface Destination {
  readonly name: string
  readonly state: string
  readonly why?: string
  readonly hint?: string
  readonly until?: string
  readonly nextProbe?: string
  readonly queued: number
  readonly sending: number
  readonly dead: number
  readonly oldestAgeSeconds: number | null
  readonly lastFailure: { readonly at: string; readonly note: string } | null
}

export interface StatusOptions {
  /** path of the configuration file */
  readonly config: string
  /** one line of JSON a destination */
  readonly json?: boolean
}

/** `alerta-relay status`: every destination, what it is doing, and why it is not. Exit code 1: no relay runs. */
export async function status({ config, json }: StatusOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('status', io, async () => {
    const { destinations } = await runningRelay(config, io.env, io.signal).ask('GET', '/destinations')
    const all = destinations as readonly Destination[]
    io.stdout.write(json === true ? all.map((one) => `${JSON.stringify(one)}\n`).join('') : screen(all))
    return 0
  })
}

function screen(all: readonly Destination[]): string {
  if (all.length === 0) return 'no destinations are configured\n'
  const head = ['destination', 'state', 'queued', 'sending', 'oldest', 'dead', 'remark']
  return columns([head, ...all.map(row)])
}

const row = (one: Destination) => [
  one.name,
  one.state,
  one.queued,
  one.sending,
  one.oldestAgeSeconds === null ? '-' : age(one.oldestAgeSeconds),
  one.dead,
  plain(remark(one)),
]

/** Why it does not flow and what will happen next; of one that flows the last failure, while something waits. */
function remark({ state, why, hint, until, nextProbe, queued, lastFailure }: Destination): string {
  const parts = [
    ...(why === undefined ? [] : [why]),
    ...(hint === undefined ? [] : [hint]),
    ...(until === undefined ? [] : [`until ${until}`]),
    ...(nextProbe === undefined ? [] : [`next probe ${nextProbe}`]),
  ]
  const failure = lastFailure === null || (queued === 0 && state === 'flowing') ? [] : [`last: ${lastFailure.note}`]
  return [...parts, ...failure].join('; ')
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
] as const

/** "45s", "12m", "3h", "2d" */
function age(seconds: number): string {
  const unit = UNITS.find(([, size]) => seconds >= 2 * size)
  return unit === undefined ? `${seconds}s` : `${Math.floor(seconds / unit[1])}${unit[0]}`
}

export interface HoldOptions {
  readonly config: string
  readonly reason: string
  /** a duration */
  readonly for?: string
}

/** `alerta-relay hold <destination>`: nothing more is sent there; what is queued for it waits and grows no older. */
export async function hold(destination: string, { config, reason, for: time }: HoldOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('hold', io, async () => {
    const relay = runningRelay(config, io.env, io.signal)
    const told = await act(relay, destination, 'hold', { reason, ...(time === undefined ? {} : { for: time }) })
    io.stdout.write(
      `${destination} is held${told.until === undefined ? '' : ` until ${told.until}`}: ${plain(reason)}\n`,
    )
    return 0
  })
}

/** `alerta-relay release <destination>`: ends a hold or a suspension; what is queued goes out. */
export async function release(destination: string, { config }: StatusOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('release', io, async () => {
    const relay = runningRelay(config, io.env, io.signal)
    const answer = await relay.ask('POST', pathOf(destination, 'release'))
    const { queued } = answer.destination as Destination
    if (answer.released !== true) throw new CommandFailed(`${destination} is neither held nor suspended`)
    io.stdout.write(`${destination} is released, ${queued} messages are queued for it\n`)
    return 0
  })
}

/** `alerta-relay retry <destination>`: what waits for its next try is tried now. */
export async function retry(destination: string, { config }: StatusOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('retry', io, async () => {
    const { state, queued, why } = await act(runningRelay(config, io.env, io.signal), destination, 'retry', {})
    if (state === 'held' || state === 'suspended') {
      throw new CommandFailed(`${destination} is ${state} (${plain(why ?? '')}): release it, and it is tried`)
    }
    io.stdout.write(`${destination} is tried now, ${queued} messages are queued for it\n`)
    return 0
  })
}

async function act(relay: RunningRelay, destination: string, verb: string, body: object): Promise<Destination> {
  return (await relay.ask('POST', pathOf(destination, verb), body)).destination as Destination
}

export const pathOf = (destination: string, verb: string): string =>
  `/destinations/${encodeURIComponent(destination)}/${verb}`
