import { hostname } from 'node:os'
import type { Config } from '../config/schema.js'
import type { SelfEvent } from '../model/self-event.js'
import type { Trouble } from './trouble.js'

/** By which the relay knows its own alerts again. */
export const SELF_TYPE = 'relayAlert'

/** What is configured of these alerts. */
export interface SelfAlertRules {
  readonly environment: string
  readonly service: readonly string[]
  readonly severities: Readonly<Record<Trouble['level'], string>>
  readonly normalSeverity: string
  /** our base_url without the scheme; the first part of every resource */
  readonly relay: string
  /** "alerta-relay/<host>" */
  readonly origin: string
}

export const selfAlertRules = ({
  self_alerts,
  alerts,
  base_url,
}: Pick<Config, 'self_alerts' | 'alerts' | 'base_url'>): SelfAlertRules => ({
  environment: self_alerts.environment,
  service: self_alerts.service,
  severities: {
    severe: severityOf(self_alerts.severity, alerts, 'worst'),
    warning: severityOf(self_alerts.warning_severity, alerts, 'mildest'),
  },
  normalSeverity: alerts.normal_severity,
  // two relays may tell of one destination, and one may get the other's alerts
  relay: base_url.replace(/^\w+:\/\//, '').replace(/\/+$/, ''),
  origin: `alerta-relay/${hostname()}`,
})

/** The name itself, or that of the worst or the mildest severity above normal, where it is none of the site's. */
function severityOf(
  name: string,
  { severities, normal_severity }: Config['alerts'],
  which: 'worst' | 'mildest',
): string {
  if (Object.hasOwn(severities, name)) return name
  const normal = severities[normal_severity] ?? Number.POSITIVE_INFINITY
  const worse = Object.entries(severities).filter(([, level]) => level < normal)
  const sorted = worse.sort(([, a], [, b]) => a - b).map(([one]) => one)
  return sorted.at(which === 'worst' ? 0 : -1) ?? normal_severity
}

/** "relay.example.com" or "relay.example.com/mom1" */
export const resourceOf = (about: string | undefined, { relay }: Pick<SelfAlertRules, 'relay'>): string =>
  about === undefined ? relay : `${relay}/${about}`

/** What it is told by; the resource tells of whom. */
export interface Told {
  readonly event: SelfEvent
  readonly resource: string
}

/** The body of a POST /alert. It is posted once, so it does not end by itself; `trouble` undefined: it is over. */
export function selfAlert(
  { event, resource }: Told,
  trouble: Pick<Trouble, 'level' | 'value' | 'text'> | undefined,
  rules: SelfAlertRules,
): Readonly<Record<string, unknown>> {
  return {
    resource,
    event,
    environment: rules.environment,
    severity: trouble === undefined ? rules.normalSeverity : rules.severities[trouble.level],
    service: rules.service,
    group: 'Relay',
    value: trouble?.value ?? 'ok',
    text: trouble?.text ?? 'it is over',
    tags: [],
    attributes: {},
    origin: rules.origin,
    type: SELF_TYPE,
    timeout: 0,
  }
}
