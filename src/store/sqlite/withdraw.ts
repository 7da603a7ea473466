import type Database from 'better-sqlite3'
import type { QueueState, Queues } from './queues.js'
import type { Tx } from './writer.js'

export interface Withdrawn {
  readonly destination: string
  readonly state: 'superseded' | 'folded' | 'dead'
}

export type OnWithdrawn = (withdrawn: Withdrawn) => void

/** Settles a delivery that waits, without an attempt; false where it does not wait any more. */
export type Withdraw = (
  tx: Tx,
  queue: QueueState,
  seq: number,
  as: { readonly state: Withdrawn['state']; readonly note: string; readonly bytes?: number },
  now: number,
) => boolean

export function createWithdraw(db: Database.Database, queues: Queues, onWithdrawn: OnWithdrawn): Withdraw {
  const statement = {
    dequeue: db.prepare('DELETE FROM outbox WHERE destination = ? AND seq = ?'),
    forgetRetry: db.prepare<[number, number], { attempts: number; unknowns: number }>(
      'DELETE FROM retry WHERE destination = ? AND seq = ? RETURNING attempts, unknowns',
    ),
    forgetFolded: db.prepare('DELETE FROM folded WHERE destination = ? AND seq = ?'),
    settle: db.prepare(
      `INSERT INTO settled (destination, seq, state, at, attempts, unknowns, note) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    bytes: db.prepare<[number], number>('SELECT length(body) FROM message WHERE seq = ?').pluck(),
  }
  return (tx, queue, seq, { state, note, bytes }, now) => {
    if (statement.dequeue.run(queue.id, seq).changes === 0) return false
    const tried = statement.forgetRetry.get(queue.id, seq)
    statement.settle.run(queue.id, seq, state, now, tried?.attempts ?? 0, tried?.unknowns ?? 0, note)
    statement.forgetFolded.run(queue.id, seq)
    queues.grow(tx, queue, -1, -(bytes ?? statement.bytes.get(seq) ?? 0))
    tx.onCommit(() => onWithdrawn({ destination: queue.name, state }))
    return true
  }
}
