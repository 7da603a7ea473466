import type Database from 'better-sqlite3'
import type { Note, Noted } from '../../../model/ledger.js'

/** The notes of the ledger's alerts, and the ids that destinations gave them. */
export interface Notes {
  /** Undefined: the alert has no such note. */
  get(id: string, alert: number): Note | undefined
  /** Oldest first. */
  of(alert: number): readonly Note[]
  write(alert: number, noted: Noted): void
  aliasOf(id: string, destination: number): string | undefined
  /** The destination calls the note so, as it answered to message `seq`. */
  learn(id: string, destination: number, alias: string, seq: number): void
}

/** Of one alert, as many as Alerta shows; older ones make room. */
const NOTES_KEPT = 100

export function createNotes(db: Database.Database): Notes {
  const statement = {
    get: db.prepare<[string, number], string>('SELECT note FROM note WHERE id = ? AND alert = ?').pluck(),
    of: db.prepare<[number], string>('SELECT note FROM note WHERE alert = ? ORDER BY n').pluck(),
    // an id that another alert's note has is not taken from it
    keep: db.prepare(
      `INSERT INTO note (id, alert, note) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET note = excluded.note WHERE note.alert = excluded.alert`,
    ),
    trim: db.prepare(
      `DELETE FROM note WHERE n IN (SELECT n FROM note WHERE alert = ? ORDER BY n DESC LIMIT -1 OFFSET ${NOTES_KEPT})`,
    ),
    remove: db.prepare('DELETE FROM note WHERE id = ? AND alert = ?'),
    alias: db
      .prepare<[string, number], string>('SELECT alias FROM note_alias WHERE note = ? AND destination = ?')
      .pluck(),
    learn: db.prepare(
      `INSERT INTO note_alias (note, destination, alias, seq) VALUES (?, ?, ?, ?)
       ON CONFLICT (note, destination) DO UPDATE SET alias = excluded.alias, seq = excluded.seq`,
    ),
  }
  return {
    get(id, alert) {
      const text = statement.get.get(id, alert)
      return text === undefined ? undefined : JSON.parse(text)
    },
    of: (alert) => statement.of.all(alert).map((text) => JSON.parse(text)),
    write(alert, noted) {
      if (noted.kind === 'removed') {
        statement.remove.run(noted.id, alert)
        return
      }
      statement.keep.run(noted.note.id, alert, JSON.stringify(noted.note))
      statement.trim.run(alert)
    },
    aliasOf: (id, destination) => statement.alias.get(id, destination),
    learn: (id, destination, alias, seq) => void statement.learn.run(id, destination, alias, seq),
  }
}
