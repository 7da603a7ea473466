import { Pool } from 'undici'
import { systemClock } from '../../src/base/clock.js'
import { randomIds } from '../../src/model/ids.js'
import { KEY, PEER_KEY } from '../acceptance/relay.js'
import type { Dice } from './dice.js'
import { createScript, type Request, type Script } from './script.js'
import type { Sent } from './sent.js'

export interface SendersOptions {
  readonly url: string
  readonly senders: number
  /** messages in all */
  readonly messages: number
  readonly dice: Dice
  /** messages per second, all senders together; undefined: as fast as the relay takes them */
  readonly perSecond?: number
}

export interface Senders {
  /** Resolves when every message has been answered 2xx. */
  run(): Promise<void>
  /** Ends after the messages that are under way. */
  stop(): void
  readonly sent: readonly Sent[]
  answered(): number
  /** requests that were not answered 2xx and sent again */
  repeats(): number
}

const OWN_RESOURCES = 4
const SHARED_RESOURCES = 4
/** Of the messages go to a resource that several senders share. */
const SHARED_PART = 0.04
const AGAIN_AFTER_MS = 20
/** Longer than any restart: a sender that gave up earlier would overtake itself. */
const PATIENCE_MS = 60_000

/**
 * Concurrent senders, half of them peers. Each sends one message at a time about resources of its own, and some about
 * shared ones; it repeats a message until it is answered 2xx, and only then sends the next.
 */
export function createSenders({ url, senders, messages, dice, perSecond }: SendersOptions): Senders {
  const sent: Sent[] = []
  let answered = 0
  let repeats = 0
  let stopped = false
  const startedAt = performance.now()

  async function send(pool: Pool, { sent: one, method, path, body }: Request): Promise<void> {
    const headers = {
      'x-request-id': String(one.n),
      authorization: `Key ${one.peer ? PEER_KEY : KEY}`,
      ...(one.peer ? { 'x-alerta-message': randomIds.messageId() } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    for (let tried = 0; !stopped; tried += 1) {
      const status = await statusOf(pool, { method, path, headers, body: body ? JSON.stringify(body) : null })
      // what had no answer may have been executed, and then it is gone
      const isGone = status === 404 && method === 'DELETE' && tried > 0
      if (status !== undefined && (status < 300 || isGone)) {
        one.answered = true
        answered += 1
        return
      }
      // a 4xx or 500 would be a defect of the relay, or of this load
      if (status !== undefined && status !== 503) throw new Error(`${method} ${path} ${one.n} was answered ${status}`)
      repeats += 1
      await systemClock.until(Date.now() + AGAIN_AFTER_MS)
    }
  }

  async function sender(pool: Pool, own: readonly Script[], common: readonly Script[]): Promise<void> {
    while (sent.length < messages && !stopped) {
      // unevenly: busy resources get long queues while a destination is away
      const script = dice.next() < SHARED_PART ? dice.oneOf(common) : own[Math.floor(own.length * dice.next() ** 2)]
      const request = (script as Script)(sent.length + 1)
      sent.push(request.sent)
      await send(pool, request)
      if (perSecond !== undefined) await systemClock.until(Date.now() + aheadBy(answered, perSecond))
    }
  }

  const aheadBy = (count: number, rate: number): number => (count / rate) * 1_000 - (performance.now() - startedAt)

  return {
    async run() {
      const pool = new Pool(url, { connections: senders, headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS })
      const all = Array.from({ length: senders }, (_, who) => sender(pool, ...scriptsOf(who, dice)))
      try {
        await Promise.all(all)
      } finally {
        stopped = true
        await pool.destroy()
      }
    },
    stop() {
      stopped = true
    },
    sent,
    answered: () => answered,
    repeats: () => repeats,
  }
}

function scriptsOf(who: number, dice: Dice): [Script[], Script[]] {
  const peer = who % 2 === 1
  const environments = ['Production', 'Development'] as const
  const own = Array.from({ length: OWN_RESOURCES }, (_, i) => {
    const environment = environments[i % 2] as string
    return createScript({
      lane: `web-${who}-${i}`,
      environment,
      shared: false,
      peer,
      events: ['NodeDown', 'Disk'],
      dice,
    })
  })
  const common = Array.from({ length: SHARED_RESOURCES }, (_, i) =>
    createScript({ lane: `shared-${i}`, environment: 'Production', shared: true, peer, events: [`Seen${who}`], dice }),
  )
  return [own, common]
}

/** Undefined: no answer, the relay was away or was killed on the way. */
async function statusOf(pool: Pool, request: Parameters<Pool['request']>[0]): Promise<number | undefined> {
  try {
    const { statusCode, body } = await pool.request(request)
    await body.dump()
    return statusCode
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined
    throw error
  }
}
