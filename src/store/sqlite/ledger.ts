import type Database from 'better-sqlite3'
import type { Applied, HistoryEntry } from '../../model/ledger.js'
import type { Draft } from '../../model/message.js'
import type { Current, LedgerRules } from '../contract.js'
import {
  besides,
  type KnownState,
  type Registers,
  registersAfter,
  type Standing,
  sinceOf,
  standingOf,
} from './standing.js'

export interface LedgerEntry extends KnownState {
  /** the journal's number of its newest change */
  readonly changedSeq: number
}

/** What a write means for the ledger. */
export interface Judged {
  readonly standing: Standing
  /** undefined: a delete, or about an alert that the ledger does not have */
  readonly applied: Applied | undefined
  /** epoch ms at which a relay first accepted it */
  readonly stamp: number
}

type AboutAlert = Exclude<Draft, { kind: 'heartbeat' }>

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
}

/** Alerta's HISTORY_LIMIT (settings.py). */
const HISTORY_KEPT = 100

interface Row {
  readonly state: string
  readonly registers: string
  readonly changed_seq: number
}

export function createLedger(db: Database.Database, { apply }: Pick<LedgerRules, 'apply'>): Ledger {
  const statement = {
    read: db.prepare<[number], Row>('SELECT state, registers, changed_seq FROM ledger WHERE alert = ?'),
    write: db.prepare(
      `INSERT INTO ledger (alert, severity, status, registers, changed_seq, state) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (alert) DO UPDATE SET severity = excluded.severity, status = excluded.status,
         registers = excluded.registers, changed_seq = excluded.changed_seq, state = excluded.state`,
    ),
    stamp: db.prepare<[number], number>(`SELECT registers ->> '$.status.stamp' FROM ledger WHERE alert = ?`).pluck(),
    deleted: db.prepare('UPDATE ledger SET registers = ?, changed_seq = ? WHERE alert = ?'),
    history: db.prepare<[number], string>('SELECT entry FROM history WHERE alert = ? ORDER BY n DESC').pluck(),
    remember: db.prepare(
      `INSERT INTO history (alert, n, entry)
       VALUES (:alert, (SELECT coalesce(max(n), 0) + 1 FROM history WHERE alert = :alert), :entry)`,
    ),
    trim: db.prepare(
      `DELETE FROM history WHERE alert = :alert
         AND n <= (SELECT max(n) FROM history WHERE alert = :alert) - ${HISTORY_KEPT}`,
    ),
  }

  function read(alert: number): LedgerEntry | undefined {
    const row = statement.read.get(alert)
    if (row === undefined) return undefined
    return { state: JSON.parse(row.state), registers: JSON.parse(row.registers), changedSeq: row.changed_seq }
  }

  return {
    read,
    judge(draft, entry, goneAt) {
      const applied = applyTo(draft, entry)
      // A message that no relay has seen before is made now, knowing all that we know: it is never the older one.
      const stamp = draft.stamp ?? Math.max(draft.acceptedAt, knownUntil(entry, goneAt) + 1)
      if (goneAt !== undefined && stamp < goneAt) return { standing: 'outdated', applied: undefined, stamp }
      if (entry === undefined) return { standing: 'newest', applied, stamp }
      const standing = standingOf(draft, sinceOf(draft, stamp), applied, entry)
      if (standing !== 'beside' || applied === undefined) return { standing, applied, stamp }
      return { standing, applied: { ...applied, state: besides(applied, entry.state) }, stamp }
    },
    stampOf: (alert) => statement.stamp.get(alert),
    write(alert, draft, { standing, applied, stamp }, entry, seq) {
      const since = sinceOf(draft, stamp)
      if (draft.kind === 'delete' && standing === 'newest') {
        const registers: Registers = { status: since, severity: since, worse: since }
        statement.deleted.run(JSON.stringify(registers), seq, alert)
      }
      if (applied === undefined) return
      const { state, changed } = applied
      if (applied.entry !== undefined) {
        statement.remember.run({ alert, entry: JSON.stringify(applied.entry) })
        statement.trim.run({ alert })
      }
      if (standing !== 'newest' && standing !== 'beside') return
      const registers = JSON.stringify(registersAfter(draft, since, applied, entry))
      const changedSeq = changed || entry === undefined ? seq : entry.changedSeq
      statement.write.run(alert, state.severity, state.status, registers, changedSeq, JSON.stringify(state))
    },
    current(alert) {
      const entry = read(alert)
      if (entry === undefined) return undefined
      const history = statement.history.all(alert).map((text) => JSON.parse(text) as HistoryEntry)
      return { state: entry.state, history }
    },
  }

  function applyTo(draft: AboutAlert, entry: LedgerEntry | undefined): Applied | undefined {
    if (draft.kind === 'alert') return apply(draft, entry?.state)
    return draft.kind === 'delete' || entry === undefined ? undefined : apply(draft, entry.state)
  }
}

const knownUntil = (entry: LedgerEntry | undefined, goneAt: number | undefined): number =>
  entry === undefined ? (goneAt ?? 0) : Math.max(entry.registers.status.stamp, entry.registers.severity.stamp)
