import type Database from 'better-sqlite3'
import type { SETTLED_STATES } from '../../../model/delivery.js'
import type { Lane } from '../../../model/order.js'
import type { Tx } from '../writer.js'
import type { QueueState, Queues } from './queues.js'
import type { LaneWindow } from './window.js'

/** How a delivery ends. */
export interface Ending {
  readonly state: (typeof SETTLED_STATES)[number]
  readonly note: string | null
  /** of the last answer; null: none, or it does not matter */
  readonly status: number | null
  /** undefined: as many as it had when it was queued again last */
  readonly tried: { readonly attempts: number; readonly unknowns: number } | undefined
  /** its part of the budget; undefined: what its message says */
  readonly bytes: number | undefined
  /** how long the attempt took that ended it; undefined: none did */
  readonly ms?: number | undefined
  /** the message that goes out in its place, or that made it pointless */
  readonly by?: number | undefined
}

export interface Ended {
  /** it had failed, or been put back, before */
  readonly triedBefore: boolean
}

/** Out of the queue, with all that is kept beside it; undefined where it is not there any more. */
export type EndDelivery = (tx: Tx, queue: QueueState, seq: number, ending: Ending, now: number) => Ended | undefined

export function createEndDelivery(
  db: Database.Database,
  { queues, windowOf }: { readonly queues: Queues; readonly windowOf: (queue: QueueState) => LaneWindow },
): EndDelivery {
  const statement = {
    dequeue: db
      .prepare<[number, number], Lane>('DELETE FROM outbox WHERE destination = ? AND seq = ? RETURNING lane')
      .pluck(),
    forgetRetry: db.prepare<[number, number], { attempts: number; unknowns: number }>(
      'DELETE FROM retry WHERE destination = ? AND seq = ? RETURNING attempts, unknowns',
    ),
    forgetFolded: db.prepare('DELETE FROM folded WHERE destination = ? AND seq = ?'),
    settle: db.prepare(
      `INSERT INTO settled (destination, seq, state, at, attempts, unknowns, status, note, ms, by_seq)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    bytes: db.prepare<[number], number>('SELECT length(body) FROM message WHERE seq = ?').pluck(),
  }
  return (tx, queue, seq, { state, note, status, tried, bytes, ms, by }, now) => {
    const lane = statement.dequeue.get(queue.id, seq)
    if (lane === undefined) return undefined
    tx.onCommit(() => windowOf(queue).left(seq, lane))
    const before = statement.forgetRetry.get(queue.id, seq)
    const { attempts, unknowns } = tried ?? before ?? { attempts: 0, unknowns: 0 }
    statement.settle.run(queue.id, seq, state, now, attempts, unknowns, status, note, ms ?? null, by ?? null)
    // a dead letter may be replayed, with what was folded into it
    if (state !== 'dead') statement.forgetFolded.run(queue.id, seq)
    queues.grow(tx, queue, -1, -(bytes ?? statement.bytes.get(seq) ?? 0))
    return { triedBefore: before !== undefined }
  }
}
