import type Database from 'better-sqlite3'
import type { Culprit } from '../../moves.js'
import type { EndDelivery } from '../outbox/end-delivery.js'
import type { QueueState } from '../outbox/queues.js'
import { MESSAGE_COLUMNS, type MessageRow, toMessage } from '../rows.js'
import type { Tx } from '../writer.js'

interface CulpritRow extends MessageRow {
  readonly seq: number
  readonly note: string | null
  readonly status: number | null
  readonly in_flight: number
}

/** Finds the message because of which a destination is suspended, and buries it. */
export function createSkip(db: Database.Database, endDelivery: EndDelivery) {
  const worst = db.prepare<[number], CulpritRow>(
    `SELECT ${MESSAGE_COLUMNS}, message.seq, retry.note, retry.status,
       EXISTS (SELECT 1 FROM sending WHERE sending.destination = retry.destination AND sending.seq = retry.seq) AS in_flight
     FROM retry JOIN outbox ON outbox.destination = retry.destination AND outbox.seq = retry.seq
     JOIN message ON message.seq = retry.seq
     WHERE retry.destination = ? AND suspensions > 0 ORDER BY suspensions DESC, retry.seq LIMIT 1`,
  )
  return {
    culprit(queue: QueueState): Culprit | undefined {
      const row = worst.get(queue.id)
      return row && { message: toMessage(row), note: row.note, status: row.status, inFlight: row.in_flight === 1 }
    },
    skip(tx: Tx, queue: QueueState, messageId: string, why: string, now: number): boolean {
      const row = worst.get(queue.id)
      if (row === undefined || row.in_flight === 1 || toMessage(row).messageId !== messageId) return false
      const { seq, status, body } = row
      const ending = { state: 'dead', note: why, status, tried: undefined, bytes: body?.length ?? 0 } as const
      return endDelivery(tx, queue, seq, ending, now) !== undefined
    },
  }
}
