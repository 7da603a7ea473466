import type Database from 'better-sqlite3'
import type { Decision, Verdict } from '../../model/decision.js'
import type { Draft, Kind } from '../../model/message.js'
import type { Appended, Budget, Decide } from '../contract.js'
import type { AlertIndex, IndexedAlert } from './alert-index.js'
import type { Heartbeats } from './heartbeats.js'
import type { QueueState, Queues } from './queues.js'
import { messageValues, uuidBytes } from './rows.js'
import { seenKey } from './seen.js'
import type { Tx } from './writer.js'

export interface AppendDeps {
  readonly db: Database.Database
  readonly queues: Queues
  readonly index: AlertIndex
  readonly heartbeats: Heartbeats
  readonly decide: Decide
}

/** One message into journal, outbox, index and seen ids, or nothing: runs inside a transaction's savepoint. */
export function createAppend({
  db,
  queues,
  index,
  heartbeats,
  decide,
}: AppendDeps): (tx: Tx, draft: Draft) => Appended {
  const statement = {
    isSeen: db.prepare('SELECT 1 FROM seen WHERE key = ?').pluck(),
    see: db.prepare('INSERT INTO seen (key, seen_at) VALUES (?, ?)'),
    firstAlertId: db.prepare<[Buffer], string>('SELECT alert_id FROM message WHERE message_id = ?').pluck(),
    journal: db.prepare(
      `INSERT INTO message (message_id, kind, accepted_at, alert, alert_id, action, timeout, request_id, hops, sender,
         credential, skipped, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    queue: db.prepare('INSERT INTO outbox (destination, seq, lane) VALUES (?, ?, ?)'),
  }

  function accept(tx: Tx, draft: Draft, decision: Accepting, found: IndexedAlert | undefined): Appended {
    const { verdicts, lanes, change } = decision
    const queued = verdicts.filter((verdict) => verdict.kind === 'queue')
    const bytes = draft.body?.length ?? 0
    for (const { destination } of queued) {
      const limit = passedLimit(queues.byName(destination), bytes)
      if (limit !== undefined) return { kind: 'refused', destination, limit }
    }
    const alert = draft.kind === 'heartbeat' || !change ? null : index.record(draft, found, change, lanes)
    const values = messageValues(draft, alert, skippedText(verdicts))
    const seq = Number(statement.journal.run(...values).lastInsertRowid)
    if (draft.kind === 'heartbeat') heartbeats.newest(tx, lanes.resource, seq, draft.acceptedAt)
    for (const { destination, lane } of queued) {
      const queue = queues.byName(destination)
      statement.queue.run(queue.id, seq, lane)
      queues.grow(tx, queue, 1, bytes)
    }
    if (alert !== null) setMarks(alert, draft.kind, verdicts)
    const names = queued.map(({ destination }) => destination)
    return { kind: 'accepted', queued: names, skipped: verdicts.length - names.length }
  }

  function setMarks(alert: number, kind: Kind, verdicts: readonly Verdict[]): void {
    for (const verdict of verdicts) {
      if (verdict.mark === undefined) continue
      const passed = verdict.kind === 'queue' || verdict.why === 'already passed'
      index.setMark(alert, queues.byName(verdict.destination).id, verdict.mark, kind === 'alert' && passed)
    }
  }

  return (tx, draft) => {
    const key = seenKey(draft)
    const seen = draft.fromPeer && statement.isSeen.get(key) !== undefined
    const found = draft.kind === 'heartbeat' ? undefined : index.find(draft)
    const decision = decide(draft, { seen, alert: found?.known })
    if (decision.kind === 'not theirs') return decision
    if (decision.kind === 'copy') {
      // A copy by content came under a message id of its own: its own copies will be told by that id.
      if (!seen) statement.see.run(key, draft.acceptedAt)
      return { kind: 'copy', by: decision.by, alertId: statement.firstAlertId.get(uuidBytes(draft.messageId)) }
    }
    const appended = accept(tx, draft, decision, found)
    if (appended.kind === 'accepted') statement.see.run(key, draft.acceptedAt)
    return appended
  }
}

type Accepting = Extract<Decision, { kind: 'accept' }>

/** Which of its limits a queue would pass; undefined: none. */
function passedLimit({ rows, bytes, budget }: QueueState, more: number): keyof Budget | undefined {
  if (budget === undefined) return undefined
  if (rows >= budget.rows) return 'rows'
  return bytes + more > budget.bytes ? 'bytes' : undefined
}

function skippedText(verdicts: readonly Verdict[]): string | null {
  const skipped = verdicts.flatMap((verdict) => (verdict.kind === 'skip' ? [[verdict.destination, verdict.why]] : []))
  return skipped.length === 0 ? null : JSON.stringify(Object.fromEntries(skipped))
}
