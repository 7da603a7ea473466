import type Database from 'better-sqlite3'
import type { AboutAlert } from '../../../model/message.js'
import type { LedgerRules } from '../../contract.js'
import { isDamage } from '../faults.js'
import { MESSAGE_COLUMNS, type MessageRow, messageProblem, toMessage } from '../rows.js'
import type { Judged, Ledger } from './ledger.js'

export interface FillDeps {
  readonly db: Database.Database
  readonly ledger: Ledger
  readonly rules: Pick<LedgerRules, 'reread' | 'rereadAlert'>
}

/** Messages in memory at once: a database has millions, and a body may have megabytes. */
const AT_ONCE = 100
/** About so many in one transaction: nobody waits yet but the one who starts the relay, and each costs a write to disk. */
const IN_ONE_COMMIT = 5_000

type Row = MessageRow & { readonly seq: number }

interface Unfilled {
  readonly alert: number
  readonly first_id: string
}

/**
 * The ledger of a database that a relay without one has left: what the journal still has of each alert, as if it came
 * in again, but relayed to nobody.
 */
export interface Fill {
  /** Alerts that are not yet filled. */
  left(): number
  /** A slice, from where the last one ended, also where that was in another run; true: there is more. */
  next(): boolean
}

export function createFill({ db, ledger, rules }: FillDeps): Fill {
  const statement = {
    left: db.prepare<[], number>('SELECT count(*) FROM unfilled').pluck(),
    next: db.prepare<[], Unfilled>(
      'SELECT alert, first_id FROM unfilled JOIN alert ON alert.id = unfilled.alert ORDER BY alert LIMIT 1',
    ),
    messages: db.prepare<[number, number], Row>(
      `SELECT ${MESSAGE_COLUMNS}, message.seq FROM message WHERE alert = ? AND seq > ? ORDER BY seq LIMIT ${AT_ONCE}`,
    ),
    done: db.prepare('DELETE FROM unfilled WHERE alert = ?'),
    moved: db.prepare('UPDATE unfilled SET after = ? WHERE alert = ?'),
    after: db.prepare<[number], number>('SELECT after FROM unfilled WHERE alert = ?').pluck(),
  }

  /** Nothing of an alert whose messages are damaged: the others shall not miss the ledger for it. */
  function messagesOf(alert: number): readonly Row[] {
    try {
      return statement.messages.all(alert, statement.after.get(alert) ?? 0)
    } catch (error) {
      if (isDamage(error)) return []
      throw error
    }
  }

  function draftOf(row: Row): AboutAlert | undefined {
    if (messageProblem(row) !== undefined) return undefined
    const message = toMessage(row)
    const { messageId, acceptedAt, stamp, became, requestId, hops, sender, credential, body, alertId } = message
    const envelope = { messageId, acceptedAt, stamp, became, requestId, hops, sender, credential, body }
    const all = { ...envelope, fromPeer: false, customers: [] }
    if (message.kind === 'delete') return { ...all, kind: 'delete', alertId }
    if (message.kind === 'alert') {
      const alert = rules.rereadAlert(message)
      return alert && { ...all, kind: 'alert', alertId, alert }
    }
    const change = rules.reread(message)
    return change && { ...all, ...change }
  }

  function apply(row: Row, { alert, first_id }: Unfilled): void {
    const entry = ledger.read(alert)
    const draft = draftOf(row)
    // an action before the first reception that is left says nothing of severity and text
    if (draft === undefined || (entry === undefined && draft.kind !== 'alert')) return
    const judged = ledger.judge(draft, entry, undefined)
    ledger.write(alert, draft, entry === undefined ? knownAs(first_id, judged) : judged, entry, row.seq)
  }

  /** Returns how many messages were read. */
  function some(unfilled: Unfilled): number {
    const rows = messagesOf(unfilled.alert)
    for (const row of rows) apply(row, unfilled)
    const last = rows.at(-1)
    if (rows.length < AT_ONCE || last === undefined) statement.done.run(unfilled.alert)
    else statement.moved.run(last.seq, unfilled.alert)
    return rows.length
  }

  const next = db.transaction(() => {
    for (let read = 0; read < IN_ONE_COMMIT; ) {
      const unfilled = statement.next.get()
      if (unfilled === undefined) return false
      read += 1 + some(unfilled)
    }
    return true
  })
  return { left: () => statement.left.get() ?? 0, next }
}

/** Its first reception may be pruned; what we told its sender and peers, they use. */
const knownAs = (id: string, judged: Judged): Judged =>
  judged.applied === undefined
    ? judged
    : { ...judged, applied: { ...judged.applied, state: { ...judged.applied.state, id } } }
