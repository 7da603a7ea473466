import * as check from './checks.js'
import type { JsonObject } from './json-object.js'
import { asText, textOr, timeoutOf } from './values.js'

const given: check.Check = ({ fields }) => (fields.action ? undefined : "must supply 'action' as json data")

const CHECKS: readonly check.Check[] = [given, check.textOrNull('action'), check.timeout]

/** What Alerta would refuse in the body of a PUT /alert/:id/action, or fail at. Any name is an action. */
export const actionProblem = (object: JsonObject): string | undefined => check.firstProblem(object, CHECKS)

export interface Action {
  readonly action: string
  readonly text: string
  /** seconds; null: the peer's default */
  readonly timeout: number | null
}

export const actionFields = (object: JsonObject): Action => ({
  action: textOr(object, 'action', ''),
  text: asText(object, 'text') ?? '',
  timeout: timeoutOf(object),
})
