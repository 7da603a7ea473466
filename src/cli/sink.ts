import { systemClock } from '../base/clock.js'
import { httpUrl, listenAddress } from '../config/fields.js'
import { randomIds } from '../model/ids.js'
import { type Given, sinkAuth } from '../sink/credentials.js'
import { format } from '../sink/print.js'
import type { Received } from '../sink/received.js'
import { createSink, type Listening, type Sink } from '../sink/sink.js'
import type { ExitCode, Io } from './io.js'
import { aborted } from './signals.js'

export interface SinkCommand extends Given {
  /** host:port; port 0 takes a free one */
  readonly listen: string
  /** the name it looks for in X-Alerta-Loop; by default the address it listens on */
  readonly baseUrl?: string
  /** how many requests it remembers */
  readonly keep?: number
  /** prints no requests */
  readonly quiet?: boolean
  /** prints a request as one line of JSON */
  readonly json?: boolean
}

/** The sink cannot start as it was told to. */
export class SinkRefused extends Error {
  readonly code: 'usage' | 'listen_failed'
  readonly hint: string
  constructor(code: SinkRefused['code'], message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.hint = hint
  }
}

/** `alerta-relay sink`: runs until the signal. Exit code 1: it cannot listen there; 2: wrong usage. */
export async function sink(command: SinkCommand, io: Io): Promise<ExitCode> {
  try {
    const listening = await startSink(command, io)
    await aborted(io.signal)
    await listening.close()
    return 0
  } catch (error) {
    if (!(error instanceof SinkRefused)) throw error
    io.stderr.write(`sink: ${error.message}\n  hint: ${error.hint}\n`)
    return error.code === 'usage' ? 2 : 1
  }
}

/** Starts a sink that prints to stdout. Throws SinkRefused. */
export async function startSink(command: SinkCommand, io: Pick<Io, 'stdout'>): Promise<Listening> {
  const address = listenAddress.safeParse(command.listen)
  if (!address.success)
    throw usage(`"${command.listen}" is no address to listen on`, 'write for example 127.0.0.1:9090')
  if (command.baseUrl !== undefined && !httpUrl.safeParse(command.baseUrl).success) {
    throw usage(`"${command.baseUrl}" is no base URL`, 'write for example http://sink.example.com:9090')
  }
  if (command.keep !== undefined && !(Number.isSafeInteger(command.keep) && command.keep > 0)) {
    throw usage('the number of requests to keep is no whole number', 'write for example --keep 1000')
  }
  const given = await sinkAuth(command)
  if (!given.ok) throw usage(given.problem, 'write for example --basic ops:secret or --hawk relay1:secret')
  const created = createSink({
    clock: systemClock,
    ids: randomIds,
    auth: given.auth,
    baseUrl: command.baseUrl,
    keep: command.keep,
    onRequest: printer(command, io),
  })
  const listening = await listen(created, address.data)
  if (command.json !== true) io.stdout.write(greeting(listening.url, given.auth !== undefined))
  return listening
}

const usage = (message: string, hint: string): SinkRefused => new SinkRefused('usage', message, hint)

async function listen(created: Sink, address: { host: string; port: number }): Promise<Listening> {
  try {
    return await created.listen(address)
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause
    const where = `${address.host}:${address.port}`
    const hint = `is another process on ${where}, or is it not ours? Port 0 takes a free one`
    throw new SinkRefused('listen_failed', `cannot listen on ${where}: ${cause.code}`, hint, { cause })
  }
}

function printer({ quiet, json }: SinkCommand, { stdout }: Pick<Io, 'stdout'>): (received: Received) => void {
  if (quiet === true) return () => {}
  if (json === true) return (received) => void stdout.write(`${JSON.stringify(received)}\n`)
  return (received) => void stdout.write(`${format(received, stdout.isTTY === true)}\n`)
}

const greeting = (url: string, strict: boolean): string =>
  `sink listens on ${url} and ${strict ? 'wants a right credential' : 'checks no credentials'}
  ${url} and ${url}/api answer like Alerta, ${url}/anything echoes
  ${url}/_sink/requests shows what came, ${url}/_sink/behave makes it misbehave
`
