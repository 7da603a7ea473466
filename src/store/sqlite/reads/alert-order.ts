import { type SortBy, type SortField, STATUS_ORDER } from '../../../model/alert-query.js'
import { columnOf, listOf, type Sql } from './conditions.js'

/** ORDER BY of these, the alert's number last, so that pages never overlap. */
export function orderOf(sort: readonly SortBy[], severities: readonly string[]): Sql {
  const parts = sort.map(({ by, descending }) => {
    const { text, values } = 'attribute' in by ? attribute(by.attribute) : expressionOf(by.field, severities)
    return { text: `${text} ${descending ? 'DESC' : 'ASC'}`, values }
  })
  return {
    text: [...parts.map(({ text }) => text), 'listed.alert'].join(', '),
    values: parts.flatMap(({ values }) => values),
  }
}

function expressionOf(field: SortField, severities: readonly string[]): Sql {
  switch (field) {
    case 'severity':
      return ranked(columnOf(field), severities)
    case 'status':
      return ranked(columnOf(field), STATUS_ORDER)
    case 'service':
    case 'tags':
    case 'correlate':
      return { text: listOf(field), values: [] }
    default:
      return { text: columnOf(field), values: [] }
  }
}

const attribute = (name: string): Sql => ({
  text: `(SELECT item.value FROM json_each(ledger.state, '$.attributes') AS item WHERE item.key = ?)`,
  values: [name],
})

/** The place of a name among these, behind all of them where it is none. */
function ranked(column: string, names: readonly string[]): Sql {
  const whens = names.map((_, place) => `WHEN ? THEN ${place}`).join(' ')
  return names.length === 0
    ? { text: column, values: [] }
    : { text: `CASE ${column} ${whens} ELSE ${names.length} END`, values: names }
}
