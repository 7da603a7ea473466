import type Database from 'better-sqlite3'
import type { OutboxRow, Pager } from './window.js'

/** Reads one destination's outbox by its key, never by lane order: lanes are put together in memory. */
export function createPager(db: Database.Database, destination: number): Pager {
  const after = db.prepare<[number, number, number], OutboxRow>(
    `SELECT outbox.seq, outbox.lane, retry.not_before AS notBefore FROM outbox
     LEFT JOIN retry ON retry.destination = outbox.destination AND retry.seq = outbox.seq
     WHERE outbox.destination = ? AND outbox.seq > ? ORDER BY outbox.seq LIMIT ?`,
  )
  const ofLane = db
    .prepare<[number, number, number, number, number], number>(
      'SELECT seq FROM outbox WHERE destination = ? AND seq > ? AND seq <= ? AND lane = ? ORDER BY seq LIMIT ?',
    )
    .pluck()
  return {
    after: (seq, limit) => after.all(destination, seq, limit),
    ofLane: (lane, from, to, limit) => ofLane.all(destination, from, to, lane, limit),
  }
}
