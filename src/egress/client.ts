import { setMaxListeners } from 'node:events'
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

/** One reason for all: an error made for each exchange costs more than the rest of its end. */
const OVER = new Error('the exchange is over')

/** Carries a failure through p-retry. */
class NotSent extends Error {
  readonly exchange: Extract<Exchange, { kind: 'not sent' }>
  constructor(exchange: Extract<Exchange, { kind: 'not sent' }>) {
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

  async function once(
    request: OutgoingRequest,
    deadline: number,
    signal: AbortSignal,
    wholeBytes: number | undefined,
  ): Promise<Exchange> {
    if (signal.aborted) return { kind: 'not sent', code: 'STOPPED', why: 'the relay is stopping' }
    const headers = signed(request)
    const over = new AbortController()
    const read = destination.kind !== 'http'
    const receiver = createReceiver(readingFor(read, wholeBytes), () => {
      if (!read) void stopAt(deps.clock.now() + DUMP_MS)
    })
    const stopAt = async (at: number): Promise<void> => {
      await deps.clock.until(at, over.signal)
      const within = `within ${destination.timeout / 1000} s`
      receiver.stop('TIMEOUT', `no answer ${within}`, `no connection ${within}`)
    }
    const onAbort = () => receiver.stop('STOPPED', 'the relay is stopping')
    // one signal may stop as many requests as the destination takes at once; Node warns from 11 on
    setMaxListeners(0, signal)
    signal.addEventListener('abort', onAbort, { once: true })
    void stopAt(deadline)
    const { method, path, body } = request
    pool.dispatch({ method, path, headers, body }, receiver.handler)
    const exchange = await receiver.exchange
    over.abort(OVER)
    signal.removeEventListener('abort', onAbort)
    return exchange
  }

  function signed(request: OutgoingRequest): Record<string, string> {
    const contentType = request.headers['content-type']
    const authorization = deps.sign({ ...request, url: origin + request.path, contentType })
    return { ...request.headers, ...(authorization === undefined ? {} : { authorization }) }
  }

  async function tryOnce(...asked: Parameters<typeof once>): Promise<Exchange> {
    const exchange = await once(...asked)
    if (exchange.kind === 'not sent' && isPassing(exchange.code)) throw new NotSent(exchange)
    return exchange
  }

  return {
    async exchange(request, signal, wholeBytes) {
      const deadline = deps.clock.now() + destination.timeout
      try {
        // without the signal: p-retry would throw away an answer that came together with it
        return await pRetry(() => tryOnce(request, deadline, signal, wholeBytes), {
          retries: RECONNECTS,
          minTimeout: RECONNECT_AFTER_MS,
          maxRetryTime: RECONNECT_WITHIN_MS,
          shouldRetry: ({ error }) => error instanceof NotSent,
        })
      } catch (error) {
        if (error instanceof NotSent) return error.exchange
        throw error
      }
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
