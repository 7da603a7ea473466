import { z } from 'zod'
import { ALERTA_SEVERITIES, type Severities } from '../model/alert.js'
import { durationOrZero } from './fields.js'
import type { Fault } from './problem.js'

const { severities, normalSeverity, previousSeverity } = ALERTA_SEVERITIES
const severityName = z.string().min(1, 'must be the name of a severity')

/** How alerts are understood: Alerta's SEVERITY_MAP, DEFAULT_*_SEVERITY and *_TIMEOUT. */
export const alertsSchema = z.strictObject({
  severities: z.record(severityName, z.int('must be a whole number; the lower, the worse')).default({ ...severities }),
  normal_severity: severityName.default(normalSeverity),
  previous_severity: severityName.default(previousSeverity),
  timeout: durationOrZero.prefault('1d'),
  ack_timeout: durationOrZero.prefault('0s'),
  shelve_timeout: durationOrZero.prefault('2h'),
})
type AlertsConfig = z.output<typeof alertsSchema>

export const severitiesOf = (alerts: AlertsConfig): Severities => ({
  severities: alerts.severities,
  normalSeverity: alerts.normal_severity,
  previousSeverity: alerts.previous_severity,
})

/** Alerta does not start with these either. */
export const severityProblems = ({ alerts }: { readonly alerts: AlertsConfig }): Fault[] =>
  (['normal_severity', 'previous_severity'] as const)
    .filter((key) => !Object.hasOwn(alerts.severities, alerts[key]))
    .map((key) => ({ path: ['alerts', key], message: 'is not one of the names in alerts.severities' }))
