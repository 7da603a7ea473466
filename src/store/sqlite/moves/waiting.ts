import type Database from 'better-sqlite3'
import type { Lane } from '../../../model/order.js'
import type { QueueSelection, QueueSlice } from '../../moves.js'
import type { AlertIds } from '../index/alert-ids.js'
import type { QueueState } from '../outbox/queues.js'
import type { MessageRow } from '../rows.js'

/** A delivery that waits, with what decides whether and how it can be moved. */
export interface Waiting extends Pick<MessageRow, 'kind' | 'action' | 'alert' | 'alert_id' | 'message_id' | 'timeout'> {
  readonly seq: number
  readonly lane: Lane
  readonly accepted_at: number
  readonly bytes: number
  readonly skipped: string | null
  readonly replay_of: Buffer | null
  readonly environment: string | null
  readonly resource: string | null
  readonly customer: string | null
  readonly lane_resource: Lane | null
  readonly lane_alert: Lane | null
  /** 1: one of its lane is under way */
  readonly busy: number
}

/** Rows looked at in one transaction, and deliveries changed, so that accepting never waits long. */
const LOOKED_AT = 1_000
const CHANGED = 200

/** Goes through a slice of a queue; `visit` returns false to end before this delivery. */
export type Walk = (
  queue: QueueState,
  slice: Pick<QueueSlice, 'selection' | 'after'>,
  visit: (delivery: Waiting) => boolean,
) => { readonly next: number | undefined; readonly inFlight: number }

export const WAITING_COLUMNS = `message.seq, message.kind, message.action, message.alert, message.alert_id,
  message.message_id, message.timeout, message.accepted_at, coalesce(length(message.body), 0) AS bytes, message.skipped,
  message.replay_of, alert.environment, alert.resource, alert.customer, alert.lane_resource, alert.lane_alert`

export function createWalk(db: Database.Database, alertIds: AlertIds): Walk {
  const page = db.prepare<[number, number], Waiting>(
    `SELECT ${WAITING_COLUMNS}, outbox.lane,
       EXISTS (SELECT 1 FROM sending WHERE sending.destination = outbox.destination AND sending.lane = outbox.lane) AS busy
     FROM outbox JOIN message ON message.seq = outbox.seq LEFT JOIN alert ON alert.id = message.alert
     WHERE outbox.destination = ? AND outbox.seq > ? ORDER BY outbox.seq LIMIT ${LOOKED_AT}`,
  )

  function chooser({ lane, alert, before }: QueueSelection): (delivery: Waiting) => boolean {
    const resolved = alert === null ? undefined : alertIds.resolve(alert)
    const number = resolved === undefined || resolved === 'ambiguous' ? undefined : resolved.alert
    return (one) =>
      (lane === null || lane === nameOf(one)) &&
      (alert === null || one.alert_id === alert || (number !== undefined && one.alert === number)) &&
      (before === null || one.accepted_at < before)
  }

  return (queue, { selection, after }, visit) => {
    const isChosen = chooser(selection)
    const rows = page.all(queue.id, after)
    let at = after
    let changed = 0
    let inFlight = 0
    for (const row of rows) {
      if (changed === CHANGED) return { next: at, inFlight }
      if (isChosen(row)) {
        // what comes behind one that is under way would overtake it
        if (row.busy === 1) inFlight += 1
        else if (visit(row)) changed += 1
        else return { next: at, inFlight }
      }
      at = row.seq
    }
    return { next: rows.length < LOOKED_AT ? undefined : at, inFlight }
  }
}

/** Of its lane, as operators see it (management/overview.ts). */
function nameOf({ kind, alert_id, environment, resource, customer }: Waiting): string {
  if (resource !== null) return [...(customer ? [customer] : []), environment, resource].join('/')
  return kind === 'heartbeat' || kind === 'webhook' ? `${kind} ${alert_id}` : `id ${alert_id}`
}
