import pRetry from 'p-retry'
import { Pool } from 'undici'
import type { Signer } from '../auth/sign.js'
import type { Clock } from '../base/clock.js'
import type { DestinationConfig } from '../config/destination.js'
import { readCertificates } from './certificates.js'
import { createDial } from './dial.js'
import type { Exchange, OutgoingRequest } from './exchange.js'
import { isPassing } from './failure.js'
import type { Resolve } from './lookup.js'
import { createDump, createKeeping, createReading, type Reading } from './reading.js'
import { createReceiver } from './receiver.js'
import { createStops } from './stops.js'

/** Shorter than gunicorn's 2 s, so that we never write to a connection that the peer is closing. */
const KEEP_ALIVE_MS = 1_500
/** Even where a peer promises more: behind it may stand a balancer that forgets sooner. */
const MAX_KEEP_ALIVE_MS = 60_000
/** A connection that fails at once is tried once more, for a listener that restarts; the delivery row does the rest. */
const RECONNECTS = 1
const RECONNECT_AFTER_MS = 200
const RECONNECT_WITHIN_MS = 1_000
/** An http destination's body is let pass for as long, to keep the connection; it says nothing to us. */
const DUMP_MS = 1_000

export interface ClientStats {
  /** open connections, and those of them that wait for work */
  readonly connected: number
  readonly free: number
  /** requests on a connection, and requests waiting for one */
  readonly running: number
  readonly queued: number
}

export interface Client {
  /**
   * One try: signs, sends, reads. Never rejects; ends within the destination's timeout or with the signal. With
   * `wholeBytes` an answer is kept whole up to so many and is oversized beyond; without, a long one is skimmed.
   */
  exchange(request: OutgoingRequest, signal: AbortSignal, wholeBytes?: number): Promise<Exchange>
  /** How many exchanges should be under way for each request that may: several where they share requests. */
  perRequest(): number
  stats(): ClientStats
  /** Closes all connections; what still runs ends as unknown. */
  close(): Promise<void>
}

export interface ClientDeps {
  readonly sign: Signer
  readonly clock: Clock
  /** resolves host names; the system's resolver by default */
  readonly resolve?: Resolve | undefined
}

type Unsent = Extract<Exchange, { kind: 'not sent' }>

const isToTryAgain = (exchange: Exchange): exchange is Unsent =>
  exchange.kind === 'not sent' && isPassing(exchange.code)

/** Carries a failure through p-retry. */
class NotSent extends Error {
  readonly exchange: Unsent
  constructor(exchange: Unsent) {
    super(exchange.why)
    this.exchange = exchange
  }
}

/**
 * The HTTP client of one destination, with its own connections: nobody waits behind another destination. It follows
 * no redirects and repeats no request.
 */
export function createClient(destination: DestinationConfig, deps: ClientDeps): Client {
  const { origin } = new URL(destination.url)
  const pool = new Pool(origin, {
    connections: destination.concurrency.max,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: MAX_KEEP_ALIVE_MS,
    // one deadline covers headers and body; undici's own timers are a second coarse
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: createDial(
      {
        timeout: destination.connect_timeout,
        rejectUnauthorized: destination.ssl_verify,
        ...readCertificates(destination),
      },
      { denyPrivate: destination.deny_private, resolve: deps.resolve },
    ),
  })

  const stops = createStops()

  async function once(
    request: OutgoingRequest,
    deadline: number,
    signal: AbortSignal,
    wholeBytes: number | undefined,
  ): Promise<Exchange> {
    if (signal.aborted) return { kind: 'not sent', code: 'STOPPED', why: 'the relay is stopping' }
    const headers = signed(request)
    const read = destination.kind !== 'http'
    const receiver = createReceiver(readingFor(read, wholeBytes), () => {
      if (!read) alarms.push(deps.clock.alarm(deps.clock.now() + DUMP_MS, onTimeout))
    })
    const onTimeout = () => {
      const within = `within ${destination.timeout / 1000} s`
      receiver.stop('TIMEOUT', `no answer ${within}`, `no connection ${within}`)
    }
    const alarms = [deps.clock.alarm(deadline, onTimeout)]
    const forget = stops.add(signal, () => receiver.stop('STOPPED', 'the relay is stopping'))
    const { method, path, body } = request
    pool.dispatch({ method, path, headers, body }, receiver.handler)
    const exchange = await receiver.exchange
    for (const silence of alarms) silence()
    forget()
    return exchange
  }

  function signed(request: OutgoingRequest): Record<string, string> {
    const contentType = request.headers['content-type']
    const authorization = deps.sign({ ...request, url: origin + request.path, contentType })
    return { ...request.headers, ...(authorization === undefined ? {} : { authorization }) }
  }

  /** `first` is what the first try came to, `spentMs` what it took. */
  async function again(first: Unsent, spentMs: number, tryOnce: () => Promise<Exchange>): Promise<Exchange> {
    const next = async (attempt: number): Promise<Exchange> => {
      const exchange = attempt === 1 ? first : await tryOnce()
      if (isToTryAgain(exchange)) throw new NotSent(exchange)
      return exchange
    }
    try {
      // without the signal: p-retry would throw away an answer that came together with it
      return await pRetry(next, {
        retries: RECONNECTS,
        minTimeout: RECONNECT_AFTER_MS,
        maxRetryTime: Math.max(0, RECONNECT_WITHIN_MS - spentMs),
        shouldRetry: ({ error }) => error instanceof NotSent,
      })
    } catch (error) {
      if (error instanceof NotSent) return error.exchange
      throw error
    }
  }

  return {
    async exchange(request, signal, wholeBytes) {
      const [begun, since] = [deps.clock.now(), deps.clock.monotonic()]
      const tryOnce = () => once(request, begun + destination.timeout, signal, wholeBytes)
      const exchange = await tryOnce()
      // nearly all are through at once: what tries again costs more than half of a request
      return isToTryAgain(exchange) ? again(exchange, deps.clock.monotonic() - since, tryOnce) : exchange
    },
    perRequest: () => 1,
    stats: () => ({
      connected: pool.stats.connected,
      free: pool.stats.free,
      running: pool.stats.running,
      queued: pool.stats.queued,
    }),
    close: () => pool.destroy(),
  }
}

function readingFor(read: boolean, wholeBytes: number | undefined): Reading {
  if (!read) return createDump()
  return wholeBytes === undefined ? createReading() : createKeeping(wholeBytes)
}
