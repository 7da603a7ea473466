import type Database from 'better-sqlite3'
import type { AlertQuery, PageQuery, SortBy } from '../../../model/alert-query.js'
import type { AlertState, HistoryEntry } from '../../../model/ledger.js'
import { type AlertReads, QueryTooMuch, type StandingCount } from '../../alert-reads.js'
import type { Current } from '../../appended.js'
import { reading } from '../faults.js'
import type { AlertIds } from '../index/alert-ids.js'
import type { Ledger } from '../index/ledger.js'
import type { Notes } from '../index/notes.js'
import { orderOf } from './alert-order.js'
import { isSelective, joined, type Sql } from './conditions.js'
import { addQueryFunctions } from './query-functions.js'
import { IN_TIME, SERVICES, select } from './selection.js'
import { createTops } from './tops.js'
import { createVisible } from './visible.js'

/** Of the states that one answer is made of: they are in memory several times while it is. */
const LARGEST_ANSWER_BYTES = 32 * 1024 * 1024
/** In lists: one alert of many megabytes must not keep all others from being seen. */
const LARGEST_IN_LIST_BYTES = 256 * 1024
const SHOWN_OF_LARGE = 4_096
const BARE = `
  SELECT CASE WHEN length(bare) <= ${LARGEST_IN_LIST_BYTES} THEN bare
    ELSE json_set(bare, '$.text', substr(bare ->> '$.text', 1, ${SHOWN_OF_LARGE}),
      '$.value', substr(bare ->> '$.value', 1, ${SHOWN_OF_LARGE}), '$.attributes', json('{}'), '$.tags', json('[]'),
      '$.correlate', json('[]')) END
  FROM (SELECT json_remove(state, '$.rawData') AS bare FROM ledger WHERE alert = ?)`
/** Groups, tags and the like, as at Alerta (topn of database/backends/postgres/base.py). */
const MOST_GROUPS = 1_000

export interface AlertReadsDeps {
  readonly db: Database.Database
  readonly alertIds: Pick<AlertIds, 'resolve'>
  readonly ledger: Pick<Ledger, 'current'>
  readonly notes: Pick<Notes, 'of'>
  /** the worst first; those of one level together */
  readonly severities: readonly (readonly string[])[]
  readonly monotonic: () => number
}

export function createAlertReads({ db, alertIds, ledger, notes, severities, monotonic }: AlertReadsDeps): AlertReads {
  const look = addQueryFunctions(db, monotonic)
  const rows = <T>(text: string, values: Sql['values']): readonly T[] => db.prepare<unknown[], T>(text).all(...values)
  const statement = {
    state: db.prepare<[number], string>('SELECT state FROM ledger WHERE alert = ?').pluck(),
    bare: db.prepare<[number], string>(BARE).pluck(),
    history: db.prepare<[number], string>('SELECT entry FROM history WHERE alert = ? ORDER BY n DESC').pluck(),
  }
  const find = createVisible({ db, alertIds, rows })
  const asked = async <T>(read: () => T): Promise<T> => reading(() => look(read))

  /**
   * How many of each environment, severity and status, and of further columns, of which `join` adds some. In the order of
   * an index, so that nothing is sorted; sums over environments are made of few rows afterwards.
   */
  function countsBy<T extends StandingCount>(
    query: AlertQuery,
    columns: readonly string[] = [],
    join = '',
  ): readonly T[] {
    const { where, from } = select(query)
    const by = ['listed.environment', 'listed.status', 'listed.severity', ...columns].join(', ')
    return rows(
      `SELECT ${by}, count(*) AS count FROM ${from()}${join} WHERE ${where.text} GROUP BY ${by}`,
      where.values,
    )
  }

  function numbers(query: PageQuery, counts: readonly StandingCount[] | undefined): readonly number[] {
    const [first, ...rest] = query.sort
    if (first === undefined || !('field' in first.by) || first.by.field !== 'severity') {
      return ordered(query, query.sort, query.offset, query.limit)
    }
    return bySeverity(query, counts ?? countsBy(query), first, rest)
  }

  /** One severity after the other, so that an index has them in their order and only those of the page are read. */
  function bySeverity(
    query: PageQuery,
    counts: readonly StandingCount[],
    { descending }: SortBy,
    rest: readonly SortBy[],
  ): readonly number[] {
    const counted = new Map<string, number>()
    for (const { severity, count } of counts) {
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
    const { where: selected, from } = select(query, among)
    // an order by what stands in the states reads all that is selected
    const where = /\bledger\./.test(order.text) ? joined([selected, IN_TIME], ' AND ', '1') : selected
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

  return {
    get: (id, customers) =>
      asked(() => {
        const found = find(id, customers)
        return found === undefined || found === 'ambiguous' ? found : ledger.current(found)
      }),
    notes: (id, customers) =>
      asked(() => {
        const found = find(id, customers)
        return found === undefined || found === 'ambiguous' ? found : notes.of(found)
      }),
    ids: (query, most) =>
      asked(() => {
        const { where, from } = select(query)
        const text = `SELECT listed.id AS id FROM ${from()} WHERE ${where.text} LIMIT ?`
        const found = rows<{ id: string }>(text, [...where.values, most + 1])
        if (found.length > most) throw new QueryTooMuch(`More than ${most} alerts: ask for fewer at once`)
        return found.map(({ id }) => id)
      }),
    counts: (query) => asked(() => summed(countsBy(query))),
    page: (query, counts) => asked(() => currentOf(numbers(query, counts), query)),
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
    environments: (query) => asked(() => countsBy(query)),
    services: (query) => asked(() => countsBy(query, ['service'], SERVICES)),
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

/** Those of all environments together. */
function summed(counts: readonly StandingCount[]): readonly StandingCount[] {
  const sums = new Map<string, StandingCount>()
  for (const { severity, status, count } of counts) {
    const key = JSON.stringify([severity, status])
    sums.set(key, { severity, status, count: count + (sums.get(key)?.count ?? 0) })
  }
  return [...sums.values()]
}
