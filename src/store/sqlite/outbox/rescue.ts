import type Database from 'better-sqlite3'

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
    return db.prepare('DELETE FROM sending').run().changes
  })()
}
