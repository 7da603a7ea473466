import type Database from 'better-sqlite3'
import { CLAIM_MS } from './claim.js'

/**
 * Returns what a crashed owner left `sending`: back in the queue with the attempt given back, but counted as unknown,
 * for it may have been sent. The lock on the database proves that no owner of an old claim is alive.
 */
export function rescue(db: Database.Database): number {
  return db.transaction(() => {
    db.prepare(
      `INSERT INTO retry (destination, seq, attempts, not_before, faults, first_fault_at, last_fault_at, unknowns,
         suspensions, not_found, note)
       SELECT destination, seq, attempt - 1, 0, 0, 0, 0, 1, 0, 0, 'the relay ended during the attempt' FROM sending
       WHERE true
       ON CONFLICT (destination, seq) DO UPDATE SET unknowns = unknowns + 1, not_before = 0, note = excluded.note`,
    ).run()
    // nobody knows when it ended: it stands there with its beginning
    db.prepare(
      `INSERT INTO attempt (destination, seq, n, number, at, ms, outcome, status, note, became)
       SELECT destination, seq, (SELECT coalesce(max(n), 0) + 1 FROM attempt
           WHERE attempt.destination = sending.destination AND attempt.seq = sending.seq),
         attempt, claimed_until - ${CLAIM_MS}, NULL, 'unknown', NULL, 'the relay ended during the attempt', 'queued'
       FROM sending`,
    ).run()
    return db.prepare('DELETE FROM sending').run().changes
  })()
}
