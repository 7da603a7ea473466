import type { ShownDestination } from '../../management/console-look.js'
import { now } from './clock.js'
import { age, count, rate, several, span } from './format.js'

/** What is accepted goes out within a second or two where all is well (management/trouble.ts). */
const LATE_MS = 60_000

/** As the relay says, and "late" where it flows and something waits for too long. */
export function stateShown({ state, oldest }: { readonly state: string; readonly oldest: string | null }): string {
  const isLate = state === 'flowing' && oldest !== null && now() - Date.parse(oldest) > LATE_MS
  return isLate ? 'late' : state
}

/** "1,204 queued for 4 min", "0.4/s" */
export function amount({
  queued,
  oldest,
  deliveredPerSecond,
}: Pick<ShownDestination, 'queued' | 'oldest' | 'deliveredPerSecond'>): string {
  if (queued === 0) return `${rate(deliveredPerSecond)}/s`
  return `${count(queued)} queued${oldest === null ? '' : `, ${age(oldest)}`}`
}

/** What stops or slows it, in one line. */
export const whyShown = ({ trouble, dead }: Pick<ShownDestination, 'trouble' | 'dead'>): string =>
  trouble?.what ?? (dead > 0 ? several(dead, 'dead letter') : '')

/** "next probe in 12 s" */
export function nextShown(next: ShownDestination['next']): string | undefined {
  if (next === null) return undefined
  const ms = Date.parse(next.at) - now()
  return `next ${next.what} ${ms > 0 ? `in ${span(ms)}` : 'now'}`
}
