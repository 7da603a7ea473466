import type Database from 'better-sqlite3'
import type { Change, Decision, Verdict } from '../../model/decision.js'
import type { AlertState, Note } from '../../model/ledger.js'
import { type AboutAlert, type Draft, isAboutAlert } from '../../model/message.js'
import type { Appended, CurrentAsKept } from '../appended.js'
import type { Decide, LedgerRules } from '../contract.js'
import type { AlertIds } from './index/alert-ids.js'
import type { AlertIndex, IndexedAlert } from './index/alert-index.js'
import { factsAlone, factsOf } from './index/facts.js'
import type { Follow } from './index/follow.js'
import type { Identify } from './index/identify.js'
import { createKnownOf } from './index/known-of.js'
import { isApplied, type Judged, type Ledger, type LedgerEntry } from './index/ledger.js'
import { createMarking } from './index/marking.js'
import type { Marks } from './index/marks.js'
import type { Notes } from './index/notes.js'
import { createBudgetCheck } from './outbox/budget-check.js'
import type { Journal } from './outbox/journal.js'
import type { QueueState, Queues } from './outbox/queues.js'
import { uuidBytes } from './rows.js'
import { createSeen } from './seen.js'
import type { HeartbeatStates } from './upkeep/heartbeat-states.js'
import type { Heartbeats } from './upkeep/heartbeats.js'
import type { Tx } from './writer.js'

export interface AppendDeps {
  readonly db: Database.Database
  readonly journal: Journal
  readonly queues: Queues
  readonly index: AlertIndex
  readonly alertIds: AlertIds
  readonly marks: Marks
  readonly ledger: Ledger
  readonly notes: Notes
  readonly heartbeats: Heartbeats
  readonly heartbeatStates: HeartbeatStates
  readonly identify: Pick<Identify, 'recognise'>
  readonly follow: Follow
  readonly decide: Decide
  readonly rules: Pick<LedgerRules, 'cameFrom' | 'ids'>
}

type Accepting = Extract<Decision, { kind: 'accept' }>

/** What is known of a draft's alert before it is routed. */
interface Subject {
  readonly found: IndexedAlert | undefined
  readonly entry: LedgerEntry | undefined
  readonly judged: Judged
  /** the newest alert with this key that was deleted, where that matters */
  readonly gone: number | undefined
  /** the destination that is the last hop */
  readonly from: QueueState | undefined
}

/** One message into journal, outbox, index, ledger and seen ids, or nothing: runs inside a transaction. */
export function createAppend(deps: AppendDeps): (tx: Tx, draft: Draft) => Appended {
  const { db, journal, queues, index, alertIds, identify, marks, ledger, notes, heartbeats, follow, decide, rules } =
    deps
  const { heartbeatStates } = deps
  const withinBudgets = createBudgetCheck(queues)
  const marking = createMarking(deps)
  const knownOf = createKnownOf({ index, ledger })
  const seenBefore = createSeen(db, (draft) => {
    const found = index.find(draft, cameFrom(draft)?.id)
    return found === undefined || found === 'ambiguous' ? undefined : found.id
  })
  const statement = {
    firstAlertId: db.prepare<[Buffer], string>('SELECT alert_id FROM message WHERE message_id = ?').pluck(),
  }

  function appendAlone(tx: Tx, draft: Exclude<Draft, AboutAlert>, seen: boolean): Appended {
    const decision = decide(draft, factsAlone(seen))
    if (decision.kind !== 'accept') {
      const known = draft.kind === 'heartbeat' ? heartbeatStates.ofOrigin(draft) : undefined
      const appended = refused(draft, decision)
      return appended.kind === 'copy' && known !== undefined ? { ...appended, heartbeat: known } : appended
    }
    const fitting = withinBudgets(tx, decision.verdicts, draft)
    if (!Array.isArray(fitting)) return fitting
    const seq = journal.write(draft, null, null, fitting)
    if (draft.kind === 'heartbeat') heartbeats.newest(tx, decision.lanes.resource, seq, draft.acceptedAt)
    queueAll(tx, seq, draft, fitting)
    const kept = draft.kind === 'heartbeat' ? { heartbeat: heartbeatStates.keep(draft) } : {}
    return { ...accepted(fitting), ...kept }
  }

  function appendAboutAlert(tx: Tx, given: AboutAlert, seen: boolean): Appended {
    const from = cameFrom(given)
    const found = index.find(given, from?.id)
    if (found === 'ambiguous') return { kind: given.customers.length > 0 ? 'not theirs' : 'ambiguous' }
    const draft = found === undefined ? given : { ...given, alertId: found.alertId }
    const { entry, gone } = knownOf(draft, found)
    const judged = ledger.judge(draft, entry, gone === undefined ? undefined : ledger.stampOf(gone))
    const decision = decide(draft, factsOf(draft, judged, { seen, alert: found?.known }))
    if (decision.kind === 'copy') noteRepeat(draft, { entry, from })
    if (decision.kind !== 'accept') return refused(draft, decision, found)
    if (entry !== undefined && lacksNote(draft, entry.alert)) return { kind: 'no such note' }
    const verdicts = withinBudgets(tx, decision.verdicts, draft)
    if (!Array.isArray(verdicts)) return verdicts
    const merged = draft.kind === 'delete' ? index.mergedAt(draft, from?.id) : []
    const appended = accept(tx, draft, { ...decision, verdicts }, { found, entry, judged, gone, from })
    for (const other of merged) deleteAlso(tx, draft, other)
    return appended
  }

  function accept(tx: Tx, draft: AboutAlert, decision: Accepting, subject: Subject): Appended {
    const { verdicts, lanes, change } = decision
    const { found, entry, judged, gone, from } = subject
    if (judged.standing === 'outdated' && gone !== undefined) {
      // about an alert that was deleted later than this was accepted elsewhere
      journal.write(draft, gone, null, verdicts)
      return { ...accepted(verdicts), outdated: true }
    }
    if (change === undefined) throw new Error('a message about an alert changes it')
    const alert = index.record(draft, found, lastOf(change, subject), lanes, isApplied(judged))
    if (found !== undefined && entry === undefined && draft.kind === 'alert') index.begin(alert, draft.alertId)
    const repeats = isRepeat(draft, subject) ? (entry?.changedSeq ?? null) : null
    const seq = journal.write(
      { ...draft, stamp: stampOf(draft, judged), became: judged.became },
      alert,
      repeats,
      verdicts,
    )
    ledger.write(alert, draft, judged, entry, seq)
    const before = noteId(draft, alert, judged)
    queueAll(tx, seq, draft, verdicts)
    marking.set(alert, draft, verdicts, found)
    if (from !== undefined && draft.kind === 'alert') marks.learn(alert, from.id, draft.alertId, seq)
    if (isApplied(judged)) noteChange(draft, alert, subject, verdicts, seq)
    if (judged.standing !== 'newest')
      for (const { destination } of verdicts.filter(isQueued)) {
        follow(tx, alert, queues.byName(destination), draft.acceptedAt)
      }
    const outdated = judged.standing === 'outdated' ? ({ outdated: true } as const) : {}
    return {
      ...accepted(verdicts),
      ...outcomeOf(draft, alert, before === undefined ? stateOf(judged) : undefined),
      ...outdated,
    }
  }

  /** Returns what the id meant until now: what came in about that is applied, and has changed the state once more. */
  function noteId(draft: AboutAlert, alert: number, { applied }: Judged): number | undefined {
    if (alertIds.isOfOthers(draft.alertId, draft.customers)) return undefined
    const shown = draft.kind !== 'alert' || draft.ownId !== true || applied?.state.id === draft.alertId
    const before = alertIds.note(draft.alertId, alert, { source: 0, at: draft.acceptedAt, shown })
    identify.recognise(before, alert)
    return before
  }

  const lacksNote = (draft: AboutAlert, alert: number): boolean =>
    draft.kind === 'note' && draft.action !== 'add' && notes.get(draft.noteId, alert) === undefined

  /** What the sender is told of. */
  const outcomeOf = (draft: Draft, alert: number, state?: AlertState) => ({
    current: draft.kind === 'alert' ? ledger.kept(alert, { state, history: draft.brief !== true }) : undefined,
    note: draft.kind === 'note' ? notes.get(draft.noteId, alert) : undefined,
  })

  /** A peer has merged several alerts into one and deletes that: to everybody else they are still several. */
  function deleteAlso(tx: Tx, draft: AboutAlert, found: IndexedAlert): void {
    const copy = { ...draft, messageId: rules.ids.messageId(), alertId: found.known.last?.alertId ?? found.alertId }
    const entry = ledger.read(found.id)
    const judged = ledger.judge(copy, entry, undefined)
    const decision = decide(copy, factsOf(copy, judged, { seen: false, alert: found.known }))
    if (decision.kind !== 'accept') return
    const verdicts = withinBudgets(tx, decision.verdicts, copy)
    // a full queue that refuses: it stays, and can be deleted once more
    if (!Array.isArray(verdicts)) return
    accept(tx, copy, { ...decision, verdicts }, { found, entry, judged, gone: undefined, from: undefined })
  }

  function cameFrom(draft: AboutAlert): QueueState | undefined {
    const name = rules.cameFrom(draft.hops)
    return name === undefined ? undefined : queues.byName(name)
  }

  function noteChange(draft: AboutAlert, alert: number, subject: Subject, verdicts: readonly Verdict[], seq: number) {
    if (draft.kind === 'delete' && subject.found?.known.key !== undefined) index.markDeleted(alert, draft.acceptedAt)
    if (!changesState(draft, subject.judged)) return noteRepeat(draft, subject)
    marking.passed(alert, verdicts, seq)
    if (draft.kind !== 'alert' || subject.found !== undefined) return
    // deleted ones live on there: their deletes that still wait would take this one away
    for (const gone of index.gone(draft.alert)) marking.passed(gone, verdicts, seq)
  }

  /** Of a server without stamps; what relays tell each other ends equal in any order. */
  function noteRepeat(draft: AboutAlert, { entry, from }: Pick<Subject, 'entry' | 'from'>): void {
    if (draft.kind !== 'alert' || draft.stamp !== undefined || entry === undefined || from === undefined) return
    marking.repeated(entry.alert, from, entry.changedSeq)
  }

  function queueAll(tx: Tx, seq: number, draft: Draft, verdicts: readonly Verdict[]): void {
    for (const { destination, lane } of verdicts.filter(isQueued)) {
      journal.queue(tx, queues.byName(destination), seq, lane, draft.body?.length ?? 0)
    }
  }

  function refused(draft: Draft, decision: Exclude<Decision, Accepting>, found?: IndexedAlert): Appended {
    if (decision.kind !== 'copy') return decision
    const { current, note } = found === undefined ? NOTHING_TOLD : outcomeOf(draft, found.id)
    const alertId = current?.state.id ?? statement.firstAlertId.get(uuidBytes(draft.messageId))
    return { kind: 'copy', by: decision.by, alertId, current, note }
  }

  return (tx, draft) => {
    const keys = seenBefore.keysOf(draft)
    const seen = draft.fromPeer && seenBefore.has(keys)
    const appended = isAboutAlert(draft) ? appendAboutAlert(tx, draft, seen) : appendAlone(tx, draft, seen)
    // A copy by content came under a message id of its own: its own copies will be told by that id.
    const isNew = appended.kind === 'accepted' || (appended.kind === 'copy' && !seen)
    if (isNew) seenBefore.note(keys, draft.acceptedAt)
    return appended
  }
}

/** What was refused here changed nothing: the same from elsewhere may have been done there, and is no copy of it. */
const lastOf = (change: Change, { judged, found }: Subject): Change =>
  judged.applied?.refused === undefined ? change : (found?.known.last ?? change)

const isQueued = (verdict: Verdict): verdict is Extract<Verdict, { kind: 'queue' }> => verdict.kind === 'queue'

const NOTHING_TOLD: { current: CurrentAsKept | undefined; note: Note | undefined } = {
  current: undefined,
  note: undefined,
}

const accepted = (verdicts: readonly Verdict[]): Extract<Appended, { kind: 'accepted' }> => {
  const queued = verdicts.filter(isQueued).map(({ destination }) => destination)
  const full = verdicts.filter((verdict) => verdict.kind === 'skip' && verdict.why === 'queue full')
  const skipped = verdicts.length - queued.length
  return { kind: 'accepted', queued, skipped, full: full.map(({ destination }) => destination), ...NOTHING_TOLD }
}

/** An action that our view refuses was none in the view of whom it comes from: it counts as a change there. */
const changesState = (draft: AboutAlert, { applied }: Judged): boolean =>
  draft.kind === 'delete' || applied?.changed === true || applied?.refused !== undefined

const isRepeat = (draft: AboutAlert, { judged, entry }: Subject): boolean =>
  draft.kind === 'alert' && judged.standing === 'newest' && entry !== undefined && judged.applied?.changed === false

/** As it was just written; undefined: it was not. */
const stateOf = (judged: Judged): AlertState | undefined => (isApplied(judged) ? judged.applied?.state : undefined)

/** Where the state's time had to be later than the clock's, the message says so to other relays. */
const stampOf = (draft: AboutAlert, { stamp }: Judged): number | undefined =>
  stamp === draft.acceptedAt ? undefined : stamp
