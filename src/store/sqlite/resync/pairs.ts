import type Database from 'better-sqlite3'
import type { Mark } from '../../../model/decision.js'
import type { AlertState } from '../../../model/ledger.js'
import type { Pair, There } from '../../../model/resync.js'
import type { QueueState } from '../outbox/queues.js'
import { OURSELVES } from '../outbox/resend.js'

/** An alert of the ledger, and how it stands at a destination. */
export interface PairRow {
  readonly alert: number
  readonly changedSeq: number
  /** undefined: as here, or neither of them of interest any more */
  readonly pair: Pair | undefined
}

export interface Pairs {
  /** In the order of their numbers, `after` < number <= `last`. `read`: the peer has told its alerts. */
  after(queue: QueueState, place: { after: number; last: number; read: boolean }, limit: number): readonly PairRow[]
  /** Something about the alert waits for the destination, was delivered since `readAt`, or came in since. */
  isMoving(queue: QueueState, row: PairRow, readAt: number): boolean
  /** What waits for the destination, or was delivered since `readAt`, brings it to the alert's state. */
  isComing(queue: QueueState, row: PairRow, readAt: number): boolean
  /** About how many alerts there are up to the newest one, and its number. */
  extent(): { readonly held: number; readonly last: number }
  /**
   * Whether, of the next alerts behind number `after`, one is open that went there or came from there, and of which
   * nothing was heard since `before`. A number: none of those up to it.
   */
  hasOpen(queue: QueueState, before: number, after: number): boolean | number
}

interface Row {
  readonly alert: number
  readonly heard_at: number
  readonly deleted_at: number | null
  readonly changed_seq: number
  /** null: nothing to do about it */
  readonly state: string | null
  readonly mark: Mark | null
  readonly sent: number
  readonly id: string | null
  readonly status: string
  readonly severity: string
  readonly received_at: number
}

/** Alerts looked at in one go, so that the event loop is not away for long. */
const LOOKED_AT = 5_000

export function createPairs(db: Database.Database): Pairs {
  const over = `ledger.status IN ('closed', 'expired')`
  const told = `snapshot.destination = :destination`
  const key = (of: string): string =>
    ['resource', 'environment', 'customer', 'event'].map((field) => `${of}.${field} = snapshot.${field}`).join(' AND ')
  // by the key; else by an id that it has there, unless another alert of ours has taken that one's place
  const there = `coalesce(
    (SELECT n FROM snapshot WHERE ${told} AND ${key('alert')} AND alert.deleted_at IS NULL),
    (SELECT n FROM snapshot WHERE ${told} AND snapshot.id IN (mark.alias, alert.first_id, alert.last_alert_id)
       AND NOT EXISTS (SELECT 1 FROM alert AS other WHERE ${key('other')} AND other.deleted_at IS NULL
         AND other.id <> alert.id) LIMIT 1))`
  const statement = {
    after: db.prepare<[object], Row>(
      `SELECT alert.id AS alert, alert.updated_at AS heard_at, alert.deleted_at, ledger.changed_seq,
         CASE WHEN there.status = ledger.status AND there.severity = ledger.severity AND alert.deleted_at IS NULL
                OR :read AND there.n IS NULL AND (alert.deleted_at IS NOT NULL OR ${over}
                  -- the peer has merged it with another one of ours
                  OR EXISTS (SELECT 1 FROM snapshot WHERE ${told} AND snapshot.id = mark.alias))
           THEN NULL ELSE ledger.state END AS state,
         mark.state AS mark, coalesce(mark.sent, 0) AS sent, there.id, there.status, there.severity, there.received_at
       FROM alert JOIN ledger ON ledger.alert = alert.id
       LEFT JOIN mark ON mark.alert = alert.id AND mark.destination = :destination
       LEFT JOIN snapshot AS there ON there.n = CASE WHEN :read THEN ${there} END
       WHERE alert.id > :after AND alert.id <= :last AND alert.resource IS NOT NULL
       ORDER BY alert.id LIMIT :limit`,
    ),
    moving: db
      .prepare<[object], number>(
        `SELECT 1 FROM message WHERE alert = :alert
           AND (EXISTS (SELECT 1 FROM outbox WHERE destination = :destination AND outbox.seq = message.seq)
             OR EXISTS (SELECT 1 FROM settled WHERE destination = :destination AND settled.seq = message.seq
                  AND settled.at >= :readAt)) LIMIT 1`,
      )
      .pluck(),
    // an alert brings the state with it if it is the change itself, or was made from the state by ourselves; an action
    // only where its alert is
    coming: db
      .prepare<[object], number>(
        `SELECT 1 FROM message WHERE alert = :alert AND seq >= :changed
           AND (kind = 'alert' AND (seq = :changed OR credential = '${OURSELVES}') OR kind IN ('action', 'status') AND seq = :changed AND :isThere
             OR kind = 'delete')
           AND (EXISTS (SELECT 1 FROM outbox WHERE destination = :destination AND outbox.seq = message.seq)
             OR EXISTS (SELECT 1 FROM settled WHERE destination = :destination AND settled.seq = message.seq
                  AND settled.state = 'delivered' AND settled.at >= :readAt)) LIMIT 1`,
      )
      .pluck(),
    // counted in narrow indexes: the ledger's own rows are long
    extent: db.prepare<[], { held: number; last: number }>(
      `SELECT (SELECT count(*) FROM listed)
           + (SELECT count(*) FROM alert WHERE deleted_at IS NOT NULL AND resource IS NOT NULL) AS held,
         (SELECT coalesce(max(alert), 0) FROM ledger) AS last`,
    ),
    end: db
      .prepare<[number], number>(`SELECT alert FROM listed WHERE alert > ? ORDER BY alert LIMIT 1 OFFSET ${LOOKED_AT}`)
      .pluck(),
    open: db
      .prepare<[{ destination: number; before: number; after: number; end: number }], number>(
        `SELECT 1 FROM listed
           CROSS JOIN mark ON mark.alert = listed.alert AND mark.destination = :destination
           CROSS JOIN alert ON alert.id = listed.alert
         WHERE listed.alert > :after AND listed.alert <= :end AND listed.status NOT IN ('closed', 'expired')
           AND mark.state = 'open' AND mark.sent = 1 AND alert.updated_at < :before LIMIT 1`,
      )
      .pluck(),
  }
  return {
    after: (queue, { after, last, read }, limit) =>
      statement.after.all({ destination: queue.id, after, last, read: read ? 1 : 0, limit }).map(toPairRow),
    isMoving: (queue, { alert, pair }, readAt) =>
      (pair?.heardAt ?? 0) >= readAt || statement.moving.get({ alert, destination: queue.id, readAt }) !== undefined,
    isComing(queue, { alert, changedSeq, pair }, readAt) {
      const isThere = pair?.there === undefined ? 0 : 1
      return statement.coming.get({ alert, changed: changedSeq, destination: queue.id, isThere, readAt }) !== undefined
    },
    extent: () => statement.extent.get() ?? { held: 0, last: 0 },
    hasOpen(queue, before, after) {
      const end = statement.end.get(after)
      const place = { destination: queue.id, before, after, end: end ?? Number.MAX_SAFE_INTEGER }
      return statement.open.get(place) !== undefined || (end ?? false)
    },
  }
}

const toPairRow = (row: Row): PairRow => ({
  alert: row.alert,
  changedSeq: row.changed_seq,
  pair:
    row.state === null
      ? undefined
      : {
          state: JSON.parse(row.state) as AlertState,
          heardAt: row.heard_at,
          deletedAt: row.deleted_at,
          mark: row.mark ?? undefined,
          sent: row.sent === 1,
          there: thereOf(row),
        },
})

const thereOf = ({ id, status, severity, received_at }: Row): There | undefined =>
  id === null ? undefined : { id, status, severity, receivedAt: received_at }
