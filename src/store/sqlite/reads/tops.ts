import type { AlertQuery, Groupable } from '../../../model/alert-query.js'
import type { AlertReads, Top, TopBy } from '../../alert-reads.js'
import { columnOf, type Sql } from './conditions.js'
import { SERVICES, type Selection } from './selection.js'

/** How many alerts are named for each; Alerta names all, which can be all that there are. */
const ALERTS_NAMED = 100

export interface TopsDeps {
  readonly rows: <T>(text: string, values: Sql['values']) => readonly T[]
  readonly select: (query: AlertQuery) => Selection
  readonly asked: <T>(read: () => T) => Promise<T>
}

/** What ranks, as a column of one alert. */
const WEIGHTS: Readonly<Record<TopBy, string>> = {
  count: '1',
  flapping: `(SELECT count(*) FROM history WHERE history.alert = listed.alert AND history.entry ->> '$.type' = 'severity')`,
  standing: 'max(listed.received_at - listed.created_at, 0)',
}

interface Ranked {
  readonly key: string
  readonly count: number
  readonly duplicates: number
  readonly weight: number
}

interface Member {
  readonly id: string
  readonly resource: string
}

export function createTops({ rows, select, asked }: TopsDeps): AlertReads['top'] {
  function top(query: AlertQuery, by: TopBy, group: Groupable, limit: number): readonly Top[] {
    const { where, from } = select(query)
    const key = columnOf(group)
    const such = `FROM ${from()} WHERE ${where.text} AND ${key} IS NOT NULL`
    const ranked = rows<Ranked>(
      `SELECT ${key} AS key, count(*) AS count, sum(listed.duplicates) AS duplicates, sum(${WEIGHTS[by]}) AS weight
       ${such} ${by === 'count' ? '' : 'AND in_time()'} GROUP BY key HAVING weight > 0 OR ${by !== 'flapping'}
       ORDER BY weight DESC, key LIMIT ?`,
      [...where.values, limit],
    )
    return ranked.map((one) => {
      const values = [...where.values, one.key]
      const distinct = (column: string, join = ''): readonly string[] =>
        rows<{ value: string }>(
          `SELECT DISTINCT ${column} AS value FROM ${from()}${join} WHERE ${where.text} AND in_time() AND ${key} = ?`,
          values,
        ).map(({ value }) => value)
      return {
        of: one.key,
        count: by === 'flapping' ? one.weight : one.count,
        duplicateCount: one.duplicates,
        environments: distinct('listed.environment').toSorted(),
        services: distinct('service', SERVICES).toSorted(),
        alerts: rows<Member>(
          `SELECT listed.id AS id, listed.resource AS resource ${such} AND in_time() AND ${key} = ?
           ORDER BY listed.id LIMIT ${ALERTS_NAMED}`,
          values,
        ),
      }
    })
  }
  return (query, by, group, limit) => asked(() => top(query, by, group, limit))
}
