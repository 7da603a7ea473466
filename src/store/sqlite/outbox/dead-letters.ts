import type Database from 'better-sqlite3'
import { type Lane, webhookLane } from '../../../model/order.js'
import type { LedgerRules } from '../../contract.js'
import type { DeadLetters, LetterSelection, LettersByReason, Replayed } from '../../dead-letters.js'
import { isDamage, reading } from '../faults.js'
import { SETTLED_COLUMNS, SETTLED_WITHOUT_BODY, type SettledRow, settledOf } from '../reads/reports.js'
import { type MessageRow, uuidBytes } from '../rows.js'
import type { Tx, Writer } from '../writer.js'
import { isInState, UNREADABLE } from './claim.js'
import type { Journal } from './journal.js'
import type { QueueState, Queues } from './queues.js'
import type { Resend } from './resend.js'

export interface DeadLettersDeps {
  readonly db: Database.Database
  readonly writer: Writer
  readonly queues: Queues
  readonly journal: Journal
  readonly resend: Resend
  readonly rules: Pick<LedgerRules, 'ids'>
}

/** Letters in one transaction, so that accepting never waits long. */
const AT_ONCE = 200

interface LetterRow extends Pick<MessageRow, 'kind' | 'action' | 'alert' | 'alert_id'> {
  readonly seq: number
  readonly bytes: number
  readonly lane_resource: Lane | null
  readonly lane_alert: Lane | null
  /** the journal's number of the newest change of its alert */
  readonly changed_seq: number | null
}

interface Chosen {
  readonly destination: number
  /** JSON list of hexadecimal ids; null: all */
  readonly messages: string | null
  readonly reason: string | null
  readonly since: number | null
}

const CHOSEN = `settled.destination = :destination AND settled.state = 'dead'
  AND (:messages IS NULL OR hex(message.message_id) IN (SELECT value FROM json_each(:messages)))
  AND (:reason IS NULL OR instr(lower(settled.note), lower(:reason)) > 0)
  AND (:since IS NULL OR settled.at >= :since)`

export function createDeadLetters({ db, writer, queues, journal, resend, rules }: DeadLettersDeps): DeadLetters {
  const from = 'FROM settled JOIN message ON message.seq = settled.seq'
  const listed = (columns: string) =>
    db.prepare<[Chosen & { limit: number }], SettledRow>(
      `SELECT ${columns} ${from} WHERE ${CHOSEN} ORDER BY settled.seq DESC LIMIT :limit`,
    )
  const statement = {
    list: listed(SETTLED_COLUMNS),
    listWithoutBodies: listed(SETTLED_WITHOUT_BODY),
    byReason: db.prepare<[Chosen], LettersByReason>(
      `SELECT settled.note AS reason, count(*) AS count, min(at) AS firstAt, max(at) AS lastAt ${from}
       WHERE ${CHOSEN} GROUP BY settled.note ORDER BY count DESC, reason`,
    ),
    oldest: db.prepare<[Chosen], LetterRow>(
      `SELECT settled.seq, kind, action, message.alert, message.alert_id, coalesce(length(body), 0) AS bytes,
         lane_resource, lane_alert, ledger.changed_seq
       ${from} LEFT JOIN alert ON alert.id = message.alert LEFT JOIN ledger ON ledger.alert = message.alert
       WHERE ${CHOSEN} AND kind <> 'heartbeat' AND settled.note <> '${UNREADABLE}'
       ORDER BY settled.seq LIMIT ${AT_ONCE}`,
    ),
    // what it repeated is long over: it is news again
    copy: db.prepare(
      `INSERT INTO message (message_id, kind, accepted_at, alert, alert_id, action, timeout, request_id, hops, sender,
         credential, body, stamp, became, note_id, content_type, trace, replay_of)
       SELECT :id, kind, :now, alert, alert_id, action, timeout, request_id, hops, sender, credential, body,
         coalesce(stamp, accepted_at), became, note_id, content_type, trace, message_id FROM message WHERE seq = :seq`,
    ),
    // with what was folded into it
    carry: db.prepare(
      `INSERT INTO folded (destination, seq, tags, attributes)
       SELECT destination, :to, tags, attributes FROM folded WHERE destination = :destination AND seq = :from`,
    ),
    end: db.prepare(
      `UPDATE settled SET state = 'discarded', note = :note || '; had died: ' || note
       WHERE destination = :destination AND seq = :seq AND state = 'dead'`,
    ),
    discard: db.prepare<[Chosen & { why: string }]>(
      `UPDATE settled SET state = 'discarded', note = :why || '; had died: ' || note
       WHERE destination = :destination AND seq IN (SELECT settled.seq ${from} WHERE ${CHOSEN} LIMIT ${AT_ONCE})`,
    ),
  }

  /** A body that is damaged must not hide the letters around it. */
  function readList(chosen: Chosen & { limit: number }): readonly SettledRow[] {
    try {
      return statement.list.all(chosen)
    } catch (error) {
      if (!isDamage(error)) throw error
      return statement.listWithoutBodies.all(chosen)
    }
  }

  function again(tx: Tx, queue: QueueState, letter: LetterRow, now: number): void {
    const id = rules.ids.messageId()
    const seq = Number(statement.copy.run({ id: uuidBytes(id), now, seq: letter.seq }).lastInsertRowid)
    statement.carry.run({ destination: queue.id, from: letter.seq, to: seq })
    journal.queue(tx, queue, seq, laneOf(queue, letter), letter.bytes)
    statement.end.run({ destination: queue.id, seq: letter.seq, note: `replayed as ${id}` })
  }

  function replaySome(tx: Tx, queue: QueueState, chosen: Chosen, asWas: boolean, now: number): Replayed {
    const letters = statement.oldest.all(chosen)
    const sentNow = new Map<number, boolean>()
    const tally = { asWas: 0, asNow: 0, covered: 0 }
    for (const letter of letters) {
      const { alert, changed_seq: changed } = letter
      const isOld = alert !== null && changed !== null && changed > letter.seq && isInState(letter)
      if (asWas || !isOld) {
        again(tx, queue, letter, now)
        tally.asWas += 1
        continue
      }
      const known = sentNow.get(alert)
      const sent = known ?? resend(tx, alert, queue, now) > 0
      sentNow.set(alert, sent)
      if (known === undefined && sent) tally.asNow += 1
      tally.covered += 1
      const note = sent ? "replayed as the alert's state" : "the alert's state is not for this destination"
      statement.end.run({ destination: queue.id, seq: letter.seq, note })
    }
    return { ...tally, more: letters.length === AT_ONCE }
  }

  return {
    list: async (destination, selection, limit) =>
      reading(() => {
        const queue = queues.byName(destination)
        return readList({ ...chosenOf(queue, selection), limit }).map((row) => settledOf(queue, row))
      }),
    byReason: async (destination, selection) =>
      reading(() => statement.byReason.all(chosenOf(queues.byName(destination), selection))),
    replay: (destination, selection, asWas, now) =>
      writer.run((tx) => {
        const queue = queues.byName(destination)
        return replaySome(tx, queue, chosenOf(queue, selection), asWas, now)
      }),
    discard: (destination, selection, why) =>
      writer.run(() => statement.discard.run({ ...chosenOf(queues.byName(destination), selection), why }).changes),
  }
}

function laneOf({ orderBy }: QueueState, letter: LetterRow): Lane {
  const lane = orderBy === 'resource' ? letter.lane_resource : letter.lane_alert
  return lane ?? webhookLane(letter.alert_id)
}

const chosenOf = ({ id }: QueueState, { messages, reason, since }: LetterSelection): Chosen => ({
  destination: id,
  messages: messages.length === 0 ? null : JSON.stringify(messages.map((one) => one.replaceAll('-', '').toUpperCase())),
  reason,
  since,
})
