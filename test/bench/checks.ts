import { systemClock } from '../../src/base/clock.js'
import { lookUntil } from './look.js'
import type { Relay, Seen } from './relay.js'
import type { Sink } from './sink.js'
import type { Pressed } from './wrk.js'

const EVERY_MS = 1_000
const DRAIN_MS = 120_000
const SETTLE_MS = 10_000
const ENDS = ['delivered', 'folded', 'suppressed', 'superseded', 'dead']

/** What is known of the deliveries to a destination: the queued ones, and those that came to their end since the start. */
const known = ({ counters, destinations }: Seen, name: string): number =>
  ENDS.reduce((sum, end) => sum + (counters[`${end}.${name}`] ?? 0), 0) +
  (destinations.find((one) => one.name === name)?.queued ?? 0)

/** Finds fault where a relay that began with nothing has lost sight of something that it answered well. */
export async function unaccounted(relay: Relay, pressed: readonly Pick<Pressed, 'requests'>[]): Promise<string[]> {
  const answered = pressed.reduce((sum, { requests }) => sum + requests, 0)
  // the two halves of a status are not read at one moment
  const isWhole = (seen: Seen) => seen.destinations.every(({ name }) => known(seen, name) === acceptedBy(seen))
  const seen = await lookUntil('all that was accepted to be queued or at its end', relay.status, isWhole, SETTLE_MS)
  return acceptedBy(seen) < answered ? [`${answered} answered, ${acceptedBy(seen)} accepted`] : []
}

/** Waits until nothing is queued for these destinations. */
export async function drained(relay: Relay, names: readonly string[], withinMs = DRAIN_MS): Promise<Seen> {
  const isDrained = ({ destinations }: Seen) =>
    destinations.every(({ name, queued }) => queued === 0 || !names.includes(name))
  return lookUntil('the queues to drain', relay.status, isDrained, withinMs)
}

/** What a sink did not get of so many, or not in order; `folded` of them went out in later ones. */
export async function missing(sink: Sink, { sent, folded }: { sent: number; folded: number }): Promise<string[]> {
  const { distinct, disordered } = await sink.tell()
  const lost = sent - distinct - folded
  return [
    ...(lost === 0 ? [] : [`${lost} of ${sent} lost (${folded} folded)`]),
    ...(disordered === 0 ? [] : [`${disordered} out of order`]),
  ]
}

export const acceptedBy = ({ counters }: Seen): number => counters['accepted.alert'] ?? 0
export const foldedFor = ({ counters }: Seen, name: string): number => counters[`folded.${name}`] ?? 0

/** Waits until the sinks, by the names of their destinations, have all that was accepted, and finds fault with what they got. */
export async function undelivered(relay: Relay, sinks: Readonly<Record<string, Sink>>): Promise<string[]> {
  const seen = await drained(relay, Object.keys(sinks))
  const faults = Object.entries(sinks).map(async ([name, sink]) =>
    (await missing(sink, { sent: acceptedBy(seen), folded: foldedFor(seen, name) })).map(
      (fault) => `${name}: ${fault}`,
    ),
  )
  return (await Promise.all(faults)).flat()
}

/** The age of the oldest delivery queued for one of these destinations, looked at every second until the signal: the largest, s. */
export async function oldestQueued(relay: Relay, names: readonly string[], signal: AbortSignal): Promise<number> {
  let largest = 0
  while (!signal.aborted) {
    const { time, destinations } = await relay.status()
    const ages = destinations
      .filter(({ name, oldest }) => names.includes(name) && oldest !== null)
      .map(({ oldest }) => (time - Date.parse(oldest as string)) / 1_000)
    largest = Math.max(largest, ...ages)
    await systemClock.until(systemClock.now() + EVERY_MS, signal)
  }
  return largest
}
