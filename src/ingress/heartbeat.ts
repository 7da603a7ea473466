import type { Heartbeat } from '../model/heartbeat.js'
import * as check from './checks.js'
import type { JsonObject } from './json-object.js'
import { attributesOf, textOr, textsOf, timeoutOf } from './values.js'

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
export const NO_ORIGIN = '(none)'

type HeartbeatFields = Pick<Heartbeat, 'origin' | 'tags' | 'attributes' | 'timeout'>

/** `timeoutS`: of one that does not say it, seconds. */
export const heartbeatFields = (object: JsonObject, timeoutS: number): HeartbeatFields => ({
  origin: textOr(object, 'origin', NO_ORIGIN),
  tags: textsOf(object, 'tags'),
  attributes: attributesOf(object),
  timeout: timeoutOf(object) ?? timeoutS,
})
