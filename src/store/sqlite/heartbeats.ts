import type Database from 'better-sqlite3'
import type { Lane } from '../../model/order.js'
import type { QueueState, Queues } from './queues.js'
import type { Tx } from './writer.js'

/** Only the latest heartbeat of an origin says anything: an earlier one that still waits is superseded. */
export interface Heartbeats {
  /** A heartbeat came in: those of its lane that wait are superseded now, one in flight when it comes back. */
  newest(tx: Tx, lane: Lane, seq: number, now: number): void
  isOld(head: { readonly lane: Lane; readonly seq: number }): boolean
  supersede(tx: Tx, queue: QueueState, seq: number, now: number): void
}

export function createHeartbeats(db: Database.Database, queues: Queues): Heartbeats {
  const statement = {
    newest: db.prepare<[Lane], number>('SELECT seq FROM heartbeat WHERE lane = ?').pluck(),
    remember: db.prepare(
      'INSERT INTO heartbeat (lane, seq) VALUES (?, ?) ON CONFLICT (lane) DO UPDATE SET seq = excluded.seq',
    ),
    inFlight: db.prepare('SELECT 1 FROM sending WHERE destination = ? AND seq = ?').pluck(),
    dequeue: db.prepare('DELETE FROM outbox WHERE destination = ? AND seq = ?'),
    forgetRetry: db.prepare<[number, number], { attempts: number; unknowns: number }>(
      'DELETE FROM retry WHERE destination = ? AND seq = ? RETURNING attempts, unknowns',
    ),
    settle: db.prepare(
      `INSERT INTO settled (destination, seq, state, at, attempts, unknowns, note)
       VALUES (?, ?, 'superseded', ?, ?, ?, 'a later heartbeat of this origin came in')`,
    ),
    bytes: db.prepare<[number], number>('SELECT length(body) FROM message WHERE seq = ?').pluck(),
  }

  function supersede(tx: Tx, queue: QueueState, seq: number, now: number): void {
    if (statement.dequeue.run(queue.id, seq).changes === 0) return
    const tried = statement.forgetRetry.get(queue.id, seq)
    statement.settle.run(queue.id, seq, now, tried?.attempts ?? 0, tried?.unknowns ?? 0)
    queues.grow(tx, queue, -1, -(statement.bytes.get(seq) ?? 0))
  }

  return {
    newest(tx, lane, seq, now) {
      const previous = statement.newest.get(lane)
      statement.remember.run(lane, seq)
      if (previous === undefined) return
      for (const queue of queues.all()) {
        if (statement.inFlight.get(queue.id, previous) === undefined) supersede(tx, queue, previous, now)
      }
    },
    isOld: ({ lane, seq }) => (statement.newest.get(lane) ?? seq) > seq,
    supersede,
  }
}
