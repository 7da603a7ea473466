import type Database from 'better-sqlite3'
import type { Mark } from '../../../model/decision.js'
import type { Delivery } from '../../../model/delivery.js'
import type { AlertThere } from '../../contract.js'
import type { QueueState } from '../outbox/queues.js'
import type { AlertIds } from './alert-ids.js'
import type { Ledger } from './ledger.js'

interface AlertRow {
  readonly id: number
  readonly environment: string
  readonly resource: string
  readonly event: string
  readonly customer: string
  readonly deleted_at: number | null
}

/** Looks up the alert of a delivery, with what its destination should know of it. */
export interface AlertsThere {
  /** Undefined: only its id has been seen. */
  numberOf(delivery: Delivery): number | undefined
  read(queue: QueueState, delivery: Delivery): AlertThere | undefined
}

export interface AlertsThereDeps {
  readonly db: Database.Database
  readonly alertIds: AlertIds
  readonly ledger: Ledger
}

export function createAlertsThere({ db, alertIds, ledger }: AlertsThereDeps): AlertsThere {
  const statement = {
    ofMessage: db.prepare<[number], number | null>('SELECT alert FROM message WHERE seq = ?').pluck(),
    alert: db.prepare<[number], AlertRow>(
      `SELECT id, environment, resource, event, customer, deleted_at FROM alert WHERE id = ? AND resource IS NOT NULL`,
    ),
    mark: db.prepare<[number, number], { alias: string | null; state: Mark }>(
      'SELECT alias, state FROM mark WHERE alert = ? AND destination = ?',
    ),
    queued: db
      .prepare<[{ alert: number; destination: number; lane: number }], number>(
        `SELECT 1 FROM message JOIN outbox ON outbox.destination = :destination AND outbox.seq = message.seq
         WHERE message.alert = :alert AND message.kind = 'alert' AND outbox.lane <> :lane LIMIT 1`,
      )
      .pluck(),
    alike: db
      .prepare<[{ alert: number; seq: number; kind: string; alertId: string; action: string | null }], number>(
        `SELECT 1 FROM message WHERE alert = :alert AND seq < :seq AND kind = :kind
           AND CASE WHEN kind IN ('action', 'note') THEN action = :action ELSE alert_id = :alertId END LIMIT 1`,
      )
      .pluck(),
  }

  /** The delivery's alert, or what its id has come to mean since. */
  function find({ ref, message }: Delivery): AlertRow | undefined {
    const given = statement.ofMessage.get(ref)
    const found = given === null || given === undefined ? undefined : statement.alert.get(given)
    if (found !== undefined) return found
    const resolved = alertIds.resolve(message.alertId)
    return resolved === undefined || resolved === 'ambiguous' ? undefined : statement.alert.get(resolved.alert)
  }

  /** Of the journal only the last days are kept, but the first reception of an alert is remembered. */
  function isUnlike(alert: number, { ref, message }: Delivery, entry: ReturnType<Ledger['read']>): boolean {
    const { kind, alertId, action, acceptedAt } = message
    if (kind === 'alert' && entry?.state.id === alertId && entry.state.receiveTime < acceptedAt) return false
    return statement.alike.get({ alert, seq: ref, kind, alertId, action }) === undefined
  }

  return {
    numberOf: (delivery) => find(delivery)?.id,
    read(queue, delivery) {
      const found = find(delivery)
      if (found === undefined) return undefined
      const { id, environment, resource, event, customer } = found
      const entry = ledger.read(id)
      const mark = statement.mark.get(id, queue.id)
      return {
        key: { environment, resource, event, customer: customer === '' ? null : customer },
        state: entry?.state,
        stamp: entry?.registers.severity.stamp,
        gone: found.deleted_at !== null,
        alias: mark?.alias ?? undefined,
        queued: statement.queued.get({ alert: id, destination: queue.id, lane: delivery.lane }) !== undefined,
        wanted: mark?.state === 'open' && queue.takes.has('alert'),
        unlike: isUnlike(id, delivery, entry),
      }
    },
  }
}
