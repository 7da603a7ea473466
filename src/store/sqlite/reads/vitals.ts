import { statSync } from 'node:fs'
import type Database from 'better-sqlite3'
import type { Vitals } from '../../vitals.js'
import { reading } from '../faults.js'
import type { Queues } from '../outbox/queues.js'

export function createVitals(db: Database.Database, queues: Pick<Queues, 'byName'>): Vitals {
  const statement = {
    census: db.prepare<[number, number], { status: string; n: number; last: number }>(
      `SELECT status, count(*) AS n, max(alert) AS last
       FROM (SELECT alert, status FROM listed WHERE alert > ? ORDER BY alert LIMIT ?) GROUP BY status`,
    ),
    // the newest first: among many, one of somebody else's is near the end
    deadOfOthers: db
      .prepare<[number, string], number>(
        `SELECT 1 FROM settled JOIN message USING (seq)
         WHERE destination = ? AND settled.state = 'dead' AND credential <> ? ORDER BY settled.seq DESC LIMIT 1`,
      )
      .pluck(),
  }
  return {
    sizes: async () => ({ database: sizeOf(db.name), log: sizeOf(`${db.name}-wal`) }),
    census: async (after, limit) =>
      reading(() => {
        const rows = statement.census.all(after, limit)
        const seen = rows.reduce((sum, { n }) => sum + n, 0)
        return {
          counts: rows.map(({ status, n }) => [status, n] as const),
          next: seen < limit ? undefined : Math.max(...rows.map(({ last }) => last)),
        }
      }),
    hasDeadOfOthers: async (destination, own) =>
      reading(() => statement.deadOfOthers.get(queues.byName(destination).id, own) !== undefined),
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0
