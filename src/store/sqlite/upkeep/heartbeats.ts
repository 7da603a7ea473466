import type Database from 'better-sqlite3'
import type { Lane } from '../../../model/order.js'
import type { QueueState, Queues } from '../outbox/queues.js'
import type { Withdraw } from '../outbox/withdraw.js'
import type { Tx } from '../writer.js'

/** Only the latest heartbeat of an origin says anything: an earlier one that still waits is superseded. */
export interface Heartbeats {
  /** A heartbeat came in: those of its lane that wait are superseded now, one in flight when it comes back. */
  newest(tx: Tx, lane: Lane, seq: number, now: number): void
  /** The newest of its lane, where that is another one. */
  laterThan(head: { readonly lane: Lane; readonly seq: number }): number | undefined
  supersede(tx: Tx, queue: QueueState, seq: number, by: number, now: number): void
}

export function createHeartbeats(db: Database.Database, queues: Queues, withdraw: Withdraw): Heartbeats {
  const statement = {
    newest: db.prepare<[Lane], number>('SELECT seq FROM heartbeat WHERE lane = ?').pluck(),
    remember: db.prepare(
      'INSERT INTO heartbeat (lane, seq) VALUES (?, ?) ON CONFLICT (lane) DO UPDATE SET seq = excluded.seq',
    ),
    inFlight: db.prepare('SELECT 1 FROM sending WHERE destination = ? AND seq = ?').pluck(),
  }

  const supersede: Heartbeats['supersede'] = (tx, queue, seq, by, now) => {
    const note = 'a later heartbeat of this origin came in'
    withdraw(tx, queue, seq, { state: 'superseded', note, by }, now)
  }

  return {
    newest(tx, lane, seq, now) {
      const previous = statement.newest.get(lane)
      statement.remember.run(lane, seq)
      if (previous === undefined) return
      for (const queue of queues.all()) {
        if (statement.inFlight.get(queue.id, previous) === undefined) supersede(tx, queue, previous, seq, now)
      }
    },
    laterThan({ lane, seq }) {
      const newest = statement.newest.get(lane)
      return newest !== undefined && newest > seq ? newest : undefined
    },
    supersede,
  }
}
