/** The alert of a POST /alert body as Alerta understands it, defaults filled in (alerta/models/alert.py, 9.1.0). */
export interface AlertFields {
  readonly resource: string
  readonly event: string
  readonly environment: string
  readonly severity: string
  readonly correlate: readonly string[]
  readonly status: string
  readonly service: readonly string[]
  readonly group: string
  readonly value: string | null
  readonly text: string
  readonly tags: readonly string[]
  readonly attributes: Readonly<Record<string, unknown>>
  readonly origin: string | null
  readonly type: string
  /** ISO 8601 UTC with milliseconds */
  readonly createTime: string
  /** seconds; 0: never */
  readonly timeout: number
  readonly rawData: string | null
  readonly customer: string | null
}

/** What tells alerts apart: Alerta's de-duplication key. */
export type AlertKey = Pick<AlertFields, 'environment' | 'resource' | 'event' | 'customer'>

/** Alerta's severity table (models/alarms/alerta.py); the lower, the worse. */
export const SEVERITY_LEVEL: Readonly<Record<string, number>> = {
  security: 0,
  critical: 1,
  major: 2,
  minor: 3,
  warning: 4,
  indeterminate: 5,
  informational: 6,
  normal: 7,
  ok: 7,
  cleared: 7,
  debug: 8,
  trace: 9,
  unknown: 10,
}

/** The severities in use: Alerta's SEVERITY_MAP, DEFAULT_NORMAL_SEVERITY and DEFAULT_PREVIOUS_SEVERITY. */
export interface Severities {
  /** name to level */
  readonly severities: Readonly<Record<string, number>>
  /** what closes an alert, with all severities of its level */
  readonly normalSeverity: string
  /** what a new alert is said to have had before */
  readonly previousSeverity: string
}

export const ALERTA_SEVERITIES: Severities = {
  severities: SEVERITY_LEVEL,
  normalSeverity: 'normal',
  previousSeverity: 'indeterminate',
}

/** undefined: a name that is not in the map. */
export const levelOf = ({ severities }: Pick<Severities, 'severities'>, name: string): number | undefined =>
  Object.hasOwn(severities, name) ? severities[name] : undefined

export function isNormal(severity: string, among: Severities): boolean {
  const level = levelOf(among, severity)
  return level !== undefined && level === levelOf(among, among.normalSeverity)
}

const CLOSING_STATUSES = new Set(['closed', 'expired'])
const CLOSING_ACTIONS = new Set(['close', 'expired'])

/** Whether this reception leaves the alert closed: Alerta closes on any normal-level severity. */
export const alertCloses = (
  alert: Pick<AlertFields, 'severity' | 'status'>,
  severities: Severities = ALERTA_SEVERITIES,
): boolean => isNormal(alert.severity, severities) || CLOSING_STATUSES.has(alert.status)

export const statusCloses = (status: string): boolean => CLOSING_STATUSES.has(status)

export const actionCloses = (action: string): boolean => CLOSING_ACTIONS.has(action)
