import { plain } from '../base/plain.js'
import { CommandFailed } from './command-failed.js'
import { pathOf } from './destinations.js'
import type { ExitCode, Io } from './io.js'
import { type RunningRelay, runningRelay } from './operator.js'
import { createProgress } from './progress.js'
import { reportingFailure } from './resync.js'
import { answer } from './story-words.js'
import { columns } from './table.js'

export interface LetterOptions {
  /** path of the configuration file */
  readonly config: string
  /** message ids, or how they begin */
  readonly message?: readonly string[]
  /** part of the reason */
  readonly reason?: string
  /** a duration */
  readonly since?: string
}

interface Letter {
  readonly message: string
  readonly kind: string
  readonly alert: string
  readonly action: string | null
  readonly diedAt: string
  readonly httpStatus: number | null
  readonly reason: string
}

interface Letters {
  readonly total: number
  readonly reasons: readonly { readonly reason: string; readonly count: number; readonly last: string }[]
  readonly letters: readonly Letter[]
}

/** `alerta-relay dead <destination>`: its dead letters by reason, and the newest of them. */
export async function dead(
  destination: string,
  options: LetterOptions & { readonly json?: boolean },
  io: Io,
): Promise<ExitCode> {
  return reportingFailure('dead', io, async () => {
    const relay = relayOf(options, io)
    const { total, reasons, letters } = await find(relay, destination, await selectionOf(relay, options))
    if (options.json === true) io.stdout.write(letters.map((one) => `${JSON.stringify(one)}\n`).join(''))
    else {
      io.stdout.write(`${destination}: ${total} dead\n${grouped(reasons)}`)
      if (letters.length > 0) io.stdout.write(`\nthe newest:\n${columns(letters.map(row))}`)
    }
    return 0
  })
}

const grouped = (reasons: Letters['reasons']): string =>
  columns(reasons.map(({ count, last, reason }) => [count, last, plain(reason)]))

const row = ({ message, kind, alert, action, diedAt, httpStatus, reason }: Letter) => [
  diedAt,
  message,
  plain(action === null ? kind : `${kind} ${action}`),
  plain(alert),
  plain(answer(httpStatus, reason) || '-'),
]

/** `alerta-relay replay <destination>`: dead letters go out again, as new messages behind what is queued. */
export async function replay(
  destination: string,
  options: LetterOptions & { readonly asWas?: boolean; readonly dryRun?: boolean; readonly json?: boolean },
  io: Io,
): Promise<ExitCode> {
  return reportingFailure('replay', io, async () => {
    const relay = relayOf(options, io)
    const selection = await selectionOf(relay, options)
    const { total, reasons } = await find(relay, destination, selection)
    if (total === 0) throw new CommandFailed(`no dead letter of ${destination} fits`)
    if (options.dryRun === true) {
      if (options.json === true) io.stdout.write(reasons.map((one) => `${JSON.stringify(one)}\n`).join(''))
      else io.stdout.write(`would be replayed to ${destination}: ${total}\n${grouped(reasons)}`)
      return 0
    }
    const shown = createProgress(io)
    const done = { asWas: 0, asNow: 0, covered: 0 }
    for (let more = true; more; ) {
      const body = { ...selection, asWas: options.asWas === true }
      const { replayed } = await relay.ask('POST', pathOf(destination, 'replay'), body)
      const part = replayed as typeof done & { readonly more: boolean }
      for (const name of ['asWas', 'asNow', 'covered'] as const) done[name] += part[name]
      more = part.more
      if (more) shown.show('replaying', `replaying to ${destination}`, (done.asWas + done.covered) / total)
    }
    shown.clear()
    if (options.json === true) {
      io.stdout.write(`${JSON.stringify({ destination, ...done })}\n`)
      return 0
    }
    const instead =
      done.covered === 0
        ? ''
        : `; ${done.covered} are older than what ${done.asNow} alerts are now, which is sent instead`
    io.stdout.write(`replayed to ${destination}: ${done.asWas}${instead}\n`)
    return 0
  })
}

/** `alerta-relay discard <destination>`: dead letters are over for good. Without --yes it only tells which. */
export async function discard(
  destination: string,
  options: LetterOptions & { readonly yes?: boolean; readonly why?: string; readonly json?: boolean },
  io: Io,
): Promise<ExitCode> {
  return reportingFailure('discard', io, async () => {
    const relay = relayOf(options, io)
    const selection = await selectionOf(relay, options)
    const { total, reasons } = await find(relay, destination, selection)
    if (total === 0) throw new CommandFailed(`no dead letter of ${destination} fits`)
    if (options.yes !== true) {
      if (options.json === true) io.stdout.write(reasons.map((one) => `${JSON.stringify(one)}\n`).join(''))
      else
        io.stdout.write(
          `would be discarded at ${destination}: ${total}\n${grouped(reasons)}nothing was done; --yes does it\n`,
        )
      return 1
    }
    const body = { ...selection, ...(options.why === undefined ? {} : { why: options.why }) }
    const shown = createProgress(io)
    let done = 0
    for (;;) {
      const { discarded } = await relay.ask('POST', pathOf(destination, 'discard'), body)
      if (discarded === 0) break
      done += discarded as number
      shown.show('discarding', `discarding at ${destination}`, done / total)
    }
    shown.clear()
    if (options.json === true) io.stdout.write(`${JSON.stringify({ destination, discarded: done })}\n`)
    else io.stdout.write(`discarded at ${destination}: ${done}\n`)
    return 0
  })
}

const relayOf = ({ config }: LetterOptions, { env, signal }: Io): RunningRelay => runningRelay(config, env, signal)

const find = async (relay: RunningRelay, destination: string, selection: object): Promise<Letters> =>
  (await relay.ask('POST', pathOf(destination, 'dead'), selection)) as unknown as Letters

const selectionOf = async (relay: RunningRelay, { message = [], reason, since }: LetterOptions): Promise<object> => ({
  messages: await Promise.all(message.map((one) => wholeId(relay, one))),
  ...(reason === undefined ? {} : { reason }),
  ...(since === undefined ? {} : { since }),
})

const WHOLE_LENGTH = 36

/** The relay knows which message begins so, or says that none does, or several. */
async function wholeId(relay: RunningRelay, beginning: string): Promise<string> {
  if (beginning.length === WHOLE_LENGTH) return beginning
  const shown = await relay.ask('GET', `/messages/${encodeURIComponent(beginning)}`)
  return (shown as unknown as { readonly message: { readonly message: string } }).message.message
}
