import { createHash } from 'node:crypto'
import type Database from 'better-sqlite3'
import { type AboutAlert, type Draft, isAboutAlert, subjectOf } from '../../model/message.js'
import { uuidBytes } from './rows.js'

const ID_BYTES = 8
const DIGEST_BYTES = 8
const TIME_BYTES = 6

/** The messages that came before. */
export interface Seen {
  /**
   * By what an equal message is told. Of what a peer did to an alert also by the alert: it may have learned another id of
   * it, and address it by that the next time, or another peer may.
   */
  keysOf(draft: Draft): readonly Buffer[]
  has(keys: readonly Buffer[]): boolean
  note(keys: readonly Buffer[], at: number): void
}

/** `alertOf`: the number of the alert that a draft is about, where one is known. */
export function createSeen(db: Database.Database, alertOf: (draft: AboutAlert) => number | undefined): Seen {
  const statement = {
    has: db.prepare('SELECT 1 FROM seen WHERE key = ?').pluck(),
    note: db.prepare('INSERT INTO seen (key, seen_at) VALUES (?, ?)'),
  }
  return {
    keysOf(draft) {
      const addressed = seenKey(draft, subjectOf(draft))
      const alert = draft.fromPeer && isAboutAlert(draft) && draft.kind !== 'alert' ? alertOf(draft) : undefined
      return alert === undefined ? [addressed] : [addressed, seenKey(draft, `\n${alert}`)]
    },
    has: (keys) => keys.some((key) => statement.has.get(key) !== undefined),
    note(keys, at) {
      for (const key of keys) statement.note.run(key, at)
    },
  }
}

/**
 * 16 bytes that an equal message (id, subject and bytes) has again: the UUIDv7's first 8, so that keys arrive in order
 * and can be forgotten by time, and 8 of a digest over the whole.
 */
function seenKey(draft: Draft, subject: string): Buffer {
  const digest = createHash('sha256')
    .update(`${draft.messageId}\n${draft.kind}\n${subject}\n`)
    .update(draft.body ?? '')
    .digest()
  return Buffer.concat([uuidBytes(draft.messageId).subarray(0, ID_BYTES), digest.subarray(0, DIGEST_BYTES)])
}

/** The smallest key of a message id made at `ms`. */
export function seenKeyAt(ms: number): Buffer {
  const key = Buffer.alloc(ID_BYTES + DIGEST_BYTES)
  key.writeUIntBE(Math.max(0, ms), 0, TIME_BYTES)
  return key
}
