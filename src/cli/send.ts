import { readFileSync } from 'node:fs'
import { systemClock } from '../base/clock.js'
import { plain } from '../base/plain.js'
import { parseDuration } from '../base/units.js'
import type { ShownDelivery, ShownMessage } from '../management/story-shown.js'
import { CommandFailed } from './command-failed.js'
import type { ExitCode, Io } from './io.js'
import { type RunningRelay, runningRelay } from './operator.js'
import { reportingFailure } from './resync.js'

export interface SendOptions {
  /** path of the configuration file */
  readonly config: string
  readonly resource?: string
  readonly event?: string
  readonly environment?: string
  readonly severity?: string
  readonly service?: readonly string[]
  readonly text?: string
  /** of the alert `id`, in the place of an alert */
  readonly action?: string
  readonly id?: string
  /** a duration, or true: wait until it has come to its end everywhere */
  readonly wait?: string | boolean
  readonly json?: boolean
}

/** What is sent where nothing else is said: nobody should be woken by it. */
const TEST_ALERT = {
  resource: 'alerta-relay',
  event: 'TestAlert',
  environment: 'Production',
  severity: 'informational',
  service: ['alerta-relay'],
  text: 'a test, sent with alerta-relay send',
  timeout: 3_600,
}
const WAIT_MS = 30_000
const LOOK_EVERY_MS = 250

interface Sent {
  readonly message: string
  readonly alert: string
  readonly queued: readonly string[]
}

/** `alerta-relay send [file]`. Exit code 1: it was refused, or with --wait did not arrive everywhere it was queued for. */
export async function send(file: string | undefined, options: SendOptions, io: Io): Promise<ExitCode> {
  return reportingFailure('send', io, async () => {
    const relay = runningRelay(options.config, io.env, io.signal)
    const asked = options.action === undefined ? { alert: alertOf(file, options) } : { action: actionOf(file, options) }
    const sent = (await relay.ask('POST', '/send', asked)) as unknown as Sent
    if (options.wait !== undefined) return follow(sent, options, relay, io)
    if (options.json === true) io.stdout.write(`${JSON.stringify(factsOf(sent))}\n`)
    else io.stdout.write(`${told(sent)}\n`)
    return 0
  })
}

function alertOf(file: string | undefined, options: SendOptions): object {
  if (options.id !== undefined) throw new CommandFailed('--id is for --action', 2)
  const { resource, event, environment, severity, service, text } = options
  const given = Object.entries({ resource, event, environment, severity, service, text })
  return {
    ...(file === undefined ? TEST_ALERT : read(file)),
    ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
  }
}

function actionOf(file: string | undefined, { id, action, text }: SendOptions): object {
  if (id === undefined) throw new CommandFailed('--action needs --id, the id of an alert', 2)
  if (file !== undefined) throw new CommandFailed('a file is for an alert: --action takes none', 2)
  return { id, action, text: text ?? TEST_ALERT.text }
}

function read(file: string): object {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch (cause) {
    throw new CommandFailed(`${file} cannot be read: ${(cause as Error).message}`, 2, { cause })
  }
  throw new CommandFailed(`${file} has no JSON object in it`, 2)
}

/** Looks until everything has come to its end, or the time is over. */
async function follow(sent: Sent, { wait, json }: SendOptions, relay: RunningRelay, io: Io): Promise<ExitCode> {
  const waitMs = typeof wait === 'string' ? parseDuration(wait) : WAIT_MS
  if (waitMs === undefined) throw new CommandFailed('--wait takes a duration such as 30s', 2)
  if (json !== true) io.stdout.write(`${told(sent)}\n`)
  const deadline = systemClock.now() + waitMs
  let message = await look(relay, sent)
  while (message.deliveries.some(isUnderWay) && systemClock.now() < deadline) {
    await systemClock.until(systemClock.now() + LOOK_EVERY_MS, io.signal)
    message = await look(relay, sent)
  }
  const { deliveries, skipped } = message
  if (json === true) io.stdout.write(`${JSON.stringify({ ...factsOf(sent), deliveries, skipped })}\n`)
  else {
    for (const one of deliveries) io.stdout.write(`${plain(lineOf(one))}\n`)
    for (const { destination, why } of skipped) io.stdout.write(`${plain(`${destination}: skipped, ${why}`)}\n`)
  }
  return deliveries.every(({ state }) => state === 'delivered') ? 0 : 1
}

const look = async (relay: RunningRelay, { message }: Sent): Promise<ShownMessage> =>
  (await relay.ask('GET', `/messages/${message}`)).message as ShownMessage

const isUnderWay = ({ state }: ShownDelivery): boolean => state === 'queued' || state === 'sending'

/** mom1: delivered, 201, at the first try in 12 ms */
function lineOf({ destination, state, httpStatus, note, tries, waits }: ShownDelivery): string {
  const last = tries.at(-1)
  const took = last?.ms == null ? '' : `, try ${last.number} took ${last.ms} ms`
  const status = httpStatus === null ? '' : `, answered ${httpStatus}`
  const why = note === null || state === 'delivered' ? '' : `, ${note}`
  const next = waits === null ? '' : `; waits for ${waits.for}${waits.until === null ? '' : ` until ${waits.until}`}`
  return `${destination}: ${state}${status}${took}${why}${next}`
}

const factsOf = ({ message, alert, queued }: Sent): Sent => ({ message, alert, queued })

const told = ({ message, alert, queued }: Sent): string =>
  `taken as message ${message} about alert ${alert}, queued for ${queued.join(', ') || 'nobody'}`
