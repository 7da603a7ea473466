import type { ApiKey } from '../model/api-key.js'
import type { SelfEvent } from '../model/self-event.js'
import type { QueueStatus } from '../store/contract.js'
import type { DispatcherState } from './dispatcher.js'

/** Something that an operator should know of now. */
export interface Trouble {
  readonly event: SelfEvent
  /** the destination, or the credential; undefined: the relay itself */
  readonly about: string | undefined
  readonly level: 'severe' | 'warning'
  readonly value: string
  readonly text: string
}

/** Of a queue's budget, and of limits.max_age. */
const HALF = 0.5
const MOST = 0.8
/** A destination that only says that it is busy, and takes nothing meanwhile, for so long. */
const BUSY_FOR_MS = 60_000

/** What is wrong with a destination, as its worker sees it; one that an operator holds is as it should be. */
export function ofWorker(about: string, state: DispatcherState, now: number): readonly Trouble[] {
  const { gate, breaker, pausedUntil, lastWellAt, lastFailure } = state
  const notFlowing = (value: string, text: string): readonly Trouble[] => [
    { event: 'DestinationNotFlowing', about, level: 'severe', value, text },
  ]
  if (gate.state === 'held') return []
  if (gate.state === 'suspended') return notFlowing('suspended', `${about} gets nothing: ${gate.why}; ${gate.hint}`)
  const last = lastFailure === undefined ? '' : `: ${lastFailure.note}`
  if (breaker !== 'closed') return notFlowing('failing', `${about} gets nothing${last}; what is queued is kept`)
  if (pausedUntil > now && now - lastWellAt > BUSY_FOR_MS) {
    return notFlowing('busy', `${about} takes nothing, it says that it is busy${last}`)
  }
  return []
}

/** What is wrong with a destination's queue. */
export function ofQueue(queue: QueueStatus, { now, maxAgeMs }: { now: number; maxAgeMs: number }): readonly Trouble[] {
  const { destination: about, rows, bytes, budget, oldestAt } = queue
  const full = budget === undefined ? 0 : Math.max(rows / budget.rows, bytes / budget.bytes)
  const old = oldestAt === undefined ? 0 : (now - oldestAt) / maxAgeMs
  return [
    ...share('QueueFilling', full, about, `messages wait for ${about}; at 100 % no more are queued there`),
    ...share('DeliveriesNearMaxAge', old, about, `of limits.max_age is the age of what waits longest for ${about}`),
  ]
}

function share(event: SelfEvent, part: number, about: string, rest: string): readonly Trouble[] {
  if (part < HALF) return []
  // in steps, or its text would be another one in each round
  const level = part < MOST ? 'warning' : 'severe'
  const value = `${(level === 'warning' ? HALF : MOST) * 100}%`
  const text =
    event === 'QueueFilling' ? `more than ${value} of the queue is used: ${rest}` : `more than ${value} ${rest}`
  return [{ event, about, level, value, text }]
}

export const ofDead = (about: string): Trouble => ({
  event: 'DeadLetters',
  about,
  level: 'warning',
  value: 'dead',
  text: `messages for ${about} were given up; alerta-relay dead ${about} shows why, replay sends them again`,
})

export const ofOverflow = (about: string): Trouble => ({
  event: 'NeedsResync',
  about,
  level: 'warning',
  value: 'overflow',
  text: `the queue of ${about} was full: what was not queued will be made up for by a resync`,
})

/** Time to make another key, and to bring it to those who use it. */
export const KEY_WARNING_MS = 7 * 86_400_000

export const ofDisk: Trouble = {
  event: 'DiskLow',
  about: undefined,
  level: 'severe',
  value: 'disk low',
  text: 'the disk of the relay is nearly full: senders are refused',
}

export const ofClock: Trouble = {
  event: 'ClockJumped',
  about: undefined,
  level: 'warning',
  value: 'jumped',
  text: 'the clock of the relay jumped, or it was away for hours: nothing expires for an hour',
}

/** Its last tenth, or the last week of a long life; and as long after its end as it lived, at most a week. */
export function isNearEnd({ createdAt, expiresAt }: Pick<ApiKey, 'createdAt' | 'expiresAt'>, now: number): boolean {
  if (expiresAt === null) return false
  const life = expiresAt - createdAt
  const begins = expiresAt - Math.min(KEY_WARNING_MS, life / 10)
  return now >= begins && now <= expiresAt + Math.min(KEY_WARNING_MS, life)
}

export const ofKey = ({ text, expiresAt }: ApiKey, now: number): Trouble => {
  const over = (expiresAt ?? Number.POSITIVE_INFINITY) <= now
  return {
    event: 'CredentialEnds',
    about: text,
    level: over ? 'severe' : 'warning',
    value: over ? 'ended' : 'ends soon',
    text: `the API key "${text}" ${over ? 'has ended' : 'ends within a week'}: who uses it ${over ? 'is' : 'will be'} refused`,
  }
}
