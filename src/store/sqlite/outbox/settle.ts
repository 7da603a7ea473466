import type Database from 'better-sqlite3'
import type { Delivery, Settlement, Try } from '../../../model/delivery.js'
import type { AlertIds } from '../index/alert-ids.js'
import type { Marks } from '../index/marks.js'
import type { Notes } from '../index/notes.js'
import type { Tx } from '../writer.js'
import type { Attempts } from './attempts.js'
import { type Crossing, goesBack } from './crossing.js'
import type { EndDelivery } from './end-delivery.js'
import type { QueueState, Queues } from './queues.js'
import type { LaneWindow } from './window.js'

export interface SettleDeps {
  readonly db: Database.Database
  readonly queues: Queues
  readonly alertIds: AlertIds
  readonly marks: Marks
  readonly notes: Notes
  readonly attempts: Attempts
  readonly crossing: Crossing
  readonly endDelivery: EndDelivery
  readonly owner: string
  readonly windowOf: (queue: QueueState) => LaneWindow
}

/** Ends a claim inside a transaction; fenced by owner and attempt, so that a lapsed claim writes nothing. */
export function createSettle(
  deps: SettleDeps,
): (tx: Tx, delivery: Delivery, settlement: Settlement, now: number, attempt?: Try) => boolean {
  const { db, queues, alertIds, marks, notes, attempts, crossing, endDelivery, owner, windowOf } = deps
  const statement = {
    release: db.prepare(
      'DELETE FROM sending WHERE destination = ? AND lane = ? AND seq = ? AND owner = ? AND attempt = ?',
    ),
    retry: db.prepare(
      `INSERT INTO retry (destination, seq, attempts, not_before, faults, first_fault_at, last_fault_at, unknowns,
         suspensions, not_found, status, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (destination, seq) DO UPDATE SET attempts = excluded.attempts, not_before = excluded.not_before,
         faults = excluded.faults, first_fault_at = excluded.first_fault_at, last_fault_at = excluded.last_fault_at,
         unknowns = excluded.unknowns,
         suspensions = excluded.suspensions, not_found = excluded.not_found, status = excluded.status,
         note = excluded.note`,
    ),
    alert: db.prepare<[number], number | null>('SELECT alert FROM message WHERE seq = ?').pluck(),
  }

  function end(tx: Tx, queue: QueueState, delivery: Delivery, to: Ending, now: number, attempt?: Try) {
    const { ref, progress, message, bytes } = delivery
    const tried = { attempts: delivery.attempt, unknowns: progress.unknowns }
    const { to: state, note, status } = to
    const ended = endDelivery(tx, queue, ref, { state, note, status, tried, bytes, ms: attempt?.ms }, now)
    // what arrives at its first try is told by its row in settled, and most do
    if (attempt !== undefined && (state !== 'delivered' || ended?.triedBefore === true)) {
      attempts.keep(queue, ref, { ...attempt, number: delivery.attempt, to: state }, now)
    }
    const alert = statement.alert.get(ref)
    if (alert === null || alert === undefined) return
    if (message.noteId !== null) {
      if (to.alias !== undefined) notes.learn(message.noteId, queue.id, to.alias, ref)
    } else if (to.alias !== undefined) {
      marks.learn(alert, queue.id, to.alias, ref)
      alertIds.note(to.alias, alert, { source: queue.id, at: now })
    }
    if (state === 'delivered') crossing.ended(tx, queue, { seq: ref, alert, goesBack: goesBack(message) }, now)
  }

  function requeue(queue: QueueState, delivery: Delivery, to: Extract<Settlement, { to: 'queued' }>): void {
    const { faults, firstFaultAt, lastFaultAt, unknowns, suspensions, notFound } = to.progress
    const attempts = to.spent ? delivery.attempt : delivery.attempt - 1
    const progress = [faults, firstFaultAt, lastFaultAt, unknowns, suspensions, notFound]
    statement.retry.run(queue.id, delivery.ref, attempts, to.notBefore, ...progress, to.status, to.note)
  }

  return (tx, delivery, settlement, now, attempt) => {
    const queue = queues.byName(delivery.destination)
    const claim = [queue.id, delivery.lane, delivery.ref, owner, delivery.attempt]
    if (statement.release.run(...claim).changes === 0) return false
    const window = windowOf(queue)
    const head = { lane: delivery.lane, seq: delivery.ref }
    if (settlement.to === 'queued') {
      requeue(queue, delivery, settlement)
      if (attempt !== undefined) {
        attempts.keep(queue, delivery.ref, { ...attempt, number: delivery.attempt, to: 'queued' }, now)
      }
      tx.onCommit(() => window.requeued(head, settlement.notBefore))
    } else {
      end(tx, queue, delivery, settlement, now, attempt)
      tx.onCommit(() => window.settled(head))
    }
    return true
  }
}

type Ending = Exclude<Settlement, { to: 'queued' }>
