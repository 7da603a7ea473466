import type Database from 'better-sqlite3'
import { type Lane, webhookLane } from '../../../model/order.js'
import type { Marks } from '../index/marks.js'
import { isInState } from '../outbox/claim.js'
import type { Journal } from '../outbox/journal.js'
import type { QueueState } from '../outbox/queues.js'
import { OURSELVES, type Resend } from '../outbox/resend.js'
import type { Tx } from '../writer.js'
import type { Waiting } from './waiting.js'

/** What a delivery that leaves one queue for another is noted with. */
export const MOVED_TO = 'moved to '

/** A delivery to be placed; what is read of a queue has more. */
export type Placed = Omit<Waiting, 'lane' | 'busy'>

/** Puts messages that were accepted earlier behind what waits for a destination, as new receptions of theirs. */
export interface Placing {
  /** It waits there or came to its end there, under this id or replayed; one that was moved away from there did not. */
  has(queue: QueueState, message: Placed): boolean
  /** It was not queued there when it came in, for it had come from there. */
  cameFrom(queue: QueueState, message: Placed): boolean
  /**
   * The destination has, or waits for, a later message about the same alert. `newest`: per alert the newest that it has,
   * filled as it is asked for: what is placed meanwhile in the order of acceptance is never newer than what follows.
   */
  isOld(queue: QueueState, message: Placed, newest: Map<number, number>): boolean
  /** Queues it as it was; returns its new number. `from`: the destination whose mark of the alert it brings along. */
  asItWas(tx: Tx, queue: QueueState, message: Placed, from: QueueState | undefined, now: number): number
  /** Queues the state of its alert instead, unless that waits there already; false: it does, or is not for it. */
  asNow(tx: Tx, queue: QueueState, alert: number, now: number): boolean
}

export interface PlacingDeps {
  readonly db: Database.Database
  readonly journal: Journal
  readonly resend: Resend
  readonly marks: Marks
}

export function createPlacing({ db, journal, resend, marks }: PlacingDeps): Placing {
  const statement = {
    has: db
      .prepare<[{ id: Buffer; destination: number }], number>(
        `SELECT 1 FROM message WHERE message_id = :id AND (
           EXISTS (SELECT 1 FROM outbox WHERE destination = :destination AND outbox.seq = message.seq)
           OR EXISTS (SELECT 1 FROM settled WHERE destination = :destination AND settled.seq = message.seq
             AND NOT (state = 'discarded' AND coalesce(note, '') LIKE '${MOVED_TO}%'))) LIMIT 1`,
      )
      .pluck(),
    // in the order of acceptance, wherever a message stands in the journal since it was moved
    newest: db
      .prepare<[{ alert: number; destination: number }], number | null>(
        `SELECT max(coalesce(moved.of, message.seq)) FROM message LEFT JOIN moved ON moved.seq = message.seq
         WHERE alert = :alert AND (
           EXISTS (SELECT 1 FROM outbox WHERE destination = :destination AND outbox.seq = message.seq)
           OR EXISTS (SELECT 1 FROM settled WHERE destination = :destination AND settled.seq = message.seq
             AND state IN ('delivered', 'folded', 'superseded')))`,
      )
      .pluck(),
    first: db.prepare<[number], number>('SELECT of FROM moved WHERE seq = ?').pluck(),
    copy: db.prepare(
      `INSERT INTO message (message_id, kind, accepted_at, alert, alert_id, action, timeout, request_id, hops, sender,
         credential, body, stamp, became, note_id, content_type, trace, replay_of)
       SELECT message_id, kind, :now, alert, alert_id, action, timeout, request_id, hops, sender, credential, body,
         coalesce(stamp, accepted_at), became, note_id, content_type, trace, replay_of FROM message WHERE seq = :seq`,
    ),
    note: db.prepare('INSERT INTO moved (seq, of) VALUES (?, ?)'),
    carry: db.prepare(
      `INSERT INTO folded (destination, seq, tags, attributes)
       SELECT :destination, :to, tags, attributes FROM folded WHERE destination = :from AND seq = :seq`,
    ),
    stateWaits: db
      .prepare<[{ alert: number; destination: number }], number>(
        `SELECT 1 FROM message JOIN outbox ON outbox.destination = :destination AND outbox.seq = message.seq
         WHERE message.alert = :alert AND message.credential = '${OURSELVES}'
           AND message.seq > (SELECT changed_seq FROM ledger WHERE alert = :alert) LIMIT 1`,
      )
      .pluck(),
  }

  function newestAt({ id: destination }: QueueState, alert: number, known: Map<number, number>): number {
    const found =
      known.get(alert) ??
      Math.max(statement.newest.get({ alert, destination }) ?? 0, marks.get(alert, destination)?.changed_seq ?? 0)
    known.set(alert, found)
    return found
  }
  const firstOf = (seq: number): number => statement.first.get(seq) ?? seq

  return {
    has: ({ id: destination }, { message_id, replay_of }) =>
      [message_id, ...(replay_of === null ? [] : [replay_of])].some(
        (id) => statement.has.get({ id, destination }) !== undefined,
      ),
    cameFrom: ({ name }, { skipped }) => skipped !== null && JSON.parse(skipped)[name] === 'already passed',
    isOld: (queue, { alert, seq, ...message }, newest) =>
      alert !== null && isInState(message) && newestAt(queue, alert, newest) > firstOf(seq),
    asItWas(tx, queue, message, from, now) {
      const seq = Number(statement.copy.run({ now, seq: message.seq }).lastInsertRowid)
      statement.note.run(seq, firstOf(message.seq))
      if (from !== undefined) {
        statement.carry.run({ destination: queue.id, to: seq, from: from.id, seq: message.seq })
      }
      journal.queue(tx, queue, seq, laneOf(queue, message), message.bytes)
      const { alert, kind } = message
      if (alert !== null) {
        // it is meant for this destination from now on
        const all = marks.of(alert)
        const mark = (from === undefined ? undefined : all.get(from.name)?.state) ?? all.get(queue.name)?.state
        if (mark !== undefined || kind === 'alert') marks.set(alert, queue.id, mark ?? 'open', kind === 'alert')
      }
      return seq
    },
    asNow: (tx, queue, alert, now) =>
      statement.stateWaits.get({ alert, destination: queue.id }) === undefined && resend(tx, alert, queue, now) > 0,
  }
}

function laneOf({ orderBy }: QueueState, { lane_resource, lane_alert, alert_id }: Placed): Lane {
  return (orderBy === 'resource' ? lane_resource : lane_alert) ?? webhookLane(alert_id)
}
