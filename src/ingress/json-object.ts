import { DEEPEST_JSON, type Scan, scanObject } from '../base/json-members.js'

/** A JSON object together with the bytes it came in, which are what goes out. */
export interface JsonObject {
  readonly bytes: Buffer
  readonly fields: Readonly<Record<string, unknown>>
  readonly scan: Scan
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string }

/** Only a text with an escape can hold a character that UTF-8 itself cannot carry. */
const SUSPICIOUS = /\\u(0000|d[89a-f])/i
const UNSTORABLE = /\0|\p{Surrogate}/u

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a request body. Refused is also what Alerta fails at with a 500: what is no object, NaN, a NUL character or half
 * a surrogate pair anywhere (PostgreSQL stores neither), nesting without end.
 */
export function parseObject(bytes: Buffer): Parsed<JsonObject> {
  let fields: unknown
  let text: string
  try {
    text = utf8.decode(bytes)
    fields = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return problem('request body is not valid JSON')
    if (error instanceof TypeError) return problem('request body is not valid UTF-8')
    throw error
  }
  if (!isRecord(fields)) return problem('request body must be a JSON object')
  const scan = scanObject(bytes)
  if (scan.depth > DEEPEST_JSON) return problem(`request body is nested deeper than ${DEEPEST_JSON} levels`)
  if (SUSPICIOUS.test(text) && holdsUnstorable(fields)) {
    return problem('texts must not contain NUL characters or unpaired surrogates')
  }
  return { ok: true, value: { bytes, fields, scan } }
}

/** The member's value as it stands in the body; undefined where it is absent. */
export function rawText(object: JsonObject, name: string): string | undefined {
  const range = object.scan.members.get(name)
  return range === undefined ? undefined : object.bytes.toString('utf8', range.start, range.end)
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const problem = (text: string): Parsed<never> => ({ ok: false, problem: text })

/** The nesting is bounded by DEEPEST_JSON. */
function holdsUnstorable(value: unknown): boolean {
  if (typeof value === 'string') return UNSTORABLE.test(value)
  if (Array.isArray(value)) return value.some(holdsUnstorable)
  return isRecord(value) && Object.entries(value).some((entry) => entry.some(holdsUnstorable))
}
