import type { Blackout } from '../model/blackout.js'
import * as check from './checks.js'
import { parseCreateTime } from './create-time.js'
import type { JsonObject } from './json-object.js'
import { asText, textOr, textsOf } from './values.js'

/** What narrows a blackout down; an empty text would match nothing. */
const NARROWING = ['resource', 'event', 'group', 'origin'] as const
/** As far as a Date goes, with room. */
const LONGEST_S = 3650 * 86_400

const notEmpty =
  (name: string): check.Check =>
  (object) =>
    object.fields[name] === '' ? `${name} can not be an empty string` : check.textOrNull(name)(object)

const listOrNull =
  (name: string): check.Check =>
  (object) =>
    object.fields[name] === null ? undefined : check.textList(name)(object)

const time =
  (name: string): check.Check =>
  (object) => {
    const value = object.fields[name]
    if (value === undefined || value === null) return undefined
    return typeof value === 'string' && parseCreateTime(value) !== undefined
      ? undefined
      : 'dates must be ISO 8601 date format YYYY-MM-DDThh:mm:ss.sssZ'
  }

const duration: check.Check = ({ fields }) => {
  const value = fields.duration
  if (value === undefined || value === null) return undefined
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= LONGEST_S
    ? undefined
    : `duration must be a whole number of seconds from 1 to ${LONGEST_S}`
}

const CHECKS: readonly check.Check[] = [
  ...['service', 'tags'].map(listOrNull),
  ...NARROWING.map(notEmpty),
  notEmpty('environment'),
  check.customer,
  time('startTime'),
  time('endTime'),
  duration,
  check.id,
]

/** What Alerta would refuse in the body of a POST /blackout, or fail at. */
export const blackoutProblem = (object: JsonObject): string | undefined =>
  check.firstProblem(object, [check.mandatory('environment'), ...CHECKS])

/** The same for a PUT, which holds only what changes. */
export const blackoutChangeProblem = (object: JsonObject): string | undefined =>
  Object.keys(object.fields).length === 0 ? 'nothing to change' : check.firstProblem(object, CHECKS)

/** What the relay decides. */
type Decided = Pick<Blackout, 'id' | 'customer' | 'user' | 'createTime'>

/** The blackout of a body without problems; what it does not say is as `before`. Or what is wrong with it as a whole. */
export function blackoutFields(
  object: JsonObject,
  before: Pick<Blackout, 'startTime' | 'duration'> & Partial<Blackout>,
  decided: Decided,
): Blackout | string {
  const has = (name: string): boolean => Object.hasOwn(object.fields, name)
  const text = (name: (typeof NARROWING)[number]) => (has(name) ? textOr(object, name, null) : (before[name] ?? null))
  const texts = (name: 'service' | 'tags') =>
    has(name) ? (object.fields[name] === null ? [] : textsOf(object, name)) : (before[name] ?? [])
  const startTime = timeOf(object, 'startTime') ?? before.startTime
  const said = object.fields.duration as number | null | undefined
  const moved = said !== undefined && said !== null ? said : has('startTime') ? before.duration : undefined
  const lasting = moved === undefined ? before.endTime : startTime + moved * 1_000
  const endTime = timeOf(object, 'endTime') ?? lasting ?? startTime + before.duration * 1_000
  if (endTime <= startTime) return 'endTime must be after startTime'
  return {
    environment: textOr(object, 'environment', null) ?? before.environment ?? '',
    service: texts('service'),
    resource: text('resource'),
    event: text('event'),
    group: text('group'),
    tags: texts('tags'),
    origin: text('origin'),
    startTime,
    endTime,
    duration: Math.round((endTime - startTime) / 1_000),
    text: has('text') ? asText(object, 'text') : (before.text ?? null),
    ...decided,
  }
}

/** Epoch ms. */
function timeOf(object: JsonObject, name: string): number | undefined {
  const value = object.fields[name]
  return typeof value === 'string' ? Date.parse(parseCreateTime(value) as string) : undefined
}
