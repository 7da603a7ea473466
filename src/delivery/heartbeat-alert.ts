import { hostname } from 'node:os'
import type { Config } from '../config/schema.js'
import { type Heartbeat, type HeartbeatStatus, latencyOf } from '../model/heartbeat.js'

/** What is configured of these alerts, and what they need to know. */
export interface HeartbeatAlertRules {
  /** of one that the heartbeat's own attributes do not name */
  readonly severity: string
  readonly isSeverity: (name: string) => boolean
  readonly normalSeverity: string
  readonly maxLatencyMs: number
  /** who posts it: "alerta-relay/<host>" */
  readonly origin: string
}

const EVENTS: Readonly<Record<HeartbeatStatus, string>> = {
  expired: 'HeartbeatFail',
  slow: 'HeartbeatSlow',
  ok: 'HeartbeatOK',
}
export const heartbeatAlertRules = ({
  heartbeats,
  alerts,
}: Pick<Config, 'heartbeats' | 'alerts'>): HeartbeatAlertRules => ({
  severity: heartbeats.severity,
  isSeverity: (name) => Object.hasOwn(alerts.severities, name),
  normalSeverity: alerts.normal_severity,
  maxLatencyMs: heartbeats.max_latency,
  origin: `alerta-relay/${hostname()}`,
})

/** As the `alerta` command does (alertaclient/commands/cmd_heartbeats.py), whose alerts these correlate with. */
const CORRELATE = ['HeartbeatFail', 'HeartbeatSlow', 'HeartbeatOK']
const DEFAULTS = { environment: 'Production', service: ['Alerta'], group: 'System' } as const

/**
 * The body of a POST /alert that tells how it stands with an origin. Unlike those of the command, which is run every
 * minute, it is posted once: so it does not expire while nothing changes.
 */
export function heartbeatAlert(
  heartbeat: Heartbeat,
  status: HeartbeatStatus,
  text: string,
  rules: HeartbeatAlertRules,
): Readonly<Record<string, unknown>> {
  const { environment, severity, service, group, ...attributes } = heartbeat.attributes
  const named = typeof severity === 'string' && rules.isSeverity(severity) ? severity : rules.severity
  return {
    resource: heartbeat.origin,
    event: EVENTS[status],
    environment: textOr(environment, DEFAULTS.environment),
    severity: status === 'ok' ? rules.normalSeverity : named,
    correlate: CORRELATE,
    service: isTexts(service) ? service : DEFAULTS.service,
    group: textOr(group, DEFAULTS.group),
    text,
    tags: heartbeat.tags,
    attributes,
    origin: rules.origin,
    type: 'heartbeatAlert',
    timeout: 0,
    customer: heartbeat.customer,
  }
}

/** What is said of it, and Alerta's `value`. */
export function saying(
  heartbeat: Heartbeat,
  status: HeartbeatStatus,
  { now, maxLatencyMs }: { readonly now: number; readonly maxLatencyMs: number },
): { readonly text: string; readonly value: string } {
  switch (status) {
    case 'expired':
      return {
        text: `Heartbeat not received in ${heartbeat.timeout} seconds`,
        value: spanOf(Math.floor((now - heartbeat.receivedAt) / 1_000)),
      }
    case 'slow':
      return {
        text: `Heartbeat took more than ${maxLatencyMs}ms to be processed`,
        value: `${latencyOf(heartbeat)}ms`,
      }
    case 'ok':
      return { text: 'Heartbeat OK', value: '' }
  }
}

const DAY_S = 86_400

/** As Python writes a span: "0:00:03", "2 days, 1:00:00". */
function spanOf(seconds: number): string {
  const days = Math.floor(seconds / DAY_S)
  const rest = seconds - days * DAY_S
  const two = (value: number): string => String(value).padStart(2, '0')
  const time = `${Math.floor(rest / 3_600)}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`
  return days === 0 ? time : `${days} day${days === 1 ? '' : 's'}, ${time}`
}

const textOr = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string')
