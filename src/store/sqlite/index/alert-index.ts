import type Database from 'better-sqlite3'
import type { AlertFields } from '../../../model/alert.js'
import type { Change, KnownAlert, Lanes } from '../../../model/decision.js'
import { formatHops, parseHops } from '../../../model/hops.js'
import type { AboutAlert } from '../../../model/message.js'
import type { Lane } from '../../../model/order.js'
import { customerKey } from '../rows.js'
import type { AlertIds } from './alert-ids.js'
import type { Marks } from './marks.js'

/** A row of `alert`. */
interface AlertRow {
  readonly id: number
  readonly environment: string | null
  readonly resource: string | null
  readonly event: string | null
  readonly customer: string | null
  readonly correlate: string
  readonly lane_resource: Lane
  readonly lane_alert: Lane
  readonly deleted_at: number | null
  readonly last_alert_id: string
  readonly last_digest: string
  readonly last_hops: string
  readonly last_at: number
}

export interface IndexedAlert {
  readonly id: number
  readonly known: KnownAlert
  /** the id that the draft means, made whole where it gave only its beginning */
  readonly alertId: string
  /** the events that it takes for its own, as JSON */
  readonly correlate: string
  /** names of destinations to which an alert went, or from which one came */
  readonly sentTo: ReadonlySet<string>
}

/** The durable index of alerts: id -> alert, its lanes and its last change. */
export interface AlertIndex {
  /**
   * The alert that a draft is about: by its key or correlation for an alert, by id for the rest. `from`: the
   * destination that is the last hop, whose ids are its own.
   */
  find(draft: AboutAlert, from: number | undefined): IndexedAlert | 'ambiguous' | undefined
  /** Other alerts that this destination has merged with the one that its id means. */
  mergedAt(draft: AboutAlert, from: number | undefined): readonly IndexedAlert[]
  /** The alert that one with these fields would repeat or correlate with. */
  current(alert: AlertFields): number | undefined
  /** The alerts of a key that were deleted, the newest first. */
  gone(alert: AlertFields): readonly number[]
  /** Records an accepted change; returns the alert's number. `newest`: the ledger applied it. */
  record(draft: AboutAlert, found: IndexedAlert | undefined, change: Change, lanes: Lanes, newest: boolean): number
  /** It begins anew, under this id. */
  begin(alert: number, id: string): void
  markDeleted(alert: number, at: number): void
}

/** Deletes of an alert that may wait for a destination at once, each followed by a new one of the same key. */
const GONE_LOOKED_AT = 32

export function createAlertIndex(
  db: Database.Database,
  { ids, marks }: { readonly ids: AlertIds; readonly marks: Marks },
): AlertIndex {
  const columns = `id, environment, resource, event, customer, correlate, lane_resource, lane_alert, deleted_at,
    last_alert_id, last_digest, last_hops, last_at`
  const isCurrent = 'deleted_at IS NULL AND resource IS NOT NULL'
  const statement = {
    byKey: db.prepare<string[], AlertRow>(
      `SELECT ${columns} FROM alert WHERE resource = ? AND environment = ? AND customer = ? AND event = ? AND ${isCurrent}`,
    ),
    // Alerta correlates an event with the alert whose stored list names it (database/backends: is_correlated).
    correlated: db.prepare<string[], AlertRow>(
      // left to itself the planner searches all events of the resource
      `SELECT ${columns} FROM alert INDEXED BY correlating_alert
       WHERE resource = ? AND environment = ? AND customer = ? AND ${isCurrent} AND correlate <> '[]'
         AND json_valid(correlate) AND EXISTS (SELECT 1 FROM json_each(alert.correlate) WHERE value = ?) ORDER BY updated_at DESC LIMIT 1`,
    ),
    gone: db
      .prepare<string[], number>(
        `SELECT id FROM alert WHERE resource = ? AND environment = ? AND customer = ? AND event = ?
           AND deleted_at IS NOT NULL AND resource IS NOT NULL ORDER BY id DESC LIMIT ${GONE_LOOKED_AT}`,
      )
      .pluck(),
    byNumber: db.prepare<[number], AlertRow>(`SELECT ${columns} FROM alert WHERE id = ?`),
    insert: db.prepare(
      `INSERT INTO alert (environment, resource, event, customer, correlate, lane_resource, lane_alert, first_id,
         updated_at, last_alert_id, last_digest, last_hops, last_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    update: db.prepare(
      'UPDATE alert SET updated_at = ?, last_alert_id = ?, last_digest = ?, last_hops = ?, last_at = ? WHERE id = ?',
    ),
    // apart, for they stand in indexes, which are written anew also where nothing changes
    correlate: db.prepare('UPDATE alert SET event = :event, correlate = :correlate WHERE id = :id'),
    begin: db.prepare('UPDATE alert SET first_id = ? WHERE id = ?'),
    markDeleted: db.prepare('UPDATE alert SET deleted_at = ? WHERE id = ?'),
  }

  const keyOf = (alert: AlertFields) => [alert.resource, alert.environment, customerKey(alert), alert.event]

  function byNumber(number: number | undefined, alertId: string): IndexedAlert | undefined {
    const row = number === undefined ? undefined : statement.byNumber.get(number)
    return row && indexed(row, alertId)
  }

  function indexed(row: AlertRow, alertId: string): IndexedAlert {
    const { environment, resource, event, customer } = row
    const identified = environment !== null && resource !== null && event !== null
    const marked = marks.of(row.id)
    const known: KnownAlert = {
      key: identified ? { environment, resource, event, customer: customer === '' ? null : customer } : undefined,
      lanes: { resource: row.lane_resource, alert: row.lane_alert },
      last: { alertId: row.last_alert_id, digest: row.last_digest, hops: parseHops(row.last_hops), at: row.last_at },
      marks: new Map([...marked].map(([name, { state }]) => [name, state])),
      gone: row.deleted_at !== null,
    }
    const sentTo = new Set([...marked].flatMap(([name, { sent }]) => (sent === 1 ? [name] : [])))
    return { id: row.id, known, alertId, correlate: row.correlate, sentTo }
  }

  const current = (alert: AlertFields): AlertRow | undefined =>
    statement.byKey.get(...keyOf(alert)) ?? statement.correlated.get(...keyOf(alert))

  return {
    current: (alert) => current(alert)?.id,
    find(draft, from) {
      const { alertId } = draft
      if (draft.kind === 'alert') {
        const row = current(draft.alert)
        return row && indexed(row, alertId)
      }
      const [there] = from === undefined ? [] : marks.byAlias(alertId, from)
      if (there !== undefined) return byNumber(there, alertId)
      const resolved = ids.resolve(alertId)
      if (resolved === undefined || resolved === 'ambiguous') return resolved
      return byNumber(resolved.alert, resolved.id)
    },
    mergedAt(draft, from) {
      if (from === undefined) return []
      const others = marks.byAlias(draft.alertId, from).slice(1)
      return others.flatMap((number) => byNumber(number, draft.alertId) ?? []).filter(({ known }) => !known.gone)
    },
    gone: (alert) => statement.gone.all(...keyOf(alert)),
    record(draft, found, change, lanes, newest) {
      const last = [change.alertId, change.digest, formatHops(change.hops), change.at]
      const alert = draft.kind === 'alert' ? draft.alert : undefined
      if (found !== undefined) {
        statement.update.run(draft.acceptedAt, ...last, found.id)
        if (alert === undefined || !newest) return found.id
        const { event } = alert
        const correlate = JSON.stringify(correlateOf(alert))
        if (event !== found.known.key?.event || correlate !== found.correlate) {
          statement.correlate.run({ id: found.id, event, correlate })
        }
        return found.id
      }
      const key = alert ? [alert.environment, alert.resource, alert.event, customerKey(alert)] : Array(4).fill(null)
      const correlate = JSON.stringify(alert ? correlateOf(alert) : [])
      const laneNumbers = [lanes.resource, lanes.alert]
      const values = [...key, correlate, ...laneNumbers, draft.alertId, draft.acceptedAt, ...last]
      return Number(statement.insert.run(...values).lastInsertRowid)
    },
    begin: (alert, id) => void statement.begin.run(id, alert),
    markDeleted: (alert, at) => void statement.markDeleted.run(at, alert),
  }
}

/** Alerta appends the event itself to a list that is not empty (models/alert.py). */
const correlateOf = ({ correlate, event }: AlertFields): readonly string[] =>
  correlate.length === 0 || correlate.includes(event) ? correlate : [...correlate, event]
