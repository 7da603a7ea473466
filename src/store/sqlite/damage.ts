import type Database from 'better-sqlite3'
import { isDamage } from './faults.js'
import type { QueueState, Queues } from './queues.js'
import type { Tx } from './writer.js'

/** Something in the database that is not what the relay has written there. */
export interface Damage {
  readonly destination: string
  readonly what: 'delivery' | 'gate'
  readonly why: string
}

export type OnDamage = (damage: Damage) => void

/** Takes a delivery that cannot be made out of its queue, dead and with the reason, so that its lane goes on. */
export type SetAside = (tx: Tx, queue: QueueState, seq: number, why: string, now: number) => void

export function createSetAside(db: Database.Database, queues: Queues, onDamage: OnDamage): SetAside {
  const statement = {
    dequeue: db.prepare('DELETE FROM outbox WHERE destination = ? AND seq = ?'),
    forgetRetry: db.prepare<[number, number], { attempts: number; unknowns: number }>(
      'DELETE FROM retry WHERE destination = ? AND seq = ? RETURNING attempts, unknowns',
    ),
    bytes: db.prepare<[number], number>('SELECT length(body) FROM message WHERE seq = ?').pluck(),
    bury: db.prepare(
      `INSERT INTO settled (destination, seq, state, at, attempts, unknowns, note) VALUES (?, ?, 'dead', ?, ?, ?, ?)`,
    ),
  }

  /** Its part of the budget is given back as far as it can be told. */
  function bytesOf(seq: number): number {
    try {
      return statement.bytes.get(seq) ?? 0
    } catch (error) {
      if (isDamage(error)) return 0
      throw error
    }
  }

  return (tx, queue, seq, why, now) => {
    if (statement.dequeue.run(queue.id, seq).changes === 0) return
    const tried = statement.forgetRetry.get(queue.id, seq)
    statement.bury.run(queue.id, seq, now, tried?.attempts ?? 0, tried?.unknowns ?? 0, why)
    queues.grow(tx, queue, -1, -bytesOf(seq))
    tx.onCommit(() => onDamage({ destination: queue.name, what: 'delivery', why }))
  }
}
