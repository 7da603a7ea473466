import {
  LIST_FIELDS,
  type ListField,
  NUMBER_FIELDS,
  type NumberField,
  TEXT_FIELDS,
  type TextField,
  TIME_FIELDS,
} from '../model/alert-query.js'
import { isIn } from './filters.js'
import { badRequest } from './refusals.js'

/** What stands before the colon in a query string. */
export type QueryField =
  | { readonly kind: 'text'; readonly field: TextField }
  | { readonly kind: 'number'; readonly field: NumberField }
  | { readonly kind: 'item'; readonly field: ListField }
  | { readonly kind: 'attribute'; readonly name: string }
  | { readonly kind: 'id' }
  /** whether there is an attribute */
  | { readonly kind: 'exists' }

/** The names of the columns, for with PostgreSQL Alerta knows only these. */
const COLUMNS: Readonly<Record<string, string>> = {
  tag: 'tags',
  event_type: 'type',
  raw_data: 'rawData',
  duplicate_count: 'duplicateCount',
  previous_severity: 'previousSeverity',
  trend_indication: 'trendIndication',
  last_receive_id: 'lastReceiveId',
  create_time: 'createTime',
  receive_time: 'receiveTime',
  last_receive_time: 'lastReceiveTime',
  update_time: 'updateTime',
}

export function fieldOf(name: string): QueryField {
  const [, attribute] = /^(?:_|attributes)\.(.+)$/.exec(name) ?? []
  if (attribute !== undefined) return { kind: 'attribute', name: attribute }
  const field = Object.hasOwn(COLUMNS, name) ? (COLUMNS[name] as string) : name
  if (field === 'id') return { kind: 'id' }
  if (field === '_exists_') return { kind: 'exists' }
  if (isIn(TEXT_FIELDS, field)) return { kind: 'text', field }
  if (isIn(NUMBER_FIELDS, field) || isIn(TIME_FIELDS, field)) return { kind: 'number', field }
  if (isIn(LIST_FIELDS, field)) return { kind: 'item', field }
  throw badRequest(`Failed to parse query string: there is no field "${name}"`)
}
