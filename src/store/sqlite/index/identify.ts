import type Database from 'better-sqlite3'
import type { Delivery } from '../../../model/delivery.js'
import type { AboutAlert } from '../../../model/message.js'
import type { LedgerRules, Told } from '../../contract.js'
import type { Queues } from '../outbox/queues.js'
import { MESSAGE_COLUMNS, type MessageRow, toMessage } from '../rows.js'
import type { AlertIds } from './alert-ids.js'
import type { AlertIndex } from './alert-index.js'
import type { AlertsThere } from './alert-there.js'
import type { Ledger } from './ledger.js'
import type { Marks } from './marks.js'

/** Finds out later what an id means that nobody knew when it came in. */
export interface Identify {
  /** What came in under an id of which no more was known is about this alert: the ledger learns it too. */
  recognise(unknown: number | undefined, alert: number): void
  /** The destination of a delivery told under which id it knows its alert. */
  learn(delivery: Delivery, alias: string, now: number): void
  /** A destination told what the id of this delivery means; false: we do not have that alert. */
  told(delivery: Delivery, told: Told, now: number): boolean
}

export interface IdentifyDeps {
  readonly db: Database.Database
  readonly queues: Queues
  readonly index: AlertIndex
  readonly alertIds: AlertIds
  readonly there: AlertsThere
  readonly ledger: Ledger
  readonly marks: Marks
  readonly rules: Pick<LedgerRules, 'reread' | 'cameFrom'>
}

type Row = MessageRow & { readonly seq: number }
/** Of an alert and a delete it is known at once what they are about. */
type ChangeDraft = Exclude<AboutAlert, { kind: 'alert' | 'delete' }>

/**
 * The newest of what came in under an unknown id: all of it is applied within one transaction, and accepting waits. What
 * came before them counts no more for the state, but for tags and the like.
 */
const APPLIED = 500

export function createIdentify(deps: IdentifyDeps): Identify {
  const { db, queues, index, alertIds, there, ledger, marks, rules } = deps
  const statement = {
    isUnknown: db.prepare('SELECT 1 FROM alert WHERE id = ? AND resource IS NULL').pluck(),
    ofMessage: db.prepare<[number], number>('SELECT alert FROM message WHERE seq = ?').pluck(),
    newest: db
      .prepare<[number], number>(
        `SELECT seq FROM message WHERE alert = ? AND kind NOT IN ('alert', 'delete') ORDER BY seq DESC LIMIT ${APPLIED}`,
      )
      .pluck(),
    read: db.prepare<[number], Row>(`SELECT ${MESSAGE_COLUMNS}, message.seq FROM message WHERE seq = ?`),
    move: db.prepare(`UPDATE message SET alert = ? WHERE alert = ? AND kind NOT IN ('alert', 'delete')`),
  }

  function draftOf(row: Row): ChangeDraft | undefined {
    const message = toMessage(row)
    const write = rules.reread(message)
    const { messageId, acceptedAt, stamp, became, requestId, hops, sender, credential, body } = message
    const envelope = { messageId, acceptedAt, stamp, became, requestId, hops, sender, credential, body }
    return write && { ...envelope, ...write, fromPeer: false, customers: [] }
  }

  /** As if it had come in now: to the peers it goes after what they have been sent of the alert. */
  function apply(row: Row, alert: number): void {
    const entry = ledger.read(alert)
    const draft = draftOf(row)
    if (entry === undefined || draft === undefined) return
    const judged = ledger.judge(draft, entry, undefined)
    ledger.write(alert, draft, judged, entry, row.seq)
    const { standing, applied } = judged
    const from = rules.cameFrom(draft.hops)
    // what our view refuses was none in the view of whom it comes from
    const isNews = standing === 'newest' && (applied?.changed === true || applied?.refused !== undefined)
    if (from === undefined || !isNews) return
    const { id } = queues.byName(from)
    const mark = marks.get(alert, id)
    if (mark !== undefined && mark.changed_seq < row.seq) marks.changed(alert, id, row.seq)
  }

  function recognise(unknown: number | undefined, alert: number): void {
    if (unknown === undefined || statement.isUnknown.get(unknown) === undefined) return
    for (const seq of statement.newest.all(unknown).reverse()) {
      // one body at a time in memory
      const row = statement.read.get(seq)
      if (row !== undefined) apply(row, alert)
    }
    statement.move.run(alert, unknown)
  }

  function noteAlias(alias: string, alert: number, by: { destination: string; seq: number }, now: number): void {
    const { id } = queues.byName(by.destination)
    marks.learn(alert, id, alias, by.seq)
    alertIds.note(alias, alert, { source: id, at: now })
  }

  return {
    recognise,
    learn(delivery, alias, now) {
      const alert = there.numberOf(delivery)
      if (alert !== undefined) noteAlias(alias, alert, { destination: delivery.destination, seq: delivery.ref }, now)
    },
    told(delivery, { by, alert, alias }, now) {
      if (there.numberOf(delivery) !== undefined) return true
      const known = index.current(alert)
      if (known === undefined) return false
      alertIds.note(delivery.message.alertId, known, { source: 0, at: now })
      noteAlias(alias, known, { destination: by, seq: delivery.ref }, now)
      recognise(statement.ofMessage.get(delivery.ref), known)
      return true
    },
  }
}
