import type Database from 'better-sqlite3'
import { RESTORING_ACTIONS } from '../../../model/ledger.js'
import type { Message } from '../../../model/message.js'
import type { Marks } from '../index/marks.js'
import type { Tx } from '../writer.js'
import type { QueueState } from './queues.js'
import { OURSELVES, RESENT_TEXT, type Resend } from './resend.js'

export interface Crossed {
  readonly seq: number
  readonly alert: number
  /**
   * A sender's message that goes back to what was before, of which, once changes have crossed, the destination may have
   * another memory than the ledger.
   */
  readonly goesBack?: boolean
}

/**
 * The last accepted change wins, everywhere. What waits for a destination is older news there once a later change of
 * the alert has come from it; whether what was in flight then came before or after it, nobody knows. In both cases the
 * ledger's state is sent there once, so that both sides end equal.
 */
export interface Crossing {
  /** A delivery was superseded for that reason, or executed there. */
  ended(tx: Tx, queue: QueueState, delivery: Crossed, now: number): void
}

export interface CrossingDeps {
  readonly db: Database.Database
  readonly marks: Marks
  readonly resend: Resend
}

export function createCrossing({ db, marks, resend }: CrossingDeps): Crossing {
  const successor = db
    .prepare<[number], number>(
      `SELECT later.id FROM alert JOIN alert AS later ON later.resource = alert.resource AND later.environment = alert.environment
         AND later.customer = alert.customer AND later.event = alert.event AND later.deleted_at IS NULL
       WHERE alert.id = ? AND alert.deleted_at IS NOT NULL AND later.resource IS NOT NULL`,
    )
    .pluck()

  return {
    ended(tx, queue, { seq, alert, goesBack = false }, now) {
      const mark = marks.get(alert, queue.id)
      if (mark === undefined) return
      const crossed = mark.changed_seq > seq && mark.resent_seq < mark.changed_seq
      if (!crossed && !(goesBack && mark.resent_seq > 0)) return
      marks.resent(alert, queue.id)
      // a deleted alert may live on there, as the one that followed it
      resend(tx, successor.get(alert) ?? alert, queue, now)
    },
  }
}

/**
 * Some actions, and an alert that comes back, go back to the status that was before. A state that is sent again does not,
 * by whichever relay, or they would send it to one another for ever.
 */
export function goesBack({ kind, action, became, credential, body }: Message): boolean {
  if (credential === OURSELVES || became?.statusStamp !== undefined) return false
  if (kind === 'alert') return became?.status !== undefined
  return kind === 'action' && action !== null && RESTORING_ACTIONS.has(action) && !body?.includes(RESENT)
}

const RESENT = JSON.stringify({ text: RESENT_TEXT }).slice(1, -1)
