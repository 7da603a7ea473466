import type Database from 'better-sqlite3'
import type { Draft } from '../../../model/message.js'
import { isOver } from '../../../model/standing.js'
import type { Appended } from '../../appended.js'
import type { LedgerRules } from '../../contract.js'
import type { Tidied, Tidying } from '../../housekeeping.js'
import type { Ledger } from '../index/ledger.js'
import type { Tx } from '../writer.js'

export interface HousekeepingDeps {
  readonly db: Database.Database
  readonly ledger: Ledger
  readonly append: (tx: Tx, draft: Draft) => Appended
  readonly rules: Pick<LedgerRules, 'ids'>
}

interface DueRow {
  readonly alert: number
  readonly id: string
  readonly status: string
  readonly due: 'delete' | 'expired' | 'timeout'
}

type Done = { -readonly [K in 'expired' | 'unshelved' | 'unacked']: string[] } & { deleted: number }

/** Who did it, in histories and in the journal. */
const HOUSEKEEPING = 'housekeeping'

/**
 * Alerta's housekeeping (database/backends/postgres/base.py: get_expired, get_unshelve, get_unack; 9.1.0), a slice a
 * call, inside a transaction. What is due for two things gets the first: deleted, expired, let go.
 */
export function createHousekeeping({ db, ledger, append, rules }: HousekeepingDeps): (tx: Tx, at: Tidying) => Tidied {
  const old = `:expiredMs > 0 AND status IN ('closed', 'expired') AND received_at < :now - :expiredMs
    OR :infoMs > 0 AND severity = :infoSeverity AND received_at < :now - :infoMs`
  const ended = `status <> 'expired' AND timeout > 0 AND received_at + timeout * 1000 < :now`
  const held = `status IN ('ack', 'shelved') AND held_until > 0 AND held_until < :now`
  const statement = {
    end: db
      .prepare<[number, number], number>('SELECT alert FROM listed WHERE alert > ? ORDER BY alert LIMIT 1 OFFSET ?')
      .pluck(),
    due: db.prepare<[object], DueRow>(
      `SELECT alert, id, status, CASE WHEN ${old} THEN 'delete' WHEN ${ended} THEN 'expired' ELSE 'timeout' END AS due
       FROM listed WHERE alert > :after AND alert <= :end AND (${old} OR ${ended} OR ${held}) ORDER BY alert LIMIT :limit`,
    ),
    clear: db.prepare('UPDATE ledger SET cleared_at = ? WHERE alert = ?'),
    forget: db.prepare('DELETE FROM ledger WHERE alert = ?'),
    forgetHistory: db.prepare('DELETE FROM history WHERE alert = ?'),
  }

  /** Only off the lists: what peers have yet to hear of it, and what is late, still finds it; unless it is not over. */
  function remove({ alert, status }: DueRow, now: number): void {
    if (isOver(status)) statement.clear.run(now, alert)
    else {
      statement.forget.run(alert)
      statement.forgetHistory.run(alert)
    }
  }

  /** Right after what is known: whatever was accepted later, by whomever, is newer, also where it comes in after this. */
  function draftOf({ alert, id, due }: DueRow, now: number): Draft | undefined {
    const entry = ledger.read(alert)
    if (entry === undefined) return undefined
    const { status, severity } = entry.registers
    const messageId = rules.ids.messageId()
    return {
      ...{ kind: 'action', alertId: id, action: due, text: '', timeout: null, ranOut: true, became: undefined },
      ...{ messageId, requestId: messageId, acceptedAt: now, stamp: Math.max(status.stamp, severity.stamp) + 1 },
      ...{ hops: [], sender: '', credential: HOUSEKEEPING, fromPeer: false, customers: [] },
      body: Buffer.from(JSON.stringify({ action: due, text: '' })),
    }
  }

  return (tx, { after, looked, limit, ...at }) => {
    const end = statement.end.get(after, looked - 1)
    const rows = statement.due.all({ ...at, after, end: end ?? Number.MAX_SAFE_INTEGER, limit })
    const done: Done = { expired: [], unshelved: [], unacked: [], deleted: 0 }
    const queued = new Set<string>()
    for (const row of rows) {
      if (row.due === 'delete') {
        remove(row, at.now)
        done.deleted += 1
        continue
      }
      const draft = draftOf(row, at.now)
      const appended = draft && append(tx, draft)
      // a full queue that refuses: next time
      if (appended?.kind !== 'accepted') continue
      for (const name of appended.queued) queued.add(name)
      if (row.due === 'expired') done.expired.push(row.id)
      else (row.status === 'ack' ? done.unacked : done.unshelved).push(row.id)
    }
    return { ...done, queued: [...queued], next: rows.length === limit ? rows.at(-1)?.alert : end }
  }
}
