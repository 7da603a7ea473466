import { z } from 'zod'
import { duration, durationOrZero } from './fields.js'
import type { Fault } from './problem.js'

const severityName = z.string().min(1, 'must be the name of a severity')

/** Alerta's HEARTBEAT_* settings, and what `alerta heartbeats --alert` is told on its command line. */
export const heartbeatsSchema = z.strictObject({
  timeout: durationOrZero.prefault('1d'),
  max_latency: duration.prefault('2s'),
  events: z.array(z.string().min(1)).default(['Heartbeat']),
  alert: z.boolean().default(false),
  severity: severityName.default('major'),
})

/** What Alerta's housekeeping is told: DELETE_EXPIRED_AFTER, DELETE_INFO_AFTER, DEFAULT_INFORM_SEVERITY; and how often. */
export const housekeepingSchema = z.strictObject({
  every: durationOrZero.prefault('1m'),
  delete_expired_after: durationOrZero.prefault('2h'),
  delete_info_after: durationOrZero.prefault('12h'),
  info_severity: severityName.default('informational'),
})

/** Alerta's blackout plugin and its settings. */
export const blackoutsSchema = z.strictObject({
  enabled: z.boolean().default(false),
  duration: duration.prefault('1h'),
  notification: z.boolean().default(false),
  accept: z.array(severityName).default([]),
})

interface Judged {
  readonly alerts: { readonly severities: Readonly<Record<string, number>> }
  readonly heartbeats: z.output<typeof heartbeatsSchema>
  readonly blackouts: z.output<typeof blackoutsSchema>
}

/** A severity that alerts cannot have would do nothing, or be refused when it is too late. */
export function upkeepProblems({ alerts, heartbeats, blackouts }: Judged): Fault[] {
  const unknown = (name: string): boolean => !Object.hasOwn(alerts.severities, name)
  const message = 'is not one of the names in alerts.severities'
  return [
    ...(heartbeats.alert && unknown(heartbeats.severity) ? [{ path: ['heartbeats', 'severity'], message }] : []),
    ...blackouts.accept.flatMap((name, i) =>
      blackouts.enabled && unknown(name) ? [{ path: ['blackouts', 'accept', i], message }] : [],
    ),
  ]
}
