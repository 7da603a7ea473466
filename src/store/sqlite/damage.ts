import type Database from 'better-sqlite3'
import { isDamage } from './faults.js'
import type { QueueState } from './outbox/queues.js'
import type { Withdraw } from './outbox/withdraw.js'
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

export function createSetAside(db: Database.Database, withdraw: Withdraw, onDamage: OnDamage): SetAside {
  const bytes = db.prepare<[number], number>('SELECT length(body) FROM message WHERE seq = ?').pluck()

  /** Its part of the budget is given back as far as it can be told. */
  function bytesOf(seq: number): number {
    try {
      return bytes.get(seq) ?? 0
    } catch (error) {
      if (isDamage(error)) return 0
      throw error
    }
  }

  return (tx, queue, seq, why, now) => {
    if (!withdraw(tx, queue, seq, { state: 'dead', note: why, bytes: bytesOf(seq) }, now)) return
    tx.onCommit(() => onDamage({ destination: queue.name, what: 'delivery', why }))
  }
}
