import { type AlertFields, SEVERITY_LEVEL } from '../model/alert.js'
import * as check from './checks.js'
import type { JsonObject } from './json-object.js'
import { asText, attributesOf, textOr, textsOf, timeoutOf } from './values.js'

/** Alerta's defaults (alerta/models/alert.py, settings.py of 9.1.0). */
export const DEFAULT_TIMEOUT_S = 86_400
const DEFAULTS = { severity: 'normal', status: 'open', group: 'Misc', type: 'exceptionAlert' } as const

const severity: check.Check = (object) => {
  const name = textOr(object, 'severity', DEFAULTS.severity)
  if (Object.hasOwn(SEVERITY_LEVEL, name)) return undefined
  return `Severity (${name}) is not one of ${Object.keys(SEVERITY_LEVEL).join(', ')}`
}

/** In Alerta's order, so that of two mistakes the same one is named. */
const CHECKS: readonly check.Check[] = [
  ...['correlate', 'service', 'tags'].map(check.textList),
  check.attributes,
  check.timeout,
  check.customer,
  check.createTime,
  check.mandatory('resource'),
  check.mandatory('event'),
  check.attributeKeys,
  ...['resource', 'event', 'environment', 'severity', 'status', 'group', 'origin', 'type'].map(check.textOrNull),
  check.id,
  severity,
]

/** What Alerta would refuse in the body of a POST /alert, or fail at. */
export const alertProblem = (object: JsonObject): string | undefined => check.firstProblem(object, CHECKS)

/** The alert of a body without problems. `filled` is what the relay decided: see receive-alert.ts. */
export function alertFields(
  object: JsonObject,
  filled: { readonly createTime: string; readonly customer: string | null },
): AlertFields {
  const event = textOr(object, 'event', '')
  return {
    resource: textOr(object, 'resource', ''),
    event,
    environment: textOr(object, 'environment', ''),
    severity: textOr(object, 'severity', DEFAULTS.severity),
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
    timeout: timeoutOf(object) ?? DEFAULT_TIMEOUT_S,
    rawData: asText(object, 'rawData'),
    customer: filled.customer,
  }
}

/** An alert correlates with itself wherever it correlates with anything. */
const withEvent = (correlate: readonly string[], event: string): readonly string[] =>
  correlate.length === 0 || correlate.includes(event) ? correlate : [...correlate, event]
