import type { z } from 'zod'
import { allowedKeys } from './allowed-keys.js'
import { nearest } from './near.js'
import type { Fault, Path } from './problem.js'
import { configSchema } from './schema.js'

/** Words for the mistakes that the schema itself has no message for; given to zod when it parses. */
export const schemaWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_WORDS[issue.expected] ?? `must be of type ${issue.expected}`
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`
    case 'invalid_union':
      return Array.isArray(issue.options) ? `must be one of ${issue.options.join(', ')}` : undefined
    case 'too_small':
      return 'must not be empty'
    default:
      return undefined
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  boolean: 'must be true or false, without quotes',
  string: 'must be a text; what looks like a number or a date needs quotes',
  array: 'must be a list, such as [first, second]',
  object: 'must be a map of keys',
  record: 'must be a map of keys',
}

/** What zod found wrong with `raw`, in words for the operator, all of it. */
export const schemaFaults = (error: z.ZodError, raw: unknown): Fault[] =>
  error.issues.flatMap((issue) => {
    const path = issue.path as Path
    const value = valueAt(raw, path)
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, value))
    if (issue.code === 'invalid_key') return [{ path, message: issue.issues[0]?.message ?? issue.message }]
    if (value === undefined) return [{ path, message: `is missing; it ${issue.message}` }]
    if (value === null) return [{ path, message: `has no value; it ${issue.message}, or the key must go` }]
    return [{ path, message: issue.message }]
  })

function unknownKey(path: Path, key: string, value: unknown): Fault {
  const allowed = allowedKeys(configSchema, path, value)
  const near = nearest(key, allowed)
  const right = near === undefined ? `keys here are ${allowed.join(', ')}` : `did you mean ${near}?`
  return { path: [...path, key], message: `is not a known key; ${right}` }
}

const valueAt = (raw: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, part) => (value as Record<string | number, unknown> | null | undefined)?.[part], raw)
