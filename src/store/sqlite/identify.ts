import type Database from 'better-sqlite3'
import type { Delivery } from '../../model/delivery.js'
import type { Draft } from '../../model/message.js'
import type { LedgerRules, Told } from '../contract.js'
import type { AlertIds } from './alert-ids.js'
import type { AlertIndex } from './alert-index.js'
import type { AlertsThere } from './alert-there.js'
import type { Ledger } from './ledger.js'
import type { Marks } from './marks.js'
import type { Queues } from './queues.js'
import { MESSAGE_COLUMNS, type MessageRow, toMessage } from './rows.js'

/** Finds out later what an id means that nobody knew when it came in. */
export interface Identify {
  /** The actions that came in under an id of which no more was known are about this alert: the ledger learns them too. */
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
  readonly rules: Pick<LedgerRules, 'readAction' | 'cameFrom'>
}

type ActionRow = MessageRow & { readonly seq: number; readonly action: string; readonly body: Buffer }

export function createIdentify(deps: IdentifyDeps): Identify {
  const { db, queues, index, alertIds, there, ledger, marks, rules } = deps
  const statement = {
    isUnknown: db.prepare('SELECT 1 FROM alert WHERE id = ? AND resource IS NULL').pluck(),
    ofMessage: db.prepare<[number], number>('SELECT alert FROM message WHERE seq = ?').pluck(),
    actions: db.prepare<[number], ActionRow>(
      `SELECT ${MESSAGE_COLUMNS}, message.seq FROM message WHERE alert = ? AND kind = 'action' ORDER BY seq`,
    ),
    move: db.prepare(`UPDATE message SET alert = ? WHERE alert = ? AND kind = 'action'`),
  }

  function draftOf(row: ActionRow): Extract<Draft, { kind: 'action' }> {
    const { alertId, ...envelope } = toMessage(row)
    const { action, body } = row
    return { ...envelope, kind: 'action', alertId, action, ...rules.readAction(body), fromPeer: false, customers: [] }
  }

  /** As if it had come in now: to the peers it goes after what they have been sent of the alert. */
  function apply(row: ActionRow, alert: number): void {
    const entry = ledger.read(alert)
    if (entry === undefined) return
    const draft = draftOf(row)
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
    for (const row of statement.actions.all(unknown)) apply(row, alert)
    statement.move.run(alert, unknown)
  }

  function isCalled(alias: string, alert: number, by: { destination: string; seq: number }, now: number): void {
    const { id } = queues.byName(by.destination)
    marks.learn(alert, id, alias, by.seq)
    alertIds.note(alias, alert, id, now)
  }

  return {
    recognise,
    learn(delivery, alias, now) {
      const alert = there.numberOf(delivery)
      if (alert !== undefined) isCalled(alias, alert, { destination: delivery.destination, seq: delivery.ref }, now)
    },
    told(delivery, { by, alert, alias }, now) {
      if (there.numberOf(delivery) !== undefined) return true
      const known = index.current(alert)
      if (known === undefined) return false
      alertIds.note(delivery.message.alertId, known, 0, now)
      isCalled(alias, known, { destination: by, seq: delivery.ref }, now)
      recognise(statement.ofMessage.get(delivery.ref), known)
      return true
    },
  }
}
