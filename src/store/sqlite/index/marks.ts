import type Database from 'better-sqlite3'
import type { Mark } from '../../../model/decision.js'

/** What a destination and we have told each other of an alert. */
export interface MarkRow {
  readonly state: Mark
  readonly alias: string | null
  readonly sent: number
  readonly changed_seq: number
  readonly resent_seq: number
}

/** Per alert and destination: the mark, the alias, and which changes came from there. */
export interface Marks {
  /** By the destination's name. */
  of(alert: number): ReadonlyMap<string, Pick<MarkRow, 'state' | 'sent'>>
  get(alert: number, destination: number): MarkRow | undefined
  /** `sent`: an alert goes there or came from there; once true it stays so. */
  set(alert: number, destination: number, mark: Mark, sent: boolean): void
  /** The destination calls the alert so, as it told with, or in answer to, message `seq`. */
  learn(alert: number, destination: number, alias: string, seq: number): void
  /** A change of the alert came from there. */
  changed(alert: number, destination: number, seq: number): void
  /** The state was sent there after all changes that came from there. */
  resent(alert: number, destination: number): void
  /** The alerts that the destination calls so, the one last posted there first: it may have merged several. */
  byAlias(alias: string, destination: number): readonly number[]
}

export function createMarks(db: Database.Database): Marks {
  const statement = {
    of: db.prepare<[number], { name: string; state: Mark; sent: number }>(
      'SELECT name, state, sent FROM mark JOIN destination ON destination.id = mark.destination WHERE alert = ?',
    ),
    get: db.prepare<[number, number], MarkRow>(
      'SELECT state, alias, sent, changed_seq, resent_seq FROM mark WHERE alert = ? AND destination = ?',
    ),
    set: db.prepare(
      `INSERT INTO mark (alert, destination, state, sent) VALUES (?, ?, ?, ?)
       ON CONFLICT (alert, destination) DO UPDATE SET state = excluded.state, sent = max(sent, excluded.sent)
       WHERE state <> excluded.state OR sent < excluded.sent`,
    ),
    // apart, for the alias stands in an index, which is written anew also where nothing changes
    again: db.prepare('UPDATE mark SET alias_seq = ? WHERE alert = ? AND destination = ? AND alias = ?'),
    learn: db.prepare('UPDATE mark SET alias = ?, alias_seq = ? WHERE alert = ? AND destination = ?'),
    changed: db.prepare('UPDATE mark SET changed_seq = ? WHERE alert = ? AND destination = ?'),
    resent: db.prepare('UPDATE mark SET resent_seq = changed_seq WHERE alert = ? AND destination = ?'),
    byAlias: db
      .prepare<[string, number], number>(
        `SELECT alert FROM mark WHERE alias = ? AND destination = ? ORDER BY state = 'gone', alias_seq DESC`,
      )
      .pluck(),
  }
  return {
    of: (alert) => new Map(statement.of.all(alert).map((row) => [row.name, row])),
    get: (alert, destination) => statement.get.get(alert, destination),
    set: (alert, destination, mark, sent) => void statement.set.run(alert, destination, mark, sent ? 1 : 0),
    learn(alert, destination, alias, seq) {
      if (statement.again.run(seq, alert, destination, alias).changes > 0) return
      statement.learn.run(alias, seq, alert, destination)
    },
    changed: (alert, destination, seq) => void statement.changed.run(seq, alert, destination),
    resent: (alert, destination) => void statement.resent.run(alert, destination),
    byAlias: (alias, destination) => statement.byAlias.all(alias, destination),
  }
}
