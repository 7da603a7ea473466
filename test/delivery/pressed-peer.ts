import type { Clock } from '../../src/base/clock.js'
import type { Begun, Concurrency } from '../../src/delivery/concurrency.js'

/** A server with so many workers and a queue before them, at the other end of a line, in a time of its own. */
export interface PeerModel {
  readonly workers: number
  /** how long a worker works on the next request, ms */
  readonly serviceMs: (now: number) => number
  /** what waits for the peer: so many at most are sent together, whatever the limit is */
  readonly wanted?: number
  readonly timeoutMs?: number
}

export interface Seen {
  readonly answered: number
  readonly timeouts: number
  /** of the answers, ms */
  readonly meanMs: number
  readonly longestMs: number
  /** the limits at each start of an attempt */
  readonly least: number
  readonly most: number
}

export interface ModelTime extends Pick<Clock, 'now' | 'monotonic'> {
  at: number
}

export function modelTime(): ModelTime {
  const time = { at: 0, now: () => time.at, monotonic: () => time.at }
  return time
}

interface Sent {
  readonly startedAt: number
  readonly begun: Begun
  over: boolean
}

/** Sends for `ms` as much as the limit allows, and tells what came of it. */
export function press(concurrency: Concurrency, time: ModelTime, peer: PeerModel, ms: number): Seen {
  const { workers, serviceMs, wanted = Number.POSITIVE_INFINITY, timeoutMs = Number.POSITIVE_INFINITY } = peer
  const end = time.at + ms
  const events: { readonly at: number; readonly happens: () => void }[] = []
  const queue: Sent[] = []
  const took: number[] = []
  const limits: number[] = []
  let free = workers
  let inFlight = 0
  let timeouts = 0

  /** After all that happens at the same time. */
  function later(ms: number, happens: () => void): void {
    const at = time.at + ms
    const after = events.findLastIndex((one) => one.at <= at)
    events.splice(after + 1, 0, { at, happens })
  }

  function send(): void {
    while (time.at < end && inFlight < Math.min(wanted, concurrency.limit())) {
      inFlight += 1
      limits.push(concurrency.limit())
      const sent: Sent = { startedAt: time.at, begun: concurrency.begun(inFlight), over: false }
      queue.push(sent)
      if (timeoutMs < Number.POSITIVE_INFINITY) later(timeoutMs, () => giveUp(sent))
    }
    while (free > 0 && queue.length > 0) {
      const sent = queue.shift() as Sent
      free -= 1
      later(serviceMs(time.at), () => answer(sent))
    }
  }

  function giveUp(sent: Sent): void {
    if (sent.over) return
    sent.over = true
    inFlight -= 1
    timeouts += 1
    concurrency.overloaded(sent.begun, 'no answer')
  }

  function answer(sent: Sent): void {
    free += 1
    if (sent.over) return // it was worked at all the same
    sent.over = true
    inFlight -= 1
    const rtt = time.at - sent.startedAt
    took.push(rtt)
    concurrency.answered(sent.begun, { least: rtt, most: rtt })
  }

  send()
  while (events.length > 0) {
    const next = events.shift() as (typeof events)[number]
    time.at = next.at
    next.happens()
    send()
  }
  return {
    answered: took.length,
    timeouts,
    meanMs: took.reduce((sum, one) => sum + one, 0) / took.length,
    longestMs: took.reduce((most, one) => Math.max(most, one), 0),
    least: limits.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY),
    most: limits.reduce((most, one) => Math.max(most, one), 0),
  }
}
