import type Database from 'better-sqlite3'
import type { Verdict } from '../../../model/decision.js'
import type { Draft } from '../../../model/message.js'
import type { Lane } from '../../../model/order.js'
import { messageValues } from '../rows.js'
import type { Tx } from '../writer.js'
import type { QueueState, Queues } from './queues.js'
import type { LaneWindow } from './window.js'

/** Writes messages into the journal and their deliveries into the outbox. */
export interface Journal {
  /** Returns its number. `repeats`: the number of the change that an alert repeats. */
  write(draft: Draft, alert: number | null, repeats?: number | null, verdicts?: readonly Verdict[]): number
  queue(tx: Tx, queue: QueueState, seq: number, lane: Lane, bytes: number): void
}

export function createJournal(
  db: Database.Database,
  { queues, windowOf }: { readonly queues: Queues; readonly windowOf: (queue: QueueState) => LaneWindow },
): Journal {
  const statement = {
    write: db.prepare(
      `INSERT INTO message (message_id, kind, accepted_at, alert, alert_id, action, timeout, request_id, hops, sender,
         credential, body, stamp, became, note_id, content_type, trace, repeats, skipped)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    queue: db.prepare('INSERT INTO outbox (destination, seq, lane) VALUES (?, ?, ?)'),
  }
  return {
    write: (draft, alert, repeats = null, verdicts = []) =>
      Number(statement.write.run(...messageValues(draft, alert), repeats, skippedText(verdicts)).lastInsertRowid),
    queue(tx, queue, seq, lane, bytes) {
      statement.queue.run(queue.id, seq, lane)
      queues.grow(tx, queue, 1, bytes)
      tx.onCommit(() => windowOf(queue).came(seq, lane))
    },
  }
}

function skippedText(verdicts: readonly Verdict[]): string | null {
  const skipped = verdicts.flatMap((verdict) => (verdict.kind === 'skip' ? [[verdict.destination, verdict.why]] : []))
  return skipped.length === 0 ? null : JSON.stringify(Object.fromEntries(skipped))
}
