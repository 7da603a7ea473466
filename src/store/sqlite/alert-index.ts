import type Database from 'better-sqlite3'
import type { AlertFields } from '../../model/alert.js'
import type { Change, KnownAlert, Lanes, Mark } from '../../model/decision.js'
import { formatHops, parseHops } from '../../model/hops.js'
import type { Draft } from '../../model/message.js'
import type { Lane } from '../../model/order.js'
import { customerKey } from './rows.js'

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
  readonly last_alert_id: string
  readonly last_digest: string
  readonly last_hops: string
  readonly last_at: number
}

export interface IndexedAlert {
  readonly id: number
  readonly known: KnownAlert
}

/** The durable index of alerts: id -> alert, its lanes, its last change, and per destination mark and alias. */
export interface AlertIndex {
  /** The alert that a draft is about: by its key or correlation for an alert, by id for the rest. */
  find(draft: Exclude<Draft, { kind: 'heartbeat' }>): IndexedAlert | undefined
  /** Records an accepted change; returns the alert's number. */
  record(
    draft: Exclude<Draft, { kind: 'heartbeat' }>,
    found: IndexedAlert | undefined,
    change: Change,
    lanes: Lanes,
  ): number
  /** `sent`: an alert goes there or came from there; once true it stays so. */
  setMark(alert: number, destination: number, mark: Mark, sent: boolean): void
  /** The number of the alert that an id means now. */
  byId(alertId: string): number | undefined
}

export function createAlertIndex(db: Database.Database): AlertIndex {
  const columns = `id, environment, resource, event, customer, correlate, lane_resource, lane_alert,
    last_alert_id, last_digest, last_hops, last_at`
  const current = 'deleted_at IS NULL AND resource IS NOT NULL'
  const statement = {
    byKey: db.prepare<string[], AlertRow>(
      `SELECT ${columns} FROM alert WHERE resource = ? AND environment = ? AND customer = ? AND event = ? AND ${current}`,
    ),
    // Alerta correlates an event with the alert whose stored list names it (database/backends: is_correlated).
    correlated: db.prepare<string[], AlertRow>(
      `SELECT ${columns} FROM alert WHERE resource = ? AND environment = ? AND customer = ? AND ${current} AND correlate <> '[]'
         AND json_valid(correlate) AND EXISTS (SELECT 1 FROM json_each(alert.correlate) WHERE value = ?) ORDER BY updated_at DESC LIMIT 1`,
    ),
    byId: db.prepare<[string], AlertRow>(
      `SELECT ${columns} FROM alert WHERE id = (SELECT alert FROM alert_id WHERE alert_id.id = ?)`,
    ),
    numberOf: db.prepare<[string], number>('SELECT alert FROM alert_id WHERE id = ?').pluck(),
    marks: db.prepare<[number], { name: string; state: Mark }>(
      'SELECT name, state FROM mark JOIN destination ON destination.id = mark.destination WHERE alert = ?',
    ),
    insert: db.prepare(
      `INSERT INTO alert (environment, resource, event, customer, correlate, lane_resource, lane_alert, first_id,
         updated_at, deleted_at, last_alert_id, last_digest, last_hops, last_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    update: db.prepare(
      `UPDATE alert SET event = coalesce(?, event), correlate = coalesce(?, correlate), updated_at = ?,
         deleted_at = coalesce(?, deleted_at), last_alert_id = ?, last_digest = ?, last_hops = ?, last_at = ?
       WHERE id = ?`,
    ),
    setId: db.prepare(
      `INSERT INTO alert_id (id, alert, seen_at) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET alert = excluded.alert, seen_at = excluded.seen_at`,
    ),
    setMark: db.prepare(
      `INSERT INTO mark (alert, destination, state, sent) VALUES (?, ?, ?, ?)
       ON CONFLICT (alert, destination) DO UPDATE SET state = excluded.state, sent = max(sent, excluded.sent)
       WHERE state <> excluded.state OR sent < excluded.sent`,
    ),
  }

  function findRow(draft: Exclude<Draft, { kind: 'heartbeat' }>): AlertRow | undefined {
    if (draft.kind !== 'alert') return statement.byId.get(draft.alertId)
    const { resource, environment, event } = draft.alert
    const key = [resource, environment, customerKey(draft.alert), event]
    return statement.byKey.get(...key) ?? statement.correlated.get(...key)
  }

  function toKnown(row: AlertRow): KnownAlert {
    const { environment, resource, event, customer } = row
    const identified = environment !== null && resource !== null && event !== null
    return {
      key: identified ? { environment, resource, event, customer: customer === '' ? null : customer } : undefined,
      lanes: { resource: row.lane_resource, alert: row.lane_alert },
      last: { alertId: row.last_alert_id, digest: row.last_digest, hops: parseHops(row.last_hops), at: row.last_at },
      marks: new Map(statement.marks.all(row.id).map(({ name, state }) => [name, state])),
    }
  }

  return {
    find(draft) {
      const row = findRow(draft)
      return row && { id: row.id, known: toKnown(row) }
    },
    record(draft, found, change, lanes) {
      const last = [change.alertId, change.digest, formatHops(change.hops), change.at]
      const alert = draft.kind === 'alert' ? draft.alert : undefined
      const deletedAt = draft.kind === 'delete' ? draft.acceptedAt : null
      let number = found?.id
      if (number === undefined) {
        const key = alert ? [alert.environment, alert.resource, alert.event, customerKey(alert)] : Array(4).fill(null)
        const correlate = JSON.stringify(alert ? correlateOf(alert) : [])
        const laneNumbers = [lanes.resource, lanes.alert]
        const times = [draft.acceptedAt, deletedAt]
        number = Number(
          statement.insert.run(...key, correlate, ...laneNumbers, draft.alertId, ...times, ...last).lastInsertRowid,
        )
      } else {
        const correlate = alert ? JSON.stringify(correlateOf(alert)) : null
        statement.update.run(alert?.event ?? null, correlate, draft.acceptedAt, deletedAt, ...last, number)
      }
      statement.setId.run(draft.alertId, number, draft.acceptedAt)
      return number
    },
    setMark: (alert, destination, mark, sent) => void statement.setMark.run(alert, destination, mark, sent ? 1 : 0),
    byId: (alertId) => statement.numberOf.get(alertId),
  }
}

/** Alerta appends the event itself to a list that is not empty (models/alert.py). */
const correlateOf = ({ correlate, event }: AlertFields): readonly string[] =>
  correlate.length === 0 || correlate.includes(event) ? correlate : [...correlate, event]
