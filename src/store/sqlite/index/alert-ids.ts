import type Database from 'better-sqlite3'

/** An id as the one who uses it wrote it, made whole, and the alert that it means. */
export interface Resolved {
  readonly alert: number
  readonly id: string
}

/** Who told an id. */
export interface Teller {
  /** 0: a sender; else the destination that knows the alert by this id */
  readonly source: number
  /** epoch ms */
  readonly at: number
  /** false: people see the alert under another one, and need this whole */
  readonly shown?: boolean
}

/** Every id by which an alert is known: its senders', ours, each peer's. */
export interface AlertIds {
  /** Exact, else the beginning of ids that were shown, which only one alert has. */
  resolve(id: string): Resolved | 'ambiguous' | undefined
  /**
   * What a sender called it goes first. Returns the other alert that the id meant until now.
   */
  note(id: string, alert: number, by: Teller): number | undefined
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

/** How an id is looked up: see migrations/alert-ids.ts. */
const IS_ID = 'alert_id.ending = substr(:id, 25) AND alert_id.id = :id'

/** Characters of a UUID. */
const WHOLE = 36
const isWhole = (id: string): boolean => id.length >= WHOLE

interface Known {
  readonly alert: number
  readonly seen_at: number
  readonly shown: number
}

export function createAlertIds(db: Database.Database): AlertIds {
  const statement = {
    exact: db.prepare<[{ id: string }], number>(`SELECT alert FROM alert_id WHERE ${IS_ID}`).pluck(),
    known: db.prepare<[{ id: string }], Known>(`SELECT alert, seen_at, shown FROM alert_id WHERE ${IS_ID}`),
    isKnown: db.prepare<[number], number>('SELECT resource IS NOT NULL FROM alert WHERE id = ?').pluck(),
    customer: db
      .prepare<[{ id: string }], string | null>(
        `SELECT customer FROM alert_id JOIN alert ON alert.id = alert_id.alert WHERE ${IS_ID}`,
      )
      .pluck(),
    prefix: db.prepare<[string, string, number], Resolved>(
      'SELECT alert, id FROM alert_id WHERE shown = 1 AND id >= ? AND id < ? ORDER BY id LIMIT ?',
    ),
    insert: db
      .prepare<[{ id: string; alert: number; source: number; at: number; shown: number }], number>(
        `INSERT INTO alert_id (ending, id, alert, seen_at, source, n, shown)
         VALUES (substr(:id, 25), :id, :alert, :at, :source,
           (SELECT coalesce(max(n) + 1, 0) FROM alert_id WHERE alert = :alert AND source = :source), :shown)
         ON CONFLICT (ending, id) DO NOTHING RETURNING n`,
      )
      .pluck(),
    update: db.prepare(
      `UPDATE alert_id SET seen_at = :at, alert = :alert, source = :source
       WHERE ${IS_ID} AND (source <> 0 OR :source = 0)`,
    ),
    show: db.prepare(`UPDATE alert_id SET shown = 1 WHERE ${IS_ID} AND shown = 0`),
    trim: db.prepare(
      `DELETE FROM alert_id WHERE alert = :alert AND source = :source AND n > 0
         AND id <> (SELECT first_id FROM alert WHERE alert.id = :alert) AND n <= :upTo`,
    ),
  }
  return {
    resolve(id) {
      const alert = statement.exact.get({ id })
      // of an id that came before its alert it may have been the beginning
      if (alert !== undefined && (isWhole(id) || statement.isKnown.get(alert) === 1)) return { alert, id }
      const exact = alert === undefined ? undefined : { alert, id }
      if (id.length < SHORTEST_PREFIX) return exact
      const found = statement.prefix.all(id, id + LAST_CHARACTER, PREFIX_ROWS).filter((one) => one.alert !== alert)
      return found.some((one) => one.alert !== found[0]?.alert) ? 'ambiguous' : (found[0] ?? exact)
    },
    note(id, alert, { source, at, shown = true }) {
      // a destination tells the same one each time; of a sender most are new
      const known = source === 0 ? undefined : statement.known.get({ id })
      if (known?.alert === alert && known.shown === 1 && at - known.seen_at < SEEN_AGAIN_MS) return undefined
      const n = statement.insert.get({ id, alert, source, at, shown: shown ? 1 : 0 })
      if (n === undefined) {
        const before = statement.exact.get({ id })
        statement.update.run({ id, alert, source, at })
        if (shown) statement.show.run({ id })
        return before === alert ? undefined : before
      }
      if (n > LAST_KEPT) statement.trim.run({ alert, source, upTo: n - LAST_KEPT })
      return undefined
    },
    isOfOthers(id, customers) {
      if (customers.length === 0) return false
      // null: nobody knows yet what it means
      const customer = statement.customer.get({ id })
      return customer !== undefined && customer !== null && !customers.includes(customer)
    },
  }
}
