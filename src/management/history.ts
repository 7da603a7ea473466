import type { Clock } from '../base/clock.js'
import type { Meter } from '../base/meter.js'
import { createWakeup } from '../base/wakeup.js'

/** What one stretch of time was like, of one destination or of the relay as a whole. */
export interface Stretch {
  /** epoch ms of its end */
  readonly at: number
  /** deliveries queued and sending, at its end */
  readonly queued: number
  /** deliveries that ended by an attempt, a second; of the relay: messages that were taken in */
  readonly perSecond: number
  /** of the attempts (of the relay: receptions) that ended, on average and at most; null: there was none */
  readonly ms: number | null
  readonly mostMs: number | null
}

export const SPANS = ['1h', '24h'] as const
export type Span = (typeof SPANS)[number]

/** 360 and 288 stretches of 5 numbers: 60 destinations take some 4 MB. */
const STEPS: Readonly<Record<Span, { readonly everyMs: number; readonly kept: number }>> = {
  '1h': { everyMs: 10_000, kept: 360 },
  '24h': { everyMs: 300_000, kept: 288 },
}

/** What destinations were like in the last hour and the last day, in memory: a restart forgets it. */
export interface History {
  start(): void
  stop(): Promise<void>
  /** Everything that the meter is told is noted here too. */
  listen(meter: Meter): Meter
  /** Oldest first; `name` undefined: of the relay as a whole. */
  of(name: string | undefined, span: Span): readonly Stretch[]
}

export interface HistoryDeps {
  readonly destinations: () => Iterable<string>
  /** deliveries queued and sending: see Store.depth */
  readonly depth: (destination: string) => number
  readonly clock: Clock
}

/** Under which the relay as a whole is kept: no destination is called so. */
const WHOLE = ''

export const everySeconds = (span: Span): number => STEPS[span].everyMs / 1_000

export function createHistory({ destinations, depth, clock }: HistoryDeps): History {
  const series = SPANS.map((span) => [span, createSeries(STEPS[span].everyMs, STEPS[span].kept)] as const)
  const wakeup = createWakeup()
  let stopped = false
  let loop: Promise<unknown> = Promise.resolve()

  function close(one: Series): void {
    const names = [...destinations()]
    const depths = new Map(names.map((name) => [name, depth(name)]))
    const all = [...depths.values()].reduce((sum, rows) => sum + rows, 0)
    one.close(clock.now(), depths.set(WHOLE, all))
  }

  async function run(span: Span, one: Series): Promise<void> {
    for (let at = clock.now() + STEPS[span].everyMs; !stopped; at += STEPS[span].everyMs) {
      await clock.until(at, wakeup.armed())
      if (!stopped) close(one)
      // after a sleep of the machine it does not catch up
      if (clock.now() > at + STEPS[span].everyMs) at = clock.now()
    }
  }

  return {
    start() {
      loop = Promise.all(series.map(([span, one]) => run(span, one)))
    },
    async stop() {
      stopped = true
      wakeup.wake()
      await loop
    },
    listen: (meter) => ({
      received(kind, ms) {
        meter.received(kind, ms)
        for (const [, one] of series) one.ended(WHOLE, ms)
      },
      attempted(destination, ms) {
        meter.attempted(destination, ms)
        for (const [, one] of series) one.took(destination, ms)
      },
      settled(destination, ageMs) {
        meter.settled(destination, ageMs)
        for (const [, one] of series) one.ended(destination)
      },
      committed: meter.committed,
    }),
    of: (name, span) => series.find(([one]) => one === span)?.[1].of(name ?? WHOLE) ?? [],
  }
}

interface Counting {
  ended: number
  taken: number
  sumMs: number
  mostMs: number
}

interface Series {
  /** `ms`: it took so long */
  ended(name: string, ms?: number): void
  took(name: string, ms: number): void
  /** Ends a stretch: of each of these names, and none other is kept. */
  close(now: number, depths: ReadonlyMap<string, number>): void
  of(name: string): readonly Stretch[]
}

function createSeries(everyMs: number, kept: number): Series {
  const counting = new Map<string, Counting>()
  const stretches = new Map<string, Stretch[]>()

  function countOf(name: string): Counting {
    let count = counting.get(name)
    if (count === undefined) {
      count = { ended: 0, taken: 0, sumMs: 0, mostMs: 0 }
      counting.set(name, count)
    }
    return count
  }

  function took(name: string, ms: number): void {
    const count = countOf(name)
    count.taken += 1
    count.sumMs += ms
    if (ms > count.mostMs) count.mostMs = ms
  }

  return {
    took,
    ended(name, ms) {
      countOf(name).ended += 1
      if (ms !== undefined) took(name, ms)
    },
    close(now, depths) {
      for (const name of stretches.keys()) if (!depths.has(name)) stretches.delete(name)
      for (const [name, queued] of depths) {
        const { ended, taken, sumMs, mostMs } = countOf(name)
        const list = stretches.get(name) ?? []
        list.push({
          at: now,
          queued,
          perSecond: Math.round((ended / everyMs) * 100_000) / 100,
          ms: taken === 0 ? null : Math.round((sumMs / taken) * 10) / 10,
          mostMs: taken === 0 ? null : Math.round(mostMs * 10) / 10,
        })
        if (list.length > kept) list.shift()
        stretches.set(name, list)
      }
      counting.clear()
    },
    of: (name) => stretches.get(name) ?? [],
  }
}
