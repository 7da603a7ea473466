import type Database from 'better-sqlite3'
import type { Expiry } from '../contract.js'
import type { Gates } from './gates.js'
import type { QueueState, Queues } from './queues.js'
import type { Tx } from './writer.js'

interface OldRow {
  readonly seq: number
  readonly accepted_at: number
  readonly bytes: number
  readonly attempts: number | null
  readonly unknowns: number | null
  readonly note: string | null
  readonly status: number | null
}

/** Gives up what is too old to be of use, oldest first; a delivery in flight is left to its attempt. */
export function createExpire(db: Database.Database, queues: Queues, gates: Gates) {
  const statement = {
    oldest: db.prepare<[number, number], OldRow>(
      `SELECT outbox.seq, accepted_at, coalesce(length(body), 0) AS bytes, attempts, unknowns, note, status
       FROM outbox JOIN message ON message.seq = outbox.seq
       LEFT JOIN retry ON retry.destination = outbox.destination AND retry.seq = outbox.seq
       WHERE outbox.destination = ?
         AND NOT EXISTS (SELECT 1 FROM sending WHERE destination = outbox.destination AND seq = outbox.seq)
       ORDER BY outbox.seq LIMIT ?`,
    ),
    dequeue: db.prepare('DELETE FROM outbox WHERE destination = ? AND seq = ?'),
    forgetRetry: db.prepare('DELETE FROM retry WHERE destination = ? AND seq = ?'),
    bury: db.prepare(
      `INSERT INTO settled (destination, seq, state, at, attempts, unknowns, status, note)
       VALUES (?, ?, 'dead', ?, ?, ?, ?, ?)`,
    ),
  }

  function buryRow(tx: Tx, queue: QueueState, row: OldRow, now: number): void {
    const note = `expired by max_age${row.note === null ? '' : `; last: ${row.note}`}`
    statement.dequeue.run(queue.id, row.seq)
    statement.forgetRetry.run(queue.id, row.seq)
    statement.bury.run(queue.id, row.seq, now, row.attempts ?? 0, row.unknowns ?? 0, row.status, note)
    queues.grow(tx, queue, -1, -row.bytes)
  }

  return (tx: Tx, queue: QueueState, { now, maxAgeMs, limit }: Expiry): number => {
    const isOld = ({ accepted_at }: OldRow): boolean =>
      now - accepted_at > maxAgeMs && now - accepted_at - gates.heldMs(queue, accepted_at, now) > maxAgeMs
    if (!statement.oldest.all(queue.id, 1).some(isOld)) return 0
    const old = statement.oldest.all(queue.id, limit).filter(isOld)
    for (const row of old) buryRow(tx, queue, row, now)
    return old.length
  }
}
