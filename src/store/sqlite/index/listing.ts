import type Database from 'better-sqlite3'
import type { AlertState } from '../../../model/ledger.js'

/** Keeps `listed` and `listed_service` as the ledger is. What takes an alert off them (a delete, housekeeping) triggers do. */
export interface Listing {
  /** `before` undefined: it is not on them yet, or may not be. A deleted alert comes on none. */
  keep(alert: number, state: AlertState, before: AlertState | undefined): void
}

/** How long an ack or shelving holds, epoch ms; 0: for ever, or it has none. */
const heldUntil = ({ status, statusUntil }: AlertState): number =>
  status === 'ack' || status === 'shelved' ? statusUntil : 0

const isSame = (one: AlertState, other: AlertState): boolean =>
  one.severity === other.severity &&
  one.status === other.status &&
  one.event === other.event &&
  one.group === other.group &&
  one.createTime === other.createTime

const isSameList = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((value, at) => value === other[at])

export function createListing(db: Database.Database): Listing {
  const statement = {
    list: db.prepare(
      `INSERT OR REPLACE INTO listed (alert, id, environment, resource, event, customer, severity, status, group_name,
         created_at, received_at, duplicates, timeout, held_until)
       SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, coalesce(CAST(round(unixepoch(?, 'subsec') * 1000) AS INTEGER), ?), ?, ?, ?, ?
       WHERE EXISTS (SELECT 1 FROM alert WHERE id = ? AND deleted_at IS NULL)`,
    ),
    // what a repeat changes: two numbers, and one entry of one index
    repeat: db.prepare(
      'UPDATE listed SET received_at = ?, duplicates = ?, timeout = ?, held_until = ? WHERE alert = ?',
    ),
    change: db.prepare(
      `UPDATE listed SET event = ?, severity = ?, status = ?, group_name = ?,
         created_at = coalesce(CAST(round(unixepoch(?, 'subsec') * 1000) AS INTEGER), ?) WHERE alert = ?`,
    ),
    forget: db.prepare('DELETE FROM listed_service WHERE alert = ?'),
    serve: db.prepare(
      'INSERT OR IGNORE INTO listed_service (alert, service) SELECT ?, ? WHERE EXISTS (SELECT 1 FROM listed WHERE alert = ?)',
    ),
  }

  function list(alert: number, state: AlertState): void {
    const { id, environment, resource, event, customer, severity, status, group, createTime, receiveTime } = state
    const { lastReceiveTime, duplicateCount, timeout } = state
    const key = [environment, resource, event, customer ?? null]
    const times = [createTime, receiveTime, lastReceiveTime]
    const ends = [timeout, heldUntil(state)]
    statement.list.run(alert, id, ...key, severity, status, group, ...times, duplicateCount, ...ends, alert)
  }

  function serve(alert: number, services: readonly string[]): void {
    for (const service of services) statement.serve.run(alert, service, alert)
  }

  return {
    keep(alert, state, before) {
      if (before === undefined) {
        list(alert, state)
        serve(alert, state.service)
        return
      }
      const { lastReceiveTime, duplicateCount, timeout, event, severity, status, group, createTime, receiveTime } =
        state
      statement.repeat.run(lastReceiveTime, duplicateCount, timeout, heldUntil(state), alert)
      if (!isSame(state, before)) statement.change.run(event, severity, status, group, createTime, receiveTime, alert)
      if (isSameList(state.service, before.service)) return
      statement.forget.run(alert)
      serve(alert, state.service)
    },
  }
}
