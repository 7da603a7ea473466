import Database from 'better-sqlite3'
import { unreachable } from '../../../base/unreachable.js'
import { alertCloses } from '../../../model/alert.js'
import type { Decision, Verdict } from '../../../model/decision.js'
import type { Draft, Message } from '../../../model/message.js'
import type { Appended } from '../../appended.js'
import type { Decide, LedgerRules } from '../../contract.js'
import type { Exported, Imported } from '../../moves.js'
import { isFull } from '../outbox/budget-check.js'
import type { QueueState } from '../outbox/queues.js'
import { uuidBytes } from '../rows.js'
import type { Tx } from '../writer.js'
import type { Placed, Placing } from './place.js'
import { WAITING_COLUMNS } from './waiting.js'

export interface ImportDeps {
  readonly db: Database.Database
  readonly placing: Placing
  readonly decide: Decide
  /** the store's append, with another routing */
  readonly appending: (decide: Decide) => (tx: Tx, draft: Draft) => Appended
  readonly rules: Pick<LedgerRules, 'reread' | 'rereadAlert'>
}

/** Takes the lines of an export in, for one destination alone. */
export function createImport({ db, placing, decide, appending, rules }: ImportDeps) {
  const statement = {
    isTaken: db
      .prepare<[string, number, Buffer], number>(
        'SELECT 1 FROM imported WHERE export = ? AND destination = ? AND message_id = ?',
      )
      .pluck(),
    take: db.prepare('INSERT INTO imported (export, destination, message_id, at) VALUES (?, ?, ?, ?)'),
    known: db.prepare<[Buffer], Placed>(
      `SELECT ${WAITING_COLUMNS} FROM message LEFT JOIN alert ON alert.id = message.alert
       WHERE message_id = ? ORDER BY message.seq DESC LIMIT 1`,
    ),
    // still to be delivered there, or delivered
    isThere: db
      .prepare<[{ id: Buffer; destination: number }], number>(
        `SELECT 1 FROM message WHERE message_id = :id AND (
           EXISTS (SELECT 1 FROM outbox WHERE destination = :destination AND outbox.seq = message.seq)
           OR EXISTS (SELECT 1 FROM settled WHERE destination = :destination AND settled.seq = message.seq
             AND state NOT IN ('dead', 'discarded'))) LIMIT 1`,
      )
      .pluck(),
  }
  let target: QueueState | undefined
  const append = appending((draft, facts) => {
    if (target === undefined) throw new Error('nothing is imported')
    return onlyFor(target, draft, decide(draft, facts))
  })

  /** We have accepted it ourselves: our view of its alert has it already. */
  function again(tx: Tx, queue: QueueState, known: Placed, now: number): Imported {
    if (statement.isThere.get({ id: known.message_id, destination: queue.id }) !== undefined) return 'already'
    if (placing.cameFrom(queue, known)) return 'passed'
    if (known.alert === null || !placing.isOld(queue, known, new Map())) {
      placing.asItWas(tx, queue, known, undefined, now)
      return 'imported'
    }
    return placing.asNow(tx, queue, known.alert, now) ? 'asNow' : 'already'
  }

  function anew(tx: Tx, queue: QueueState, message: Message, now: number): Imported {
    const draft = draftOf(message, now)
    if (draft === undefined) return 'unusable'
    target = queue
    const appended = append(tx, draft)
    switch (appended.kind) {
      case 'accepted':
        if (appended.queued.length > 0) return 'imported'
        return appended.outdated ? 'outdated' : 'passed'
      case 'copy':
        return 'already'
      case 'refused':
        return 'full'
      case 'gone':
        return 'outdated'
      case 'not theirs':
      case 'ambiguous':
      case 'no such note':
        return 'unusable'
      default:
        return unreachable(appended)
    }
  }

  function draftOf(message: Message, now: number): Draft | undefined {
    const write = writeOf(message)
    if (write === undefined) return undefined
    const { messageId, acceptedAt, became, requestId, hops, sender, credential, body, trace } = message
    const stamp = message.stamp ?? acceptedAt
    const envelope = { messageId, acceptedAt: now, stamp, became, requestId, hops, sender, credential, body, trace }
    return { ...envelope, ...write, fromPeer: false, customers: [] }
  }

  function writeOf(message: Message) {
    const { kind, alertId } = message
    if (kind === 'delete') return { kind, alertId } as const
    if (kind === 'webhook') return { kind, path: alertId, contentType: message.contentType } as const
    if (kind !== 'alert') return rules.reread(message)
    const alert = rules.rereadAlert(message)
    return alert && ({ kind, alertId, alert } as const)
  }

  function takeIn(tx: Tx, queue: QueueState, exportId: string, message: Message, now: number): Imported {
    const id = uuidBytes(message.messageId)
    if (statement.isTaken.get(exportId, queue.id, id) !== undefined) return 'already'
    if (message.kind === 'heartbeat') return 'outdated'
    if (!queue.takes.has(message.kind)) return 'notTaken'
    if (isFull(queue, message.body?.length ?? 0)) return 'full'
    const known = statement.known.get(id)
    const imported = known === undefined ? anew(tx, queue, message, now) : again(tx, queue, known, now)
    if (imported === 'imported' || imported === 'asNow') statement.take.run(exportId, queue.id, id, now)
    return imported
  }

  /** One line that cannot be written must not take the others with it: it has a savepoint, and its own way back. */
  const takeInAlone = db.transaction(takeIn)
  function takeInOne(tx: Tx, ...[queue, exportId, message, now]: Rest<Parameters<typeof takeIn>>): Imported {
    const commits: (() => void)[] = []
    const undos: (() => void)[] = []
    const own: Tx = { onCommit: (change) => void commits.push(change), onRollback: (undo) => void undos.push(undo) }
    try {
      const imported = takeInAlone(own, queue, exportId, message, now)
      for (const change of commits) tx.onCommit(change)
      for (const undo of undos) tx.onRollback(undo)
      return imported
    } catch (error) {
      for (const undo of undos.toReversed()) undo()
      if (isOfTheLine(error)) return 'unusable'
      throw error
    }
  }

  return (tx: Tx, queue: QueueState, exportId: string, lines: readonly Exported[], now: number): Imported[] => {
    const ends: Imported[] = []
    for (const { message } of lines) {
      const end = takeInOne(tx, queue, exportId, message, now)
      ends.push(end)
      if (end === 'full') break
    }
    return ends
  }
}

type Rest<T extends readonly unknown[]> = T extends [unknown, ...infer R] ? R : never

const isOfTheLine = (error: unknown): boolean =>
  error instanceof Database.SqliteError && error.code.startsWith('SQLITE_CONSTRAINT')

/** It goes to the destination whatever its match says, but never back to where it came from; and to nobody else. */
function onlyFor(queue: QueueState, draft: Draft, decision: Decision): Decision {
  if (decision.kind !== 'accept') return decision
  const { lanes } = decision
  const verdicts = decision.verdicts.map((verdict): Verdict => {
    const { destination } = verdict
    if (destination !== queue.name) return { destination, kind: 'skip', why: 'match', mark: undefined }
    if (verdict.kind === 'queue' || verdict.why === 'already passed') return verdict
    const begins = draft.kind === 'alert' ? (alertCloses(draft.alert) ? 'closed' : 'open') : undefined
    return { destination, kind: 'queue', lane: lanes[queue.orderBy], mark: verdict.mark ?? begins }
  })
  return { ...decision, verdicts }
}
