import type Database from 'better-sqlite3'
import type { Verdict } from '../../../model/decision.js'
import type { AboutAlert } from '../../../model/message.js'
import type { QueueState, Queues } from '../outbox/queues.js'
import type { IndexedAlert } from './alert-index.js'
import type { Marks } from './marks.js'
import { createIsOverruled } from './overruled.js'

/** What the verdicts on a message say of who knows its alert. */
export interface Marking {
  /** `found`: the alert as it was before the message; what has not changed since is not written again. */
  set(alert: number, draft: AboutAlert, verdicts: readonly Verdict[], found: IndexedAlert | undefined): void
  /** Of a change, message `seq`: who made it or saw it before us; what is queued for them about the alert is older news. */
  passed(alert: number, verdicts: readonly Verdict[], seq: number): void
  /** Of a reception that repeats here what change `changedSeq` set, and may have been a change where it came from. */
  repeated(alert: number, from: QueueState, changedSeq: number): void
}

export interface MarkingDeps {
  readonly db: Database.Database
  readonly queues: Queues
  readonly marks: Marks
}

export function createMarking({ db, queues, marks }: MarkingDeps): Marking {
  const isOverruled = createIsOverruled(db)

  return {
    set(alert, draft, verdicts, found) {
      for (const verdict of verdicts) {
        const { mark, destination } = verdict
        if (mark === undefined) continue
        const passed = verdict.kind === 'queue' || verdict.why === 'already passed'
        const sent = draft.kind === 'alert' && passed
        const isNews = found?.known.marks.get(destination) !== mark || (sent && !found.sentTo.has(destination))
        if (isNews) marks.set(alert, queues.byName(destination).id, mark, sent)
      }
    },
    passed(alert, verdicts, seq) {
      for (const verdict of verdicts) {
        if (verdict.kind !== 'skip' || verdict.why !== 'already passed') continue
        marks.changed(alert, queues.byName(verdict.destination).id, seq)
      }
    },
    repeated(alert, { id, rows }, changedSeq) {
      if (rows === 0 || !isOverruled(alert, id, changedSeq)) return
      const mark = marks.get(alert, id)
      if (mark !== undefined && mark.changed_seq < changedSeq) marks.changed(alert, id, changedSeq)
    },
  }
}
