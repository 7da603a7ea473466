import type Database from 'better-sqlite3'
import type { AlertState, Applied, Became, HistoryEntry } from '../../../model/ledger.js'
import type { AboutAlert } from '../../../model/message.js'
import type { Current, CurrentAsKept } from '../../appended.js'
import type { LedgerRules } from '../../contract.js'
import { createListing } from './listing.js'
import type { Notes } from './notes.js'
import {
  becameOf,
  type KnownState,
  type Registers,
  registersAfter,
  type Since,
  type Standing,
  standingOf,
  stillTold,
} from './standing.js'

export interface LedgerEntry extends KnownState {
  readonly alert: number
  /** the journal's number of its newest change */
  readonly changedSeq: number
  /** housekeeping took it off the lists: a reception begins anew */
  readonly cleared: boolean
}

/** What a write means for the ledger. */
export interface Judged {
  readonly standing: Standing
  /** undefined: a delete, or about an alert that the ledger does not have */
  readonly applied: Applied | undefined
  /** the parts that it sets, in the view of the relay that accepted it first; undefined: we know nothing of its alert */
  readonly became: Became | undefined
  /** epoch ms at which a relay first accepted it */
  readonly stamp: number
}

/** The rows of the ledger: one alert, its state, and its history. */
export interface Ledger {
  read(alert: number): LedgerEntry | undefined
  /** `goneAt`: the stamp with which an alert of this key was deleted; undefined: none was, or it does not matter. */
  judge(draft: AboutAlert, entry: LedgerEntry | undefined, goneAt: number | undefined): Judged
  /** Writes what was judged, as message `seq`. */
  write(alert: number, draft: AboutAlert, judged: Judged, entry: LedgerEntry | undefined, seq: number): void
  /** The stamp of the newest change, of a deleted alert its delete's. */
  stampOf(alert: number): number | undefined
  current(alert: number): Current | undefined
  /** `state`: where it was just written. */
  kept(
    alert: number,
    wanted: { readonly state: AlertState | undefined; readonly history: boolean },
  ): CurrentAsKept | undefined
}

/** Alerta's HISTORY_LIMIT (settings.py). */
const HISTORY_KEPT = 100
/** Of a history that goes into one answer; what is older is left out. */
const HISTORY_BYTES = 1024 * 1024

interface Row {
  readonly state: string
  readonly registers: string
  readonly changed_seq: number
  readonly cleared_at: number | null
}

export function createLedger(
  db: Database.Database,
  { apply, merge }: Pick<LedgerRules, 'apply' | 'merge'>,
  notes: Notes,
): Ledger {
  const statement = {
    read: db.prepare<[number], Row>('SELECT state, registers, changed_seq, cleared_at FROM ledger WHERE alert = ?'),
    write: db.prepare(
      `INSERT INTO ledger (alert, severity, status, registers, changed_seq, state) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (alert) DO UPDATE SET severity = excluded.severity, status = excluded.status,
         registers = excluded.registers, changed_seq = excluded.changed_seq, state = excluded.state,
         cleared_at = iif(?, NULL, cleared_at)`,
    ),
    stamp: db.prepare<[number], number>(`SELECT registers ->> '$.status.stamp' FROM ledger WHERE alert = ?`).pluck(),
    deleted: db.prepare('UPDATE ledger SET registers = ?, changed_seq = ? WHERE alert = ?'),
    history: db.prepare<[number], string>('SELECT entry FROM history WHERE alert = ? ORDER BY n DESC').pluck(),
    remember: db
      .prepare<[{ alert: number; entry: string }], number>(
        `INSERT INTO history (alert, n, entry)
         VALUES (:alert, (SELECT coalesce(max(n), 0) + 1 FROM history WHERE alert = :alert), :entry) RETURNING n`,
      )
      .pluck(),
    trim: db.prepare('DELETE FROM history WHERE alert = ? AND n <= ?'),
  }
  const listing = createListing(db)

  function read(alert: number): LedgerEntry | undefined {
    const row = statement.read.get(alert)
    if (row === undefined) return undefined
    const { state, registers, changed_seq: changedSeq, cleared_at } = row
    const cleared = cleared_at !== null
    return { alert, state: JSON.parse(state), registers: JSON.parse(registers), changedSeq, cleared }
  }

  function historyOf(alert: number): readonly string[] {
    const entries: string[] = []
    let bytes = 0
    for (const text of statement.history.iterate(alert)) {
      bytes += text.length
      if (bytes > HISTORY_BYTES) break
      entries.push(text)
    }
    return entries
  }

  return {
    read,
    judge(draft, entry, goneAt) {
      const applied = applyTo(draft, entry)
      // A message that no relay has seen before is made now, knowing all that we know: it is never the older one.
      const stamp = draft.stamp ?? Math.max(draft.acceptedAt, knownUntil(entry, goneAt) + 1)
      const became = draft.became ?? (applied && becameOf(draft, applied, entry))
      if (goneAt !== undefined && stamp < goneAt) return { standing: 'outdated', applied: undefined, became, stamp }
      if (entry === undefined && draft.kind !== 'alert') return { standing: 'newest', applied, became, stamp }
      const now: Since = { stamp, by: draft.messageId }
      const standing = entry === undefined ? 'newest' : standingOf(draft, became ?? {}, now, entry)
      // Of a message that we are the first to see our machine's word is the last.
      const isMerged = draft.stamp !== undefined && isApplied({ standing })
      if (draft.kind === 'delete' || applied === undefined || !isMerged) return { standing, applied, became, stamp }
      const told = stillTold(draft, became ?? {}, now, entry)
      return { standing, applied: merge(draft, applied, told, entry?.state), became, stamp }
    },
    stampOf: (alert) => statement.stamp.get(alert),
    write(alert, draft, { standing, applied, became, stamp }, entry, seq) {
      const since: Since = { stamp, by: draft.messageId }
      if (draft.kind === 'delete' && standing === 'newest') {
        const registers: Registers = { status: since, severity: since }
        statement.deleted.run(JSON.stringify(registers), seq, alert)
      }
      if (applied === undefined) return
      const { state, changed, note } = applied
      if (note !== undefined) notes.write(alert, note)
      if (applied.entry !== undefined) {
        const n = statement.remember.get({ alert, entry: JSON.stringify(applied.entry) }) as number
        if (n > HISTORY_KEPT) statement.trim.run(alert, n - HISTORY_KEPT)
      }
      if (!isApplied({ standing })) return
      const registers = JSON.stringify(registersAfter({ draft, became: became ?? {}, now: since }, applied, entry))
      const changedSeq = changed || entry === undefined ? seq : entry.changedSeq
      const text = JSON.stringify(state)
      // what changes nothing does not bring it back
      const comes = changed || entry === undefined
      statement.write.run(alert, state.severity, state.status, registers, changedSeq, text, comes ? 1 : 0)
      listing.keep(alert, state, entry?.cleared && comes ? undefined : entry?.state)
    },
    current(alert) {
      const state = read(alert)?.state
      return state && { state, history: historyOf(alert).map((text): HistoryEntry => JSON.parse(text)) }
    },
    kept(alert, wanted) {
      const state = wanted.state ?? read(alert)?.state
      return state && { state, history: wanted.history ? historyOf(alert) : [] }
    },
  }

  function applyTo(draft: AboutAlert, entry: LedgerEntry | undefined): Applied | undefined {
    if (draft.kind === 'alert') return apply(draft, entry?.state)
    if (draft.kind === 'delete' || entry === undefined) return undefined
    return apply(draft, entry.state, draft.kind === 'note' ? notes.get(draft.noteId, entry.alert) : undefined)
  }
}

export const isApplied = ({ standing }: Pick<Judged, 'standing'>): boolean =>
  standing === 'newest' || standing === 'beside'

const knownUntil = (entry: LedgerEntry | undefined, goneAt: number | undefined): number =>
  entry === undefined ? (goneAt ?? 0) : Math.max(entry.registers.status.stamp, entry.registers.severity.stamp)
