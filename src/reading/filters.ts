import { createPattern } from '../base/pattern.js'
import {
  type Condition,
  LIST_FIELDS,
  type ListField,
  NUMBER_FIELDS,
  type NumberField,
  TEXT_FIELDS,
  type TextTest,
  TIME_FIELDS,
} from '../model/alert-query.js'
import { badRequest } from './refusals.js'
import { readTime } from './times.js'

/** Parameters that are no filters (Alerta: EXCLUDE_FROM_QUERY), and those of ours that carry a credential. */
const NO_FILTERS: ReadonlySet<string> = new Set([
  '_',
  'callback',
  'token',
  'api-key',
  'q',
  'q.df',
  'from-date',
  'to-date',
  'sort-by',
  'group-by',
  'page',
  'page-size',
  'limit',
  'show-raw-data',
  'show-history',
])
/** Names of lists that filters have besides their own; Alerta has only `tag`. */
const LISTS: Readonly<Record<string, ListField>> = { tag: 'tags' }

export const isIn = <T extends string>(names: readonly T[], name: string): name is T =>
  (names as readonly string[]).includes(name)

/**
 * The filters among the parameters: `field=a&field=b` is one of them, `field!=a` none, `field=~a` a pattern anywhere in
 * it, whatever the case; `attributes.name=…` (Alerta: database/backends/postgres/utils.py).
 */
export function readFilters(parameters: URLSearchParams): readonly Condition[] {
  const names = [...new Set(parameters.keys())].filter((name) => !NO_FILTERS.has(name))
  return names.map((name) => {
    const field = name.replace(/!$/, '')
    const any: Condition = { kind: 'or', of: parameters.getAll(name).map((value) => filterOf(name, field, value)) }
    return name.endsWith('!') ? { kind: 'not', of: any } : any
  })
}

function filterOf(name: string, field: string, value: string): Condition {
  const list = LISTS[field] ?? field
  if (field === 'id') return { kind: 'id', value }
  if (isIn(TEXT_FIELDS, field)) return { kind: 'text', field, test: testOf(value) }
  if (isIn(LIST_FIELDS, list)) return { kind: 'item', field: list, test: testOf(value) }
  if (field.startsWith('attributes.')) {
    return { kind: 'attribute', name: field.slice('attributes.'.length), test: testOf(value) }
  }
  if (isIn(NUMBER_FIELDS, field) || isIn(TIME_FIELDS, field)) return equal(field, value)
  throw badRequest(`Invalid filter parameter: ${name}`)
}

function equal(field: NumberField, text: string): Condition {
  return { kind: 'number', field, how: '=', value: readNumber(field, text) }
}

/** A number, a time as epoch ms, or a truth as 1 or 0. */
export function readNumber(field: NumberField, text: string): number {
  const value = isIn(TIME_FIELDS, field) ? readTime(text) : field === 'repeat' ? readTruth(text) : readWhole(text)
  if (value !== undefined) return value
  const wanted = isIn(TIME_FIELDS, field) ? 'a time such as 2026-11-21T09:08:09.664Z' : 'a number'
  throw badRequest(`${field} must be ${field === 'repeat' ? 'true or false' : wanted}`)
}

const readWhole = (text: string): number | undefined => (/^-?\d{1,15}$/.test(text) ? Number(text) : undefined)

function readTruth(text: string): number | undefined {
  if (isTrue(text)) return 1
  return ['false', 'f', '0', 'no', 'n', 'off'].includes(text.toLowerCase()) ? 0 : undefined
}

/** Alerta's words for it. */
export const isTrue = (text: string | null): boolean =>
  ['true', 't', '1', 'yes', 'y', 'on'].includes((text ?? '').toLowerCase())

const testOf = (value: string): TextTest => (value.startsWith('~') ? matching(value.slice(1)) : { how: 'is', value })

/** A pattern that is one; refuses any other. */
export function matching(value: string): TextTest {
  const pattern = createPattern(value)
  if (typeof pattern === 'string') throw badRequest(`Invalid regular expression: ${pattern}`)
  return { how: 'matches', value }
}
