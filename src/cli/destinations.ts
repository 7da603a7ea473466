import { plain } from '../base/plain.js'
import { CommandFailed } from './command-failed.js'
import type { ExitCode, Io } from './io.js'
import { type RunningRelay, runningRelay } from './operator.js'
import { reportingFailure } from './resync.js'

/** As the operator API tells it (management/status.ts). */
interface Destination {
  readonly name: string
  readonly state: string
  readonly why?: string
  readonly until?: string
  readonly queued: number
}

export interface ReleaseOptions {
  /** path of the configuration file */
  readonly config: string
  /** the destination as it is now, as one line of JSON */
  readonly json?: boolean
}

export interface HoldOptions extends ReleaseOptions {
  readonly reason: string
  /** a duration */
  readonly for?: string
}

/** `alerta-relay hold <destination>`: nothing more is sent there; what is queued for it waits and grows no older. */
export async function hold(
  destination: string,
  { config, reason, for: time, json }: HoldOptions,
  io: Io,
): Promise<ExitCode> {
  return reportingFailure('hold', io, async () => {
    const relay = runningRelay(config, io.env, io.signal)
    const told = await act(relay, destination, 'hold', { reason, ...(time === undefined ? {} : { for: time }) })
    const until = told.until === undefined ? '' : ` until ${told.until}`
    say(io, json, told, `${destination} is held${until}: ${plain(reason)}`)
    return 0
  })
}

/** `alerta-relay release <destination>`: ends a hold or a suspension; what is queued goes out. */
export async function release(destination: string, { config, json }: ReleaseOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('release', io, async () => {
    const relay = runningRelay(config, io.env, io.signal)
    const answer = await relay.ask('POST', pathOf(destination, 'release'))
    const told = answer.destination as Destination
    if (answer.released !== true) throw new CommandFailed(`${destination} is neither held nor suspended`)
    say(io, json, told, `${destination} is released, ${messages(told.queued)} queued for it`)
    return 0
  })
}

/** `alerta-relay retry <destination>`: what waits for its next try is tried now. */
export async function retry(destination: string, { config, json }: ReleaseOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('retry', io, async () => {
    const told = await act(runningRelay(config, io.env, io.signal), destination, 'retry', {})
    const { state, queued, why } = told
    if (state === 'held' || state === 'suspended') {
      throw new CommandFailed(`${destination} is ${state} (${plain(why ?? '')}): release it, and it is tried`)
    }
    say(io, json, told, `${destination} is tried now, ${messages(queued)} queued for it`)
    return 0
  })
}

function say({ stdout }: Io, json: boolean | undefined, told: Destination, words: string): void {
  stdout.write(json === true ? `${JSON.stringify(told)}\n` : `${words}\n`)
}

async function act(relay: RunningRelay, destination: string, verb: string, body: object): Promise<Destination> {
  return (await relay.ask('POST', pathOf(destination, verb), body)).destination as Destination
}

export const pathOf = (destination: string, verb: string): string =>
  `/destinations/${encodeURIComponent(destination)}/${verb}`

const messages = (n: number): string => (n === 1 ? '1 message is' : `${n} messages are`)
