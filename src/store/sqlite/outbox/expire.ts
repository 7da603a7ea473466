import type Database from 'better-sqlite3'
import type { Expiry } from '../../contract.js'
import type { Gates } from '../gates.js'
import type { Tx } from '../writer.js'
import type { EndDelivery } from './end-delivery.js'
import type { QueueState } from './queues.js'

interface OldRow {
  readonly seq: number
  readonly accepted_at: number
  readonly bytes: number
  readonly note: string | null
  readonly status: number | null
}

/** Gives up what is too old to be of use, oldest first; a delivery in flight is left to its attempt. */
export function createExpire(db: Database.Database, gates: Gates, endDelivery: EndDelivery) {
  const statement = {
    oldest: db.prepare<[number, number], OldRow>(
      `SELECT outbox.seq, accepted_at, coalesce(length(body), 0) AS bytes, note, status
       FROM outbox JOIN message ON message.seq = outbox.seq
       LEFT JOIN retry ON retry.destination = outbox.destination AND retry.seq = outbox.seq
       WHERE outbox.destination = ?
         AND NOT EXISTS (SELECT 1 FROM sending WHERE destination = outbox.destination AND seq = outbox.seq)
       ORDER BY outbox.seq LIMIT ?`,
    ),
  }

  function bury(tx: Tx, queue: QueueState, { seq, bytes, status, note: last }: OldRow, now: number): void {
    const note = `expired by max_age${last === null ? '' : `; last: ${last}`}`
    endDelivery(tx, queue, seq, { state: 'dead', note, status, tried: undefined, bytes }, now)
  }

  return (tx: Tx, queue: QueueState, { now, maxAgeMs, limit }: Expiry): number => {
    const isOld = ({ accepted_at }: OldRow): boolean =>
      now - accepted_at > maxAgeMs && now - accepted_at - gates.heldMs(queue, accepted_at, now) > maxAgeMs
    if (!statement.oldest.all(queue.id, 1).some(isOld)) return 0
    const old = statement.oldest.all(queue.id, limit).filter(isOld)
    for (const row of old) bury(tx, queue, row, now)
    return old.length
  }
}
