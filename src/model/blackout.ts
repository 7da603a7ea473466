import type { AlertFields } from './alert.js'

/** A time in which alerts are kept back (alerta/models/blackout.py, 9.1.0). */
export interface Blackout {
  readonly id: string
  readonly environment: string
  /** all of which the alert must have */
  readonly service: readonly string[]
  readonly resource: string | null
  readonly event: string | null
  readonly group: string | null
  /** all of which the alert must have */
  readonly tags: readonly string[]
  readonly origin: string | null
  readonly customer: string | null
  /** epoch ms, as all times here */
  readonly startTime: number
  readonly endTime: number
  /** seconds */
  readonly duration: number
  /** who signed in */
  readonly user: string
  readonly createTime: number
  readonly text: string | null
}

export const BLACKOUT_STATUSES = ['active', 'pending', 'expired'] as const
export type BlackoutStatus = (typeof BLACKOUT_STATUSES)[number]

export function blackoutStatus({ startTime, endTime }: Blackout, now: number): BlackoutStatus {
  if (startTime > now) return 'pending'
  return now < endTime ? 'active' : 'expired'
}

/** Whether it keeps this alert back. By when the alert was made, as at Alerta: one that is late is judged as if it were not. */
export function covers(blackout: Blackout, alert: AlertFields): boolean {
  const made = Date.parse(alert.createTime)
  return (
    blackout.startTime <= made &&
    made < blackout.endTime &&
    blackout.environment === alert.environment &&
    (['resource', 'event', 'group', 'origin', 'customer'] as const).every(
      (name) => blackout[name] === null || blackout[name] === alert[name],
    ) &&
    blackout.service.every((name) => alert.service.includes(name)) &&
    blackout.tags.every((tag) => alert.tags.includes(tag))
  )
}

/** Alerta's number for how much a blackout is narrowed down; lists show it. */
export function priorityOf({ resource, event, service, group, tags, origin }: Blackout): number {
  if (origin !== null) return 8
  if (resource !== null && event === null) return 2
  if (service.length > 0) return 3
  if (event !== null && resource === null) return 4
  if (group !== null) return 5
  if (resource !== null) return 6
  return tags.length > 0 ? 7 : 0
}
