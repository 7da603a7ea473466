import { severitiesOf } from '../config/alerts.js'
import type { Config } from '../config/schema.js'
import { type AlertFields, levelOf, type Severities } from '../model/alert.js'
import * as check from './checks.js'
import type { JsonObject } from './json-object.js'
import { asText, attributesOf, textOr, textsOf, timeoutOf } from './values.js'

/** What is configured of how alerts are read. */
export interface AlertRules extends Severities {
  /** of an alert that does not say it, seconds; 0: never */
  readonly timeoutS: number
}

/** Alerta's defaults (alerta/models/alert.py, settings.py of 9.1.0). */
const DEFAULTS = { status: 'open', group: 'Misc', type: 'exceptionAlert' } as const

export const alertRulesOf = ({ alerts }: Pick<Config, 'alerts'>): AlertRules => ({
  ...severitiesOf(alerts),
  timeoutS: Math.ceil(alerts.timeout / 1_000),
})

/** Enough to tell what was meant; an answer and a log line of megabytes help nobody. */
const REPEATED = 64

function severityProblem(object: JsonObject, rules: AlertRules): string | undefined {
  const name = textOr(object, 'severity', rules.normalSeverity)
  if (levelOf(rules, name) !== undefined) return undefined
  return `Severity (${name.slice(0, REPEATED)}) is not one of ${Object.keys(rules.severities).join(', ')}`
}

/** In Alerta's order, so that of two mistakes the same one is named. */
const CHECKS: readonly check.Check[] = [
  ...['correlate', 'service', 'tags'].map(check.textList),
  check.correlateLength,
  check.attributes,
  check.timeout,
  check.customer,
  check.createTime,
  check.mandatory('resource'),
  check.mandatory('event'),
  check.attributeKeys,
  ...['resource', 'event', 'environment', 'severity', 'status', 'group', 'origin', 'type'].map(check.textOrNull),
  check.id,
]

/** What Alerta would refuse in the body of a POST /alert, or fail at. */
export const alertProblem = (object: JsonObject, rules: AlertRules): string | undefined =>
  check.firstProblem(object, CHECKS) ?? severityProblem(object, rules)

/** The alert of a body without problems. `filled` is what the relay decided: see receive-alert.ts. */
export function alertFields(
  object: JsonObject,
  filled: { readonly createTime: string; readonly customer: string | null },
  rules: AlertRules,
): AlertFields {
  const event = textOr(object, 'event', '')
  return {
    resource: textOr(object, 'resource', ''),
    event,
    environment: textOr(object, 'environment', ''),
    severity: textOr(object, 'severity', rules.normalSeverity),
    correlate: withEvent(textsOf(object, 'correlate'), event),
    status: textOr(object, 'status', DEFAULTS.status),
    service: textsOf(object, 'service'),
    group: textOr(object, 'group', DEFAULTS.group),
    value: asText(object, 'value'),
    text: asText(object, 'text') ?? '',
    tags: textsOf(object, 'tags'),
    attributes: attributesOf(object),
    origin: textOr(object, 'origin', null),
    type: textOr(object, 'type', DEFAULTS.type),
    createTime: filled.createTime,
    timeout: timeoutOf(object) ?? rules.timeoutS,
    rawData: asText(object, 'rawData'),
    customer: filled.customer,
  }
}

/** An alert correlates with itself wherever it correlates with anything. */
const withEvent = (correlate: readonly string[], event: string): readonly string[] =>
  correlate.length === 0 || correlate.includes(event) ? correlate : [...correlate, event]
