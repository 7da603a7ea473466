import type { Clock } from '../base/clock.js'
import type { Counters } from '../base/counters.js'
import type { Log } from '../base/log.js'
import { unreachable } from '../base/unreachable.js'
import type { DestinationConfig } from '../config/destination.js'
import { BATCH_LIMITS, type BatchLimits, LINK_HEADER, LINK_PATH, parseLimits } from '../model/link.js'
import { batchRequest, type Entry, entryOf, fitting, resultOf } from './batch.js'
import type { Client } from './client.js'
import type { Exchange, OutgoingRequest } from './exchange.js'
import { createGather } from './gather.js'
import { pathBelow } from './request.js'

/** One is worked on by the peer while the next is made here. */
const BATCHES_AT_ONCE = 2
/** What is larger goes by itself: it would fill a batch with few others. */
const MOST_BODY_BYTES = 64 * 1024
/** Of a batch's answer: some hundred bytes for each message, and a refusal may be long. */
const MOST_ANSWER_BYTES = 4 * 1024 * 1024
/** A peer that said that it takes batches, and does not: a proxy between, or another program in its place. */
const AGAIN_AFTER_MS = 5 * 60_000

/** With a batch so many deliveries as make it worth its while may be under way for each request that would be. */
const MOST_PER_REQUEST = 16
/** Their bodies are in memory: large ones widen nothing. */
const BYTES_PER_REQUEST = 512 * 1024
/** The share of the latest message in what is thought to be their usual size. */
const LATEST = 1 / 64

export interface LinkDeps {
  /** sends one request */
  readonly client: Client
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
}

interface Waiting extends Entry {
  readonly signal: AbortSignal
  readonly resolve: (exchange: Exchange) => void
}

/**
 * The client of a destination that is a relay: what is asked of it at one time goes there in one request, as soon as it
 * has said that it takes batches. Each exchange comes out as it would have by itself. What is tried again, what is large,
 * and what is alone goes by itself, and so does all where batches are not taken; then an exchange may take the
 * destination's timeout twice.
 */
export function createLink(destination: DestinationConfig, { client, clock, log, counters }: LinkDeps): Client {
  const { name } = destination
  const below = pathBelow(destination, '')
  const path = pathBelow(destination, LINK_PATH)
  let limits: BatchLimits | undefined
  let notBefore = Number.NEGATIVE_INFINITY
  let usualBytes = 0
  const gather = createGather<Waiting>({
    atOnce: BATCHES_AT_ONCE,
    fitting: (waiting) => fitting(stoppedTogether(waiting), limits ?? BATCH_LIMITS),
    send: (together) => (together.length === 1 || limits === undefined ? eachAlone(together) : sendBatch(together)),
  })

  async function alone(request: OutgoingRequest, signal: AbortSignal): Promise<Exchange> {
    const exchange = await client.exchange(request, signal)
    if (limits === undefined) listen(exchange)
    return exchange
  }

  async function eachAlone(together: readonly Waiting[]): Promise<void> {
    await Promise.all(together.map(async ({ request, signal, resolve }) => resolve(await alone(request, signal))))
  }

  /** Whether the peer says that it takes batches. */
  function listen(exchange: Exchange): void {
    const told = exchange.kind === 'answer' ? parseLimits(exchange.headers[LINK_HEADER]) : undefined
    if (told === undefined || clock.monotonic() < notBefore) return
    const { messages, bytes } = BATCH_LIMITS
    limits = { messages: Math.min(told.messages, messages), bytes: Math.min(told.bytes, bytes) }
    log.info({ destination: name, ...limits }, 'batch link opened')
  }

  /** Until the peer says again, in a plain answer, that it takes batches; no sooner than after `ms`. */
  function close(why: string, ms: number): void {
    if (limits === undefined) return
    limits = undefined
    notBefore = clock.monotonic() + ms
    log.info({ destination: name, why }, 'batch link closed')
  }

  async function sendBatch(together: readonly Waiting[]): Promise<void> {
    const { signal } = together[0] as Waiting
    const whole = await client.exchange(await batchRequest(together, path), signal, MOST_ANSWER_BYTES)
    const result = resultOf(whole, together.length)
    switch (result.kind) {
      case 'answers':
        counters.add('batches', name)
        counters.add('batched', name, together.length)
        for (const [i, exchange] of result.exchanges.entries()) together[i]?.resolve(exchange)
        return
      case 'same for all':
        for (const { resolve } of together) resolve(result.exchange)
        if (result.ill !== undefined && !signal.aborted) failed(result.ill)
        return
      case 'not taken':
        close(result.why, AGAIN_AFTER_MS)
        return eachAlone(together)
      default:
        return unreachable(result)
    }
  }

  /** What waits would only wait once more for the same, and longer than it may. */
  function failed(why: string): void {
    close(why, 0)
    for (const { resolve } of gather.takeAll()) resolve({ kind: 'not sent', code: 'BATCH', why: `not sent: ${why}` })
  }

  return {
    exchange(request, signal, wholeBytes) {
      if (request.batch !== true || wholeBytes !== undefined) return client.exchange(request, signal, wholeBytes)
      const bytes = request.body?.length ?? 0
      usualBytes += (bytes - usualBytes) * LATEST
      if (limits === undefined || bytes > MOST_BODY_BYTES) return alone(request, signal)
      return new Promise((resolve) => gather.add({ ...entryOf(request, below), signal, resolve }))
    },
    perRequest() {
      if (limits === undefined) return 1
      return Math.max(1, Math.min(MOST_PER_REQUEST, Math.floor(BYTES_PER_REQUEST / Math.max(usualBytes, 1))))
    },
    stats: client.stats,
    close: client.close,
  }
}

/** Those at the beginning that one signal stops. */
function stoppedTogether(waiting: readonly Waiting[]): readonly Waiting[] {
  const end = waiting.findIndex(({ signal }) => signal !== waiting[0]?.signal)
  return end === -1 ? waiting : waiting.slice(0, end)
}
