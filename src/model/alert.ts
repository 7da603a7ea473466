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

const NORMAL_LEVEL = 7
const CLOSING_STATUSES = new Set(['closed', 'expired'])
const CLOSING_ACTIONS = new Set(['close', 'expired'])

/** Whether this reception leaves the alert closed: Alerta closes on any normal-level severity. */
export const alertCloses = (alert: Pick<AlertFields, 'severity' | 'status'>): boolean =>
  SEVERITY_LEVEL[alert.severity] === NORMAL_LEVEL || CLOSING_STATUSES.has(alert.status)

export const actionCloses = (action: string): boolean => CLOSING_ACTIONS.has(action)
