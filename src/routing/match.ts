import type { AlertFields } from '../model/alert.js'
import type { FieldMatch } from '../model/destination.js'

export type Matcher = (alert: AlertFields) => boolean

/** How one condition stands to an alert. */
export interface Held extends FieldMatch {
  /** what the alert has in the field */
  readonly values: readonly string[]
  readonly holds: boolean
}

/**
 * Conditions on an alert's fields, all of which must hold. A field's patterns are globs (`*`, `?`); any plain one must
 * meet one of the field's values, and no value may meet a negated one (`!lab-*`).
 */
export function compileMatch(match: readonly FieldMatch[]): Matcher {
  const conditions = match.map((one) => ({ field: one.field, holds: compileCondition(one) }))
  return (alert) => conditions.every(({ field, holds }) => holds(valuesOf(alert, field)))
}

/** The same, condition by condition, for people. */
export const explainMatch = (match: readonly FieldMatch[], alert: AlertFields): readonly Held[] =>
  match.map((one) => {
    const values = valuesOf(alert, one.field)
    return { ...one, values, holds: compileCondition(one)(values) }
  })

function compileCondition({ patterns }: FieldMatch): (values: readonly string[]) => boolean {
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!')).map(glob)
  const unwanted = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => glob(pattern.slice(1)))
  return (values) => {
    const meets = (patterns: readonly RegExp[]) => values.some((value) => patterns.some((one) => one.test(value)))
    return (wanted.length === 0 || meets(wanted)) && !meets(unwanted)
  }
}

const ATTRIBUTE = 'attributes.'

function valuesOf(alert: AlertFields, field: string): readonly string[] {
  const value = field.startsWith(ATTRIBUTE)
    ? Object.entries(alert.attributes).find(([name]) => name === field.slice(ATTRIBUTE.length))?.[1]
    : alert[field as keyof AlertFields]
  if (value === null || value === undefined) return []
  return Array.isArray(value) ? value.map(textOf) : [textOf(value)]
}

const textOf = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))

function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/\*+/g, '*') // several stars say no more than one, and would backtrack
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.')
  return new RegExp(`^${source}$`, 's')
}
