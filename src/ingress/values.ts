import { parseCreateTime } from './create-time.js'
import { type JsonObject, rawText } from './json-object.js'

/** Reading of fields that have passed their checks, as Alerta understands them. */

/** A non-empty text; what is absent, null or empty is the default there. */
export function textOr<Default extends string | null>(
  object: JsonObject,
  name: string,
  otherwise: Default,
): string | Default {
  const value = object.fields[name]
  return typeof value === 'string' && value !== '' ? value : otherwise
}

/** Alerta stores numbers and objects in its text columns: as they were written. */
export function asText(object: JsonObject, name: string): string | null {
  const value = object.fields[name]
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : (rawText(object, name) ?? null)
}

export const textsOf = (object: JsonObject, name: string): readonly string[] =>
  (object.fields[name] as readonly string[] | undefined) ?? []

export const attributesOf = (object: JsonObject): Readonly<Record<string, unknown>> =>
  (object.fields.attributes as Record<string, unknown> | undefined) ?? {}

/** Seconds; null where none was given. */
export function timeoutOf(object: JsonObject): number | null {
  const value = object.fields.timeout
  return value === undefined || value === null ? null : Number(value)
}

/** ISO 8601 with ms; undefined where there is none, or one that Alerta ignores (a number). */
export function createTimeOf(object: JsonObject): string | undefined {
  const value = object.fields.createTime
  return typeof value === 'string' ? parseCreateTime(value) : undefined
}
