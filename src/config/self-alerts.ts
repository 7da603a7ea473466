import { z } from 'zod'
import type { Fault } from './problem.js'

const severityName = z.string().min(1, 'must be the name of a severity')

/** Where a site has other names, and says nothing of these alerts, the nearest are taken (delivery/self-alert.ts). */
const USUAL = { severity: 'major', warning_severity: 'warning' } as const

/** The alerts that the relay raises about itself (delivery/self-watch.ts). */
export const selfAlertsSchema = z.strictObject({
  enabled: z.boolean().default(true),
  environment: z.string().min(1, 'must not be empty').default('Production'),
  service: z.array(z.string().min(1)).min(1, 'must name at least one service').default(['Alerta']),
  severity: severityName.default(USUAL.severity),
  warning_severity: severityName.default(USUAL.warning_severity),
})

interface Judged {
  readonly alerts: { readonly severities: Readonly<Record<string, number>> }
  readonly reject: { readonly allowed_environments: readonly string[] }
  readonly self_alerts: z.output<typeof selfAlertsSchema>
}

/** With a severity that alerts cannot have they would be refused, when it is too late. */
export const selfAlertProblems = ({ alerts, self_alerts }: Judged): Fault[] =>
  (['severity', 'warning_severity'] as const).flatMap((key) =>
    self_alerts.enabled && self_alerts[key] !== USUAL[key] && !Object.hasOwn(alerts.severities, self_alerts[key])
      ? [{ path: ['self_alerts', key], message: 'is not one of the names in alerts.severities' }]
      : [],
  )

/** The relay judges its own alerts as it judges all others. */
export function selfAlertWarnings({ reject, self_alerts: { enabled, environment } }: Judged): Fault[] {
  const allowed = reject.allowed_environments
  if (!enabled || allowed.length === 0 || allowed.some((one) => new RegExp(`^(?:${one})$`).test(environment))) return []
  const message = `is ${environment}, which reject.allowed_environments refuses: the relay cannot tell on itself`
  return [{ path: ['self_alerts', 'environment'], message }]
}
