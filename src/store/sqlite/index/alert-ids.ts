import type Database from 'better-sqlite3'

/** An id as the one who uses it wrote it, made whole, and the alert that it means. */
export interface Resolved {
  readonly alert: number
  readonly id: string
}

/** Every id by which an alert is known: its senders', ours, each peer's. */
export interface AlertIds {
  /** Exact, else a prefix that only one alert's ids have. */
  resolve(id: string): Resolved | 'ambiguous' | undefined
  /**
   * `source`: 0 a sender, else the destination that knows the alert by this id. What a sender called it goes first.
   * Returns the other alert that the id meant until now.
   */
  note(id: string, alert: number, source: number, at: number): number | undefined
  /**
   * It means an alert, perhaps one that was deleted, of none of these customers ('' is no customer): whoever is bound to
   * them must not have it mean theirs. None at all: nobody is bound.
   */
  isOfOthers(id: string, customers: readonly string[]): boolean
}

/** The `alerta` command shows so many characters of an id and takes them for it. */
export const SHORTEST_PREFIX = 8
/** Beside the first one. A sender that makes an id for each repeat would else fill the disk with them. */
const LAST_KEPT = 32
/** Ids looked at for one prefix; an alert has about so many per source. */
const PREFIX_ROWS = 256
/** That an id is still in use is written no more often: each writes a page of its own. */
const SEEN_AGAIN_MS = 60_000
/** Sorts behind every id that begins like the prefix. */
export const LAST_CHARACTER = '\u{10ffff}'

export function createAlertIds(db: Database.Database): AlertIds {
  const statement = {
    exact: db.prepare<[string], number>('SELECT alert FROM alert_id WHERE id = ?').pluck(),
    known: db.prepare<[string], { alert: number; seen_at: number }>('SELECT alert, seen_at FROM alert_id WHERE id = ?'),
    customer: db
      .prepare<[string], string | null>(
        'SELECT customer FROM alert_id JOIN alert ON alert.id = alert_id.alert WHERE alert_id.id = ?',
      )
      .pluck(),
    prefix: db.prepare<[string, string, number], Resolved>(
      'SELECT alert, id FROM alert_id WHERE id >= ? AND id < ? ORDER BY id LIMIT ?',
    ),
    insert: db
      .prepare<[{ id: string; alert: number; source: number; at: number }], number>(
        `INSERT INTO alert_id (id, alert, seen_at, source, n) VALUES (:id, :alert, :at, :source,
           (SELECT coalesce(max(n) + 1, 0) FROM alert_id WHERE alert = :alert AND source = :source))
         ON CONFLICT (id) DO NOTHING RETURNING n`,
      )
      .pluck(),
    update: db.prepare(
      `UPDATE alert_id SET seen_at = :at, alert = :alert, source = :source
       WHERE id = :id AND (source <> 0 OR :source = 0)`,
    ),
    trim: db.prepare(
      `DELETE FROM alert_id WHERE alert = :alert AND source = :source AND n > 0
         AND id <> (SELECT first_id FROM alert WHERE alert.id = :alert) AND n <= :upTo`,
    ),
  }
  return {
    resolve(id) {
      const alert = statement.exact.get(id)
      if (alert !== undefined) return { alert, id }
      if (id.length < SHORTEST_PREFIX) return undefined
      const found = statement.prefix.all(id, id + LAST_CHARACTER, PREFIX_ROWS)
      return found.some((one) => one.alert !== found[0]?.alert) ? 'ambiguous' : found[0]
    },
    note(id, alert, source, at) {
      // a destination tells the same one each time; of a sender most are new
      const known = source === 0 ? undefined : statement.known.get(id)
      if (known?.alert === alert && at - known.seen_at < SEEN_AGAIN_MS) return undefined
      const n = statement.insert.get({ id, alert, source, at })
      if (n === undefined) {
        const before = statement.exact.get(id)
        statement.update.run({ id, alert, source, at })
        return before === alert ? undefined : before
      }
      if (n > LAST_KEPT) statement.trim.run({ alert, source, upTo: n - LAST_KEPT })
      return undefined
    },
    isOfOthers(id, customers) {
      if (customers.length === 0) return false
      // null: nobody knows yet what it means
      const customer = statement.customer.get(id)
      return customer !== undefined && customer !== null && !customers.includes(customer)
    },
  }
}
