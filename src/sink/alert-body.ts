import { type Clock, iso } from '../base/clock.js'
import type { AlertFields } from '../model/alert.js'
import { isObject, textOf } from './env.js'

type Members = Readonly<Record<string, unknown>>

/** Alerta's; what it would refuse of the other members, a sink takes as if it were not there. */
const DEFAULT_TIMEOUT_S = 86_400

/** The alert of a body of POST /alert. */
export function alertOf(body: Members, clock: Clock): AlertFields {
  const event = textOf(body.event)
  const correlate = textsOf(body.correlate)
  return {
    environment: textOf(body.environment),
    resource: textOf(body.resource),
    event,
    severity: textOf(body.severity) || 'normal',
    correlate: correlate.length === 0 || correlate.includes(event) ? correlate : [...correlate, event],
    status: textOf(body.status) || 'open',
    service: textsOf(body.service),
    group: textOf(body.group) || 'Misc',
    value: storedText(body.value),
    text: textOf(body.text),
    tags: textsOf(body.tags),
    attributes: isObject(body.attributes) ? body.attributes : {},
    origin: textOf(body.origin) || null,
    type: textOf(body.type) || 'exceptionAlert',
    createTime: iso(timeOf(body.createTime) ?? clock.now()),
    timeout: secondsOf(body.timeout) ?? DEFAULT_TIMEOUT_S,
    rawData: storedText(body.rawData),
    customer: textOf(body.customer) || null,
  }
}

/** Whole seconds; null where none were given. */
export const secondsOf = (value: unknown): number | null =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null

function timeOf(value: unknown): number | undefined {
  const ms = Date.parse(textOf(value))
  return Number.isNaN(ms) ? undefined : ms
}

/** What is no text is left out. */
export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []

function storedText(value: unknown): string | null {
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}
