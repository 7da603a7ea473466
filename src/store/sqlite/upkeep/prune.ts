import type Database from 'better-sqlite3'
import type { Retention } from '../../contract.js'
import { isDamage } from '../faults.js'
import { seenKeyAt } from '../seen.js'
import type { Tx } from '../writer.js'

/** A message from a clock that was ahead must not end the sweep of those behind it. */
const CLOCK_SLACK_MS = 86_400_000

/** Goes through a table by key, `limit` rows a slice whether they are old or not, so that a slice is always short. */
interface Sweep {
  /** One slice; true when there is more of this sweep. */
  next(tx: Tx, retention: Retention): boolean
}

/**
 * Forgets settled and old rows, a slice of every table a call; true while the sweep goes on. A message goes when no
 * delivery of it is left in the outbox: by reference, not by position, so that one stuck lane keeps its own only.
 */
export function createPrune(db: Database.Database): (tx: Tx, retention: Retention) => boolean {
  const sweeps = [sweepMessages(db), sweepIds(db), sweepAlerts(db), sweepKeys(db)]
  let unfinished: readonly Sweep[] = sweeps
  return (tx, retention) => {
    const before = unfinished
    tx.onRollback(() => {
      unfinished = before
    })
    const left = before.filter((sweep) => sweep.next(tx, retention))
    unfinished = left.length > 0 ? left : sweeps
    return left.length > 0
  }
}

/** `slice` reads rows after a key; `visit` forgets what it may and returns false where the sweep can end early. */
function createSweep<Row, Key>(
  first: Key,
  keyOf: (row: Row) => Key,
  slice: (after: Key, limit: number) => readonly Row[],
  visit: (row: Row, retention: Retention) => boolean,
): Sweep {
  let cursor = first
  return {
    next(tx, retention) {
      const before = cursor
      tx.onRollback(() => {
        cursor = before
      })
      const rows = slice(cursor, retention.limit)
      const all = rows.every((row) => visit(row, retention))
      const last = rows.at(-1)
      const more = all && last !== undefined && rows.length === retention.limit
      cursor = more ? keyOf(last) : first
      return more
    },
  }
}

function sweepMessages(db: Database.Database): Sweep {
  interface Row {
    readonly seq: number
    readonly accepted_at: number
  }
  const slice = db.prepare<[number, number], Row>(
    'SELECT seq, accepted_at FROM message WHERE seq > ? ORDER BY seq LIMIT ?',
  )
  const needed = db.prepare<[{ seq: number; settledBefore: number; deadBefore: number }], number>(
    `SELECT 1 FROM destination
     LEFT JOIN outbox ON outbox.destination = destination.id AND outbox.seq = :seq
     LEFT JOIN settled ON settled.destination = destination.id AND settled.seq = :seq
     WHERE outbox.seq IS NOT NULL
        OR settled.at >= CASE settled.state WHEN 'dead' THEN :deadBefore ELSE :settledBefore END LIMIT 1`,
  )
  const forgetSettled = db.prepare('DELETE FROM settled WHERE seq = ? AND destination IN (SELECT id FROM destination)')
  // what was folded into a dead letter
  const forgetFolded = db.prepare('DELETE FROM folded WHERE seq = ? AND destination IN (SELECT id FROM destination)')
  const forgetAttempts = db.prepare('DELETE FROM attempt WHERE seq = ? AND destination IN (SELECT id FROM destination)')
  const forget = db.prepare('DELETE FROM message WHERE seq = ?')
  /** Messages whose pages are damaged: they stay, or they would keep all later ones from being forgotten. */
  const stuck = new Set<number>()
  const forgetMessage = (seq: number): void => {
    if (stuck.has(seq)) return
    try {
      forget.run(seq)
    } catch (error) {
      if (isDamage(error)) stuck.add(seq)
      throw error
    }
  }
  const visit = ({ seq, accepted_at }: Row, { now, settledMs, deadMs }: Retention): boolean => {
    // messages stand in the order of their acceptance: behind the first young one all are young
    if (accepted_at >= now - settledMs) return accepted_at > now + CLOCK_SLACK_MS
    if (needed.get({ seq, settledBefore: now - settledMs, deadBefore: now - deadMs }) === undefined) {
      forgetSettled.run(seq)
      forgetAttempts.run(seq)
      forgetFolded.run(seq)
      forgetMessage(seq)
    }
    return true
  }
  return createSweep<Row, number>(
    0,
    ({ seq }) => seq,
    (after, limit) => slice.all(after, limit),
    visit,
  )
}

/** An alert keeps its first and its last id as long as it is known; the ids between only while they may come back. */
function sweepIds(db: Database.Database): Sweep {
  interface Key {
    readonly ending: string
    readonly id: string
  }
  type Row = Key & { readonly alert: number; readonly seen_at: number }
  const slice = db.prepare<[string, string, number], Row>(
    'SELECT ending, id, alert, seen_at FROM alert_id WHERE (ending, id) > (?, ?) ORDER BY ending, id LIMIT ?',
  )
  const needed = db.prepare<[number, string, string], number>(
    'SELECT 1 FROM alert WHERE id = ? AND (first_id = ? OR last_alert_id = ?)',
  )
  const forget = db.prepare('DELETE FROM alert_id WHERE ending = ? AND id = ?')
  const visit = ({ ending, id, alert, seen_at }: Row, { now, seenMs }: Retention): boolean => {
    if (seen_at < now - seenMs && needed.get(alert, id, id) === undefined) forget.run(ending, id)
    return true
  }
  return createSweep<Row, Key>(
    { ending: '', id: '' },
    (row) => row,
    ({ ending, id }, limit) => slice.all(ending, id, limit),
    visit,
  )
}

/**
 * Of a deleted alert, and of one that was never more than an id, nothing comes after the time in which messages may. As
 * long as a message about it stands in the journal, a delivery may need its marks and aliases.
 */
function sweepAlerts(db: Database.Database): Sweep {
  interface Row {
    readonly id: number
    readonly updated_at: number
    readonly lives: number
  }
  const slice = db.prepare<[number, number], Row>(
    'SELECT id, updated_at, resource IS NOT NULL AND deleted_at IS NULL AS lives FROM alert WHERE id > ? ORDER BY id LIMIT ?',
  )
  const isJournalled = db.prepare('SELECT 1 FROM message WHERE alert = ? LIMIT 1').pluck()
  const forgetMarks = db.prepare('DELETE FROM mark WHERE alert = ?')
  const forgetState = db.prepare('DELETE FROM ledger WHERE alert = ?')
  const forgetHistory = db.prepare('DELETE FROM history WHERE alert = ?')
  const forget = db.prepare('DELETE FROM alert WHERE id = ?')
  const visit = ({ id, updated_at, lives }: Row, { now, seenMs, alertMs }: Retention): boolean => {
    if (updated_at >= now - (lives === 1 ? alertMs : seenMs) || isJournalled.get(id) !== undefined) return true
    forgetMarks.run(id)
    forgetState.run(id)
    forgetHistory.run(id)
    forget.run(id)
    return true
  }
  return createSweep<Row, number>(
    0,
    ({ id }) => id,
    (after, limit) => slice.all(after, limit),
    visit,
  )
}

/** Seen message ids, nonces, holds, the numbers of pruned heartbeats, origins long silent: all found by key or few. */
function sweepKeys(db: Database.Database): Sweep {
  const forgetSeen = db.prepare(
    'DELETE FROM seen WHERE key IN (SELECT key FROM seen WHERE key < ? AND seen_at < ? ORDER BY key LIMIT ?)',
  )
  const forgetNonces = db.prepare(
    'DELETE FROM nonce WHERE key IN (SELECT key FROM nonce WHERE expires_at < ? ORDER BY expires_at LIMIT ?)',
  )
  const forgetHolds = db.prepare('DELETE FROM hold WHERE until < ?')
  const forgetHeartbeats = db.prepare('DELETE FROM heartbeat WHERE seq < (SELECT min(seq) FROM message)')
  const forgetAudit = db.prepare('DELETE FROM audit WHERE at < ?')
  const forgetMoved = db.prepare('DELETE FROM moved WHERE seq < (SELECT min(seq) FROM message)')
  const forgetImported = db.prepare(
    `DELETE FROM imported WHERE (export, destination, message_id) IN
       (SELECT export, destination, message_id FROM imported WHERE at < ? LIMIT ?)`,
  )
  // of those whose alert stands it must be known that it does
  const forgetOrigins = db.prepare('DELETE FROM heartbeat_state WHERE received_at < ? AND told IS NULL')
  const forgetNoteAliases = db.prepare(
    `DELETE FROM note_alias WHERE seq < (SELECT min(seq) FROM message) AND NOT EXISTS (SELECT 1 FROM note WHERE note.id = note_alias.note)`,
  )
  return {
    next(_tx, { now, seenMs, alertMs, auditMs, limit }) {
      const before = now - seenMs
      const seen = forgetSeen.run(seenKeyAt(before), before, limit).changes
      const nonces = forgetNonces.run(now, limit).changes
      // a hold is needed as long as a delivery that waited through it may be
      forgetHolds.run(before)
      forgetHeartbeats.run()
      forgetMoved.run()
      forgetImported.run(before, limit)
      forgetOrigins.run(now - alertMs)
      forgetAudit.run(now - auditMs)
      forgetNoteAliases.run()
      return seen === limit || nonces === limit
    },
  }
}
