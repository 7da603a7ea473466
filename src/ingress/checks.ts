import { parseCreateTime } from './create-time.js'
import { isRecord, type JsonObject, rawText } from './json-object.js'

/** What is wrong with a body, or undefined. The texts are Alerta's where it has one. */
export type Check = (object: JsonObject) => string | undefined

export function firstProblem(object: JsonObject, checks: readonly Check[]): string | undefined {
  for (const check of checks) {
    const problem = check(object)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** Alerta's timeout columns are of PostgreSQL's type integer. */
const LONGEST_TIMEOUT_S = 2 ** 31 - 1
const INTEGER = /^-?\d+$/
const CONTROL = /\p{Cc}/u

const isAbsent = (value: unknown): boolean => value === undefined || value === null

export const textOrNull =
  (name: string): Check =>
  ({ fields }) =>
    isAbsent(fields[name]) || typeof fields[name] === 'string' ? undefined : `${name} must be a string`

/** Every new event of the same resource is looked for in it, while all senders wait. */
const MOST_CORRELATED = 1_000

export const correlateLength: Check = ({ fields }) =>
  Array.isArray(fields.correlate) && fields.correlate.length > MOST_CORRELATED
    ? `correlate must not have more than ${MOST_CORRELATED} entries`
    : undefined

/** Absent is well, null is not: Alerta looks only at what is there. */
export const textList =
  (name: string): Check =>
  ({ fields }) => {
    const value = fields[name]
    if (value === undefined) return undefined
    if (!Array.isArray(value)) return `${name} must be a list`
    return value.every((item) => typeof item === 'string') ? undefined : `${name} must be a list of strings`
  }

export const mandatory =
  (name: string): Check =>
  ({ fields }) =>
    isAbsent(fields[name]) || fields[name] === '' ? `Missing mandatory value for "${name}"` : undefined

export const attributes: Check = ({ fields }) =>
  fields.attributes === undefined || isRecord(fields.attributes) ? undefined : 'attributes must be a JSON object'

/** Alerta reads a stored key with one of these no more and answers 500 to every list that holds the alert. */
export const attributeKeys: Check = ({ fields }) =>
  isRecord(fields.attributes) && Object.keys(fields.attributes).some((key) => /[.$]/.test(key))
    ? 'Attribute keys must not contain "." or "$"'
    : undefined

/** Whole seconds, as Python tells them apart: 60.0 is none there, and true is 1. */
export const timeout: Check = (object) => {
  const value = object.fields.timeout
  if (isAbsent(value) || typeof value === 'boolean') return undefined
  if (typeof value !== 'number' || !INTEGER.test(rawText(object, 'timeout') ?? '')) return 'timeout must be an integer'
  if (value < 0) return `Invalid negative 'timeout' value (${value})`
  return value > LONGEST_TIMEOUT_S ? `timeout must not be greater than ${LONGEST_TIMEOUT_S}` : undefined
}

export const createTime: Check = ({ fields }) =>
  typeof fields.createTime === 'string' && parseCreateTime(fields.createTime) === undefined
    ? 'dates must be ISO 8601 date format YYYY-MM-DDThh:mm:ss.sssZ'
    : undefined

export const customer: Check = (object) =>
  object.fields.customer === '' ? 'customer must not be an empty string' : textOrNull('customer')(object)

/**
 * An id becomes part of a path at every peer, where these mean the folder itself and the one above it. A proxy there may
 * take %2F for a slash: with the relay's credential "../user/1" would reach what its sender may not.
 */
const DOT_SEGMENT = /(^|[/\\])\.{1,2}($|[/\\])/
/** Of bytes as they stand in a URL: the server in front of Alerta takes 4,094 for the whole line (gunicorn). */
const LONGEST_ID = 2_048

export function idProblem(id: string): string | undefined {
  if (CONTROL.test(id)) return 'id must not contain control characters'
  if (DOT_SEGMENT.test(id)) return 'id must not contain the path segments "." and ".."'
  return encodeURIComponent(id).length > LONGEST_ID
    ? `id must not be longer than ${LONGEST_ID} bytes in a URL`
    : undefined
}

/** Alerta keeps origins in an index of PostgreSQL's, which takes no more than 2,704 bytes; and every log line has one. */
const LONGEST_ORIGIN = 2_048

export const origin: Check = (object) => {
  const value = object.fields.origin
  const long = typeof value === 'string' && Buffer.byteLength(value) > LONGEST_ORIGIN
  return long ? `origin must not be longer than ${LONGEST_ORIGIN} bytes` : textOrNull('origin')(object)
}

export const id: Check = (object) =>
  textOrNull('id')(object) ?? (typeof object.fields.id === 'string' ? idProblem(object.fields.id) : undefined)
