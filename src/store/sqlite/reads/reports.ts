import type Database from 'better-sqlite3'
import type { QueueStatus, Settled } from '../../contract.js'
import { isDamage } from '../faults.js'
import type { QueueState } from '../outbox/queues.js'
import { MESSAGE_COLUMNS, type MessageRow, toMessage } from '../rows.js'

export interface SettledRow extends MessageRow {
  readonly state: string
  readonly at: number
  readonly attempts: number
  readonly status: number | null
  readonly note: string | null
}

/** What operators ask; reads committed rows only. */
export function createReports(db: Database.Database) {
  const statement = {
    sending: db.prepare<[number], number>('SELECT count(*) FROM sending WHERE destination = ?').pluck(),
    dead: db.prepare<[number], number>(`SELECT count(*) FROM settled WHERE destination = ? AND state = 'dead'`).pluck(),
    oldest: db
      .prepare<[number], number>(
        `SELECT accepted_at FROM message WHERE seq = (SELECT min(seq) FROM outbox WHERE destination = ?)`,
      )
      .pluck(),
    settled: db.prepare<[number, string, number], SettledRow>(settledRows(MESSAGE_COLUMNS, '?')),
    // with the state written out, or the partial index of dead letters cannot be used
    deadLetters: db.prepare<[number, number], SettledRow>(settledRows(MESSAGE_COLUMNS, "'dead'")),
    withoutBodies: db.prepare<[number, string, number], SettledRow>(settledRows(WITHOUT_BODY, '?')),
  }

  /** A body that is damaged, long as bodies are, must not hide the dead letters around it. */
  function readSettled(queue: QueueState, state: string, limit: number): SettledRow[] {
    try {
      if (state === 'dead') return statement.deadLetters.all(queue.id, limit)
      return statement.settled.all(queue.id, state, limit)
    } catch (error) {
      if (!isDamage(error)) throw error
      return statement.withoutBodies.all(queue.id, state, limit)
    }
  }

  return {
    status: (queue: QueueState): QueueStatus => ({
      destination: queue.name,
      rows: queue.rows,
      bytes: queue.bytes,
      sending: statement.sending.get(queue.id) ?? 0,
      dead: statement.dead.get(queue.id) ?? 0,
      oldestAt: statement.oldest.get(queue.id),
      budget: queue.budget,
    }),
    settled: (queue: QueueState, state: string, limit: number): readonly Settled[] =>
      readSettled(queue, state, limit).map((row) => settledOf(queue, row)),
  }
}

export const settledOf = (queue: QueueState, row: SettledRow): Settled => ({
  destination: queue.name,
  state: row.state,
  at: row.at,
  attempts: row.attempts,
  status: row.status,
  note: row.note,
  message: toMessage(row),
})

const SETTLED = 'settled.state, settled.at, settled.attempts, settled.status, settled.note'

export const SETTLED_COLUMNS = `${MESSAGE_COLUMNS}, ${SETTLED}`

/** Nor what stands behind the body: the way there leads through its pages. */
const WITHOUT_BODY = MESSAGE_COLUMNS.replace(/message\.(body|stamp|became|note_id|content_type|trace)\b/g, 'NULL AS $1')

export const SETTLED_WITHOUT_BODY = `${WITHOUT_BODY}, ${SETTLED}`

const settledRows = (columns: string, state: string): string =>
  `SELECT ${columns}, ${SETTLED}
   FROM settled JOIN message ON message.seq = settled.seq
   WHERE destination = ? AND state = ${state} ORDER BY settled.seq DESC LIMIT ?`
