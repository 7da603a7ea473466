import { unreachable } from '../../../base/unreachable.js'
import type { Condition, ListField, NumberField, TextField, TextTest } from '../../../model/alert-query.js'
import { LAST_CHARACTER, SHORTEST_PREFIX } from '../index/alert-ids.js'

/** A part of a statement and what is bound in it. Nothing that somebody asked for stands in the text itself. */
export interface Sql {
  readonly text: string
  readonly values: readonly (string | number)[]
}

/** Those in narrow rows; the others are read out of the state. */
const COLUMNS: Readonly<Partial<Record<TextField | NumberField, string>>> = {
  resource: 'listed.resource',
  event: 'listed.event',
  environment: 'listed.environment',
  severity: 'listed.severity',
  status: 'listed.status',
  group: 'listed.group_name',
  customer: 'listed.customer',
  createTime: 'listed.created_at',
  lastReceiveTime: 'listed.received_at',
  duplicateCount: 'listed.duplicates',
}

export const columnOf = (field: TextField | NumberField): string => COLUMNS[field] ?? `ledger.state ->> '$.${field}'`

export const listOf = (field: ListField): string => `ledger.state -> '$.${field}'`

/** The text of a member of an object, as Alerta's ->> tells it. */
const ATTRIBUTE_TEXT = `CASE item.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(item.value AS TEXT) END`

/** What reads states or calls back takes long for each alert. */
export const isSlow = ({ text }: Sql): boolean => /\bledger\.state\b|\b(contains|matches)\(/.test(text)

/** What selects few alerts through an index of its own. */
export function isSelective(condition: Condition): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.of.some(isSelective)
    case 'or':
      return condition.of.length > 0 && condition.of.every(isSelective)
    case 'id':
      return true
    case 'text':
      return condition.field === 'resource' && condition.test.how === 'is'
    case 'item':
      return condition.field === 'service' && condition.test.how === 'is'
    case 'not':
    case 'number':
    case 'attribute':
      return false
    default:
      return unreachable(condition)
  }
}

export function toSql(condition: Condition): Sql {
  switch (condition.kind) {
    case 'and':
      return joined(condition.of.map(toSql), ' AND ', '1')
    case 'or':
      return joined(condition.of.map(toSql), ' OR ', '0')
    case 'not': {
      const { text, values } = toSql(condition.of)
      // what is not there is not equal to anything either
      return { text: `NOT coalesce(${text}, 0)`, values }
    }
    case 'id':
      return ofId(condition.value)
    case 'text':
      return tested(columnOf(condition.field), condition.test)
    case 'number':
      return { text: `${columnOf(condition.field)} ${condition.how} ?`, values: [condition.value] }
    case 'item':
      return ofItem(condition.field, condition.test)
    case 'attribute': {
      const test = condition.test === undefined ? { text: '1', values: [] } : tested(ATTRIBUTE_TEXT, condition.test)
      const text = `EXISTS (SELECT 1 FROM json_each(ledger.state, '$.attributes') AS item WHERE item.key = ? AND ${test.text})`
      return { text, values: [condition.name, ...test.values] }
    }
    default:
      return unreachable(condition)
  }
}

export function joined(parts: readonly Sql[], word: string, none: string): Sql {
  if (parts.length === 0) return { text: none, values: [] }
  return { text: `(${parts.map(({ text }) => text).join(word)})`, values: parts.flatMap(({ values }) => values) }
}

function tested(column: string, { how, value }: TextTest): Sql {
  switch (how) {
    case 'is':
      return { text: `${column} = ?`, values: [value] }
    case 'contains':
    case 'matches':
      return { text: `${how}(${column}, ?)`, values: [value] }
    case '<':
    case '<=':
    case '>':
    case '>=':
      return { text: `${column} ${how} ?`, values: [value] }
    default:
      return unreachable(how)
  }
}

function ofId(id: string): Sql {
  const exact = 'SELECT alert FROM alert_id WHERE ending = substr(?, 25) AND id = ?'
  if (id.length < SHORTEST_PREFIX) return { text: `listed.alert IN (${exact})`, values: [id, id] }
  return {
    text: `listed.alert IN (${exact} UNION SELECT alert FROM alert_id WHERE shown = 1 AND id > ? AND id < ?)`,
    values: [id, id, id, id + LAST_CHARACTER],
  }
}

function ofItem(field: ListField, test: TextTest): Sql {
  if (field === 'service') {
    const { text, values } = tested('service', test)
    return { text: `listed.alert IN (SELECT alert FROM listed_service WHERE ${text})`, values }
  }
  const { text, values } = tested('item.value', test)
  return { text: `EXISTS (SELECT 1 FROM json_each(ledger.state, '$.${field}') AS item WHERE ${text})`, values }
}
