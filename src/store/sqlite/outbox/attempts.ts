import type Database from 'better-sqlite3'
import type { Settlement, Try } from '../../../model/delivery.js'
import type { QueueState } from './queues.js'

/** Keeps how each attempt of a delivery went. */
export interface Attempts {
  /** `number`: as the delivery counts; an attempt that is given back has the same as the next. */
  keep(queue: QueueState, seq: number, attempt: Try & { number: number; to: Settlement['to'] }, now: number): void
}

/** How it began is told by the first, how it stands by the newest. */
const FIRST_KEPT = 5
/** With the backoff of a minute that is the longest by default, three quarters of an hour; all together some 5 KiB. */
const NEWEST_KEPT = 45

export function createAttempts(db: Database.Database): Attempts {
  const statement = {
    keep: db
      .prepare<[Record<string, string | number | null>], number>(
        `INSERT INTO attempt (destination, seq, n, number, at, ms, outcome, status, note, became)
         VALUES (:destination, :seq,
           (SELECT coalesce(max(n), 0) + 1 FROM attempt WHERE destination = :destination AND seq = :seq),
           :number, :at, :ms, :outcome, :status, :note, :became) RETURNING n`,
      )
      .pluck(),
    forget: db.prepare('DELETE FROM attempt WHERE destination = ? AND seq = ? AND n = ?'),
  }
  return {
    keep(queue, seq, { number, to, outcome, status, note, ms }, now) {
      const row = { destination: queue.id, seq, number, at: now, ms, outcome, status, note, became: to }
      const n = statement.keep.get(row) as number
      // one comes, one goes
      if (n > FIRST_KEPT + NEWEST_KEPT) statement.forget.run(queue.id, seq, n - NEWEST_KEPT)
    },
  }
}
