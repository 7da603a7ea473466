import type { AlertQuery } from '../../../model/alert-query.js'
import { isSelective, isSlow, joined, type Sql, toSql } from './conditions.js'

/** For what may take long: ends it in time. */
export const IN_TIME: Sql = { text: 'in_time()', values: [] }
/** Joined, an alert stands there once for each of its services. */
export const SERVICES = ' CROSS JOIN listed_service ON listed_service.alert = listed.alert'

/** What a query selects: the FROM and WHERE of a statement, `listed` being the alerts. */
export interface Selection {
  readonly where: Sql
  /** `listed`, and `ledger` where its states are needed */
  from(needed?: Sql): string
}

/** `among`: only these severities. */
export function select({ where, customers }: AlertQuery, among?: readonly string[]): Selection {
  const oneOf = (column: string, values: readonly string[]): Sql => ({
    text: `${column} IN (${values.map(() => '?').join(', ')})`,
    values,
  })
  const parts = [
    // by what finds few, rather than by the severity
    ...(among === undefined ? [] : [oneOf(isSelective(where) ? '+listed.severity' : 'listed.severity', among)]),
    ...(customers.length === 0 ? [] : [oneOf('listed.customer', customers)]),
    toSql(where),
  ]
  const slow = parts.some(isSlow)
  const whole = joined([...parts, ...(slow ? [IN_TIME] : [])], ' AND ', '1')
  return {
    where: whole,
    from: (needed) =>
      /\bledger\./.test(whole.text + (needed?.text ?? ''))
        ? 'listed CROSS JOIN ledger ON ledger.alert = listed.alert'
        : 'listed',
  }
}
