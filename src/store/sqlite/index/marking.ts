import type Database from 'better-sqlite3'
import type { Verdict } from '../../../model/decision.js'
import type { Became } from '../../../model/ledger.js'
import type { AboutAlert } from '../../../model/message.js'
import { goesBack } from '../outbox/crossing.js'
import type { QueueState, Queues } from '../outbox/queues.js'
import type { Tx } from '../writer.js'
import type { IndexedAlert } from './alert-index.js'
import type { Follow } from './follow.js'
import type { Marks } from './marks.js'
import { createIsOverruled } from './overruled.js'

/** A message in the journal, and what was decided of it. */
export interface Written {
  readonly seq: number
  readonly verdicts: readonly Verdict[]
}

/** What the verdicts on a message say of who knows its alert. */
export interface Marking {
  /** `found`: the alert as it was before the message; what has not changed since is not written again. */
  set(alert: number, draft: AboutAlert, verdicts: readonly Verdict[], found: IndexedAlert | undefined): void
  /** Who made a change or saw it before us: what is queued for them about the alert is older news. */
  changed(alert: number, written: Written): void
  /** The same, and they are told the state where the change went back to a past that they remember otherwise. */
  passed(tx: Tx, alert: number, draft: AboutAlert, became: Became | undefined, written: Written): void
  /** Of a reception that repeats here what change `changedSeq` set, and may have been a change where it came from. */
  repeated(alert: number, from: QueueState, changedSeq: number): void
}

export interface MarkingDeps {
  readonly db: Database.Database
  readonly queues: Queues
  readonly marks: Marks
  readonly follow: Follow
}

export function createMarking({ db, queues, marks, follow }: MarkingDeps): Marking {
  const isOverruled = createIsOverruled(db)

  function changed(alert: number, { verdicts, seq }: Written): void {
    for (const { id } of passedBy(verdicts)) marks.changed(alert, id, seq)
  }

  const passedBy = (verdicts: readonly Verdict[]): readonly QueueState[] =>
    verdicts.flatMap((verdict) =>
      verdict.kind === 'skip' && verdict.why === 'already passed' ? [queues.byName(verdict.destination)] : [],
    )

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
    changed,
    passed(tx, alert, draft, became, written) {
      changed(alert, written)
      if (!goesBack(draft, became)) return
      for (const queue of passedBy(written.verdicts)) {
        const hasCrossed = (marks.get(alert, queue.id)?.resent_seq ?? 0) > 0
        if (hasCrossed) follow(tx, alert, queue, draft.acceptedAt)
      }
    },
    repeated(alert, { id, rows }, changedSeq) {
      if (rows > 0 && isOverruled(alert, id, changedSeq)) marks.changed(alert, id, changedSeq)
    },
  }
}
