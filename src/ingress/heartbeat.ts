import * as check from './checks.js'
import type { JsonObject } from './json-object.js'
import { attributesOf, textOr, textsOf, timeoutOf } from './values.js'

/** Alerta's default (settings.py of 9.1.0). */
export const HEARTBEAT_TIMEOUT_S = 86_400

const CHECKS: readonly check.Check[] = [
  check.textList('tags'),
  check.attributes,
  check.timeout,
  check.customer,
  check.createTime,
  check.attributeKeys,
  check.origin,
  check.id,
]

/** What Alerta would refuse in the body of a POST /heartbeat, or fail at. */
export const heartbeatProblem = (object: JsonObject): string | undefined => check.firstProblem(object, CHECKS)

/** Heartbeats without an origin share one lane; their body stays without, and the peer names itself there. */
const NO_ORIGIN = '(none)'

export interface Heartbeat {
  readonly origin: string
  readonly tags: readonly string[]
  readonly attributes: Readonly<Record<string, unknown>>
  /** seconds */
  readonly timeout: number
}

export const heartbeatFields = (object: JsonObject): Heartbeat => ({
  origin: textOr(object, 'origin', NO_ORIGIN),
  tags: textsOf(object, 'tags'),
  attributes: attributesOf(object),
  timeout: timeoutOf(object) ?? HEARTBEAT_TIMEOUT_S,
})
