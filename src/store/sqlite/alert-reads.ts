import type Database from 'better-sqlite3'
import type { AlertQuery, PageQuery, SortBy } from '../../model/alert-query.js'
import type { AlertState, HistoryEntry } from '../../model/ledger.js'
import { type AlertReads, QueryTooMuch, type StandingCount } from '../alert-reads.js'
import type { Current } from '../contract.js'
import type { AlertIds } from './alert-ids.js'
import { orderOf } from './alert-order.js'
import { isSelective, joined, type Sql } from './conditions.js'
import { reading } from './faults.js'
import type { Ledger } from './ledger.js'
import { addQueryFunctions } from './query-functions.js'
import { IN_TIME, SERVICES, select } from './selection.js'
import { createTops } from './tops.js'

/** Of the states that one answer is made of: they are in memory several times while it is. */
const LARGEST_ANSWER_BYTES = 32 * 1024 * 1024
/** Groups, tags and the like, as at Alerta (topn of database/backends/postgres/base.py). */
const MOST_GROUPS = 1_000

export interface AlertReadsDeps {
  readonly db: Database.Database
  readonly alertIds: AlertIds
  readonly ledger: Ledger
  /** the worst first; those of one level together */
  readonly severities: readonly (readonly string[])[]
  readonly monotonic: () => number
}

export function createAlertReads({ db, alertIds, ledger, severities, monotonic }: AlertReadsDeps): AlertReads {
  const look = addQueryFunctions(db, monotonic)
  const rows = <T>(text: string, values: Sql['values']): readonly T[] => db.prepare<unknown[], T>(text).all(...values)
  const statement = {
    state: db.prepare<[number], string>('SELECT state FROM ledger WHERE alert = ?').pluck(),
    bare: db.prepare<[number], string>(`SELECT json_remove(state, '$.rawData') FROM ledger WHERE alert = ?`).pluck(),
    history: db.prepare<[number], string>('SELECT entry FROM history WHERE alert = ? ORDER BY n DESC').pluck(),
    isListed: db.prepare<[number], number>('SELECT 1 FROM listed WHERE alert = ?').pluck(),
  }
  const asked = async <T>(read: () => T): Promise<T> => reading(() => look(read))

  /** How many of each severity and status, `by` further columns of which `from` has some more. */
  function countsBy<T extends StandingCount>(
    query: AlertQuery,
    columns: readonly string[] = [],
    join = '',
  ): readonly T[] {
    const { where, from } = select(query)
    const by = ['listed.severity', 'listed.status', ...columns].join(', ')
    return rows(
      `SELECT ${by}, count(*) AS count FROM ${from()}${join} WHERE ${where.text} GROUP BY ${by}`,
      where.values,
    )
  }

  function numbers(query: PageQuery): readonly number[] {
    const [first, ...rest] = query.sort
    if (first === undefined || !('field' in first.by) || first.by.field !== 'severity') {
      return ordered(query, query.sort, query.offset, query.limit)
    }
    return bySeverity(query, first, rest)
  }

  /** One severity after the other, so that an index has them in their order and only those of the page are read. */
  function bySeverity(query: PageQuery, { descending }: SortBy, rest: readonly SortBy[]): readonly number[] {
    const counted = new Map<string, number>()
    for (const { severity, count } of countsBy(query)) {
      counted.set(severity, (counted.get(severity) ?? 0) + count)
    }
    const known = new Set(severities.flat())
    const groups = [...severities, [...counted.keys()].filter((name) => !known.has(name))]
    const found: number[] = []
    let before = query.offset
    for (const names of descending ? groups.toReversed() : groups) {
      const there = names.filter((name) => counted.has(name))
      const count = there.reduce((sum, name) => sum + (counted.get(name) ?? 0), 0)
      if (before >= count) before -= count
      else {
        found.push(...ordered(query, rest, before, query.limit - found.length, there))
        before = 0
      }
      if (found.length >= query.limit) break
    }
    return found
  }

  function ordered(
    query: AlertQuery,
    sort: readonly SortBy[],
    offset: number,
    limit: number,
    among?: readonly string[],
  ): readonly number[] {
    const order = orderOf(sort, severities.flat())
    const { where, from } = select(query, among)
    // the planner would rather take an index that finds few, and sort all that it has found
    const hint = among?.length === 1 && !isSelective(query.where) ? ' INDEXED BY listed_by_severity' : ''
    const source = from(order).replace('listed', `listed${hint}`)
    return rows<{ alert: number }>(
      `SELECT listed.alert AS alert FROM ${source} WHERE ${where.text} ORDER BY ${order.text} LIMIT ? OFFSET ?`,
      [...where.values, ...order.values, limit, offset],
    ).map(({ alert }) => alert)
  }

  function currentOf(found: readonly number[], { rawData, history }: PageQuery): readonly Current[] {
    let bytes = 0
    const weighed = (text: string): unknown => {
      bytes += text.length
      if (bytes > LARGEST_ANSWER_BYTES) throw new QueryTooMuch('The answer is too large: ask for smaller pages')
      return JSON.parse(text)
    }
    return found.map((alert) => {
      const state = weighed((rawData ? statement.state : statement.bare).get(alert) as string) as AlertState
      return {
        state: rawData ? state : { ...state, rawData: null },
        history: history ? statement.history.all(alert).map((entry) => weighed(entry) as HistoryEntry) : [],
      }
    })
  }

  function visible(alert: number, customers: readonly string[]): Current | undefined {
    if (statement.isListed.get(alert) === undefined) return undefined
    const current = ledger.current(alert)
    const { customer = null } = current?.state ?? {}
    return customers.length === 0 || (customer !== null && customers.includes(customer)) ? current : undefined
  }

  return {
    get: (id, customers) =>
      asked(() => {
        const resolved = alertIds.resolve(id)
        if (resolved === undefined) return undefined
        if (resolved !== 'ambiguous') return visible(resolved.alert, customers)
        // those that are deleted, or are not theirs to see, do not make it so
        const { where, from } = select({ where: { kind: 'id', value: id }, customers })
        const text = `SELECT listed.alert AS alert FROM ${from()} WHERE ${where.text} LIMIT 2`
        const [only, ...others] = rows<{ alert: number }>(text, where.values)
        if (others.length > 0) return 'ambiguous'
        return only && ledger.current(only.alert)
      }),
    counts: (query) => asked(() => countsBy(query)),
    page: (query) => asked(() => currentOf(numbers(query), query)),
    history: (query, { offset, limit }) =>
      asked(() => {
        const where = joined([select(query).where, IN_TIME], ' AND ', '1')
        // few alerts and what they have, or all that there is in its order until the page is full
        const [first, second] = isSelective(query.where) ? ['listed', 'history'] : ['history', 'listed']
        const found = rows<{ alert: number; entry: string }>(
          `SELECT history.alert AS alert, history.entry AS entry
           FROM ${first} CROSS JOIN ${second} ON history.alert = listed.alert JOIN ledger ON ledger.alert = listed.alert
           WHERE ${where.text} ORDER BY history.entry ->> '$.updateTime' DESC LIMIT ? OFFSET ?`,
          [...where.values, limit, offset],
        )
        const states = currentOf(
          found.map(({ alert }) => alert),
          { ...query, sort: [], offset, limit, rawData: false, history: false },
        )
        return states.map(({ state }, i) => ({ state, entry: JSON.parse(found[i]?.entry as string) as HistoryEntry }))
      }),
    environments: (query) => asked(() => countsBy(query, ['environment'])),
    services: (query) => asked(() => countsBy(query, ['environment', 'service'], SERVICES)),
    groups: (query) =>
      asked(() => {
        const { where, from } = select(query)
        return rows(
          `SELECT environment, group_name AS "group", count(*) AS count FROM ${from()} WHERE ${where.text}
           GROUP BY environment, group_name LIMIT ${MOST_GROUPS}`,
          where.values,
        )
      }),
    tags: (query) =>
      asked(() => {
        const where = joined([select(query).where, IN_TIME], ' AND ', '1')
        return rows(
          `SELECT environment, tag.value AS tag, count(*) AS count
           FROM listed CROSS JOIN ledger ON ledger.alert = listed.alert, json_each(ledger.state, '$.tags') AS tag
           WHERE ${where.text} GROUP BY environment, tag.value LIMIT ${MOST_GROUPS}`,
          where.values,
        )
      }),
    top: createTops({ rows, select, asked }),
  }
}
