import {
  type AlertQuery,
  type Condition,
  GROUPABLE,
  type Groupable,
  LIST_FIELDS,
  NUMBER_FIELDS,
  type SortBy,
  TEXT_FIELDS,
  TIME_FIELDS,
} from '../model/alert-query.js'
import { isIn, readFilters } from './filters.js'
import { readQueryString } from './query-string.js'
import { badRequest } from './refusals.js'
import { readTime } from './times.js'

/** The database tests one after the other, and nests them. */
const MAX_CONDITIONS = 200
/** Alerta's web UI asks so, and what is worst and newest is what most want to see. */
const DEFAULT_SORT: readonly SortBy[] = [
  { by: { field: 'severity' }, descending: false },
  { by: { field: 'lastReceiveTime' }, descending: true },
]

/** The alerts that the parameters of a request are about (Alerta: QueryBuilder.from_params). */
export function readQuery(parameters: URLSearchParams, customers: readonly string[]): AlertQuery {
  const q = parameters.get('q') ?? ''
  const of = [
    ...(q.trim() === '' ? [] : [readQueryString(q, parameters.get('q.df') ?? 'text')]),
    ...received('>', parameters.get('from-date')),
    ...received('<=', parameters.get('to-date')),
    ...readFilters(parameters),
  ]
  const where: Condition = { kind: 'and', of }
  if (size(where) > MAX_CONDITIONS) throw badRequest(`More than ${MAX_CONDITIONS} conditions`)
  return { where, customers }
}

/** What is no time is ignored, as at Alerta. */
function received(how: '>' | '<=', text: string | null): readonly Condition[] {
  const value = readTime(text ?? '')
  return value === undefined ? [] : [{ kind: 'number', field: 'lastReceiveTime', how, value }]
}

function size(condition: Condition): number {
  if (condition.kind === 'and' || condition.kind === 'or') {
    return condition.of.reduce((sum, one) => sum + size(one), 1)
  }
  return condition.kind === 'not' ? 1 + size(condition.of) : 1
}

/** Times come newest first unless a dash turns them round, as at Alerta. */
export function readSort(parameters: URLSearchParams): readonly SortBy[] {
  const asked = parameters.getAll('sort-by').filter((name) => name !== '')
  if (asked.length > MAX_CONDITIONS) throw badRequest(`More than ${MAX_CONDITIONS} orders`)
  return asked.length === 0 ? DEFAULT_SORT : asked.map(sortBy)
}

function sortBy(asked: string): SortBy {
  const turned = asked.startsWith('-')
  const field = turned ? asked.slice(1) : asked
  if (field.startsWith('attributes.')) {
    return { by: { attribute: field.slice('attributes.'.length) }, descending: turned }
  }
  if (isIn(TIME_FIELDS, field)) return { by: { field }, descending: !turned }
  if (isIn(TEXT_FIELDS, field) || isIn(NUMBER_FIELDS, field) || isIn(LIST_FIELDS, field)) {
    return { by: { field }, descending: turned }
  }
  throw badRequest(`Sorting by '${field}' field not supported.`)
}

export function readGroup(parameters: URLSearchParams): Groupable {
  const group = parameters.get('group-by') ?? 'event'
  if (isIn(GROUPABLE, group)) return group
  throw badRequest(`Grouping by '${group}' is not one of ${GROUPABLE.join(', ')}`)
}
