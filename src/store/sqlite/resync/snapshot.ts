import type Database from 'better-sqlite3'
import type { PeerAlert } from '../../../model/ledger.js'
import type { QueueState } from '../outbox/queues.js'
import { customerKey } from '../rows.js'

/** A peer's alerts as it told them, kept while they are compared with ours. */
export interface Snapshot {
  /** What it told before, a slice; true: there is more of it. */
  forget(queue: QueueState): boolean
  add(queue: QueueState, alerts: readonly PeerAlert[]): void
  /** Of the next alerts told those that the ledger has not, and that are not over. `last`: looked at; undefined: all are. */
  onlyThere(
    queue: QueueState,
    after: number,
  ): { readonly found: readonly OnlyThere[]; readonly last: number | undefined }
}

export interface OnlyThere {
  readonly n: number
  readonly environment: string
  readonly resource: string
  readonly event: string
  readonly customer: string
  readonly id: string
  readonly status: string
  readonly severity: string
  readonly received_at: number
}

/** Rows forgotten in one transaction, or looked at, so that accepting never waits long. */
const SLICE = 2_000

export function createSnapshot(db: Database.Database): Snapshot {
  const statement = {
    forget: db.prepare(`DELETE FROM snapshot WHERE n IN (SELECT n FROM snapshot WHERE destination = ? LIMIT ${SLICE})`),
    // while it tells its alerts page by page, it may tell one twice
    add: db.prepare(
      `INSERT INTO snapshot (destination, resource, environment, customer, event, id, severity, status, received_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (destination, resource, environment, customer, event) DO UPDATE SET id = excluded.id,
         severity = excluded.severity, status = excluded.status, received_at = excluded.received_at`,
    ),
    // ours is found by the key, or by an id: then it has another event, or was deleted after the peer last heard of it
    // the plus: one index has the destination, but all of it and in another order
    onlyThere: db.prepare<[{ destination: number; from: number }], OnlyThere>(
      `SELECT n, environment, resource, event, customer, id, status, severity, received_at FROM snapshot AS there
       WHERE +destination = :destination AND n >= :from AND n < :from + ${SLICE} AND status NOT IN ('closed', 'expired')
         AND NOT EXISTS (SELECT 1 FROM alert JOIN ledger ON ledger.alert = alert.id
           WHERE alert.resource = there.resource AND alert.environment = there.environment
             AND alert.customer = there.customer AND alert.event = there.event AND alert.deleted_at IS NULL)
         AND NOT EXISTS (SELECT 1 FROM alert_id JOIN alert ON alert.id = alert_id.alert JOIN ledger ON ledger.alert = alert.id
           WHERE alert_id.ending = substr(there.id, 25) AND alert_id.id = there.id
             AND (alert.deleted_at IS NULL OR alert.deleted_at >= there.received_at))
       ORDER BY n`,
    ),
    next: db.prepare<[number], number | null>('SELECT min(n) FROM snapshot WHERE n > ?').pluck(),
  }
  return {
    forget: (queue) => statement.forget.run(queue.id).changes === SLICE,
    add(queue, alerts) {
      for (const alert of alerts) {
        const key = [alert.resource, alert.environment, customerKey(alert), alert.event]
        statement.add.run(queue.id, ...key, alert.id, alert.severity, alert.status, alert.lastReceiveTime)
      }
    },
    onlyThere(queue, after) {
      const from = statement.next.get(after) ?? undefined
      if (from === undefined) return { found: [], last: undefined }
      const found = statement.onlyThere.all({ destination: queue.id, from })
      return { found, last: from + SLICE - 1 }
    },
  }
}
