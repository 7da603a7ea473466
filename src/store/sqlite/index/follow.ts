import type Database from 'better-sqlite3'
import type { QueueState } from '../outbox/queues.js'
import { OURSELVES, type Resend } from '../outbox/resend.js'
import type { Withdraw } from '../outbox/withdraw.js'
import type { Tx } from '../writer.js'

/** Has an older message that was just queued be followed by the state, which is newer. */
export type Follow = (tx: Tx, alert: number, queue: QueueState, now: number) => void

export interface FollowDeps {
  readonly db: Database.Database
  readonly resend: Resend
  readonly withdraw: Withdraw
}

/** Of one state that was sent again, an alert and an action. */
const RESENT = 2

/**
 * What we have sent of the state before, and what still waits, would no longer be the last: it is taken back. So of a
 * hundred older messages in a row a hundred go out, and the state once.
 */
export function createFollow({ db, resend, withdraw }: FollowDeps): Follow {
  const waiting = db.prepare<[{ alert: number; destination: number }], { seq: number; bytes: number }>(
    `SELECT message.seq, length(message.body) AS bytes FROM message
     JOIN outbox ON outbox.destination = :destination AND outbox.seq = message.seq
     WHERE message.alert = :alert AND message.credential = '${OURSELVES}' AND message.kind IN ('alert', 'action')
       AND message.seq > (SELECT changed_seq FROM ledger WHERE alert = :alert)
       AND NOT EXISTS (SELECT 1 FROM sending WHERE sending.destination = :destination AND sending.seq = message.seq)
     ORDER BY message.seq DESC LIMIT ${RESENT}`,
  )
  return (tx, alert, queue, now) => {
    const before = waiting.all({ alert, destination: queue.id })
    for (const { seq, bytes } of before) {
      const note = 'the state goes out behind what came in since'
      withdraw(tx, queue, seq, { state: 'superseded', note, bytes }, now)
    }
    resend(tx, alert, queue, now)
  }
}
