import type Database from 'better-sqlite3'
import type { LedgerRules } from '../../contract.js'
import type { Export, Exported } from '../../moves.js'
import type { QueueState } from '../outbox/queues.js'
import { MESSAGE_COLUMNS, type MessageRow, toMessage } from '../rows.js'

interface ExportRow extends MessageRow {
  readonly seq: number
  readonly tags: string | null
  readonly attributes: string | null
  readonly at: number | null
  readonly note: string | null
}

/** Of one reading: rows, and bytes of bodies about, so that memory stays small and others have their turn. */
const ROWS = 200
const BYTES = 1024 * 1024

/** Reads what waits, or what is dead, one after another; of the first what is committed. */
export function createExport(db: Database.Database, { carry }: Pick<LedgerRules, 'carry'>) {
  const nextOf = (columns: string, from: string, filter: string) =>
    db.prepare<[number, number], ExportRow>(
      `SELECT ${MESSAGE_COLUMNS}, one.seq, folded.tags, folded.attributes, ${columns}
       FROM ${from} AS one JOIN message ON message.seq = one.seq
       LEFT JOIN folded ON folded.destination = one.destination AND folded.seq = one.seq
       WHERE one.destination = ? AND one.seq > ? ${filter} ORDER BY one.seq LIMIT 1`,
    )
  const statement = {
    queued: nextOf('NULL AS at, NULL AS note', 'outbox', ''),
    dead: nextOf('one.at, one.note', 'settled', `AND one.state = 'dead'`),
  }

  /** What was folded into it goes with it. */
  function exported(row: ExportRow): Exported {
    const plain = toMessage(row)
    const { body } = plain
    const folded = body === null || row.tags === null || row.attributes === null
    const message = folded
      ? plain
      : { ...plain, body: carry(body, { tags: JSON.parse(row.tags), attributes: JSON.parse(row.attributes) }) }
    return row.at === null ? { message } : { message, dead: { at: row.at, reason: row.note ?? '' } }
  }

  return (queue: QueueState, what: 'queued' | 'dead', after: number): Export => {
    const lines: Exported[] = []
    let at = after
    for (let bytes = 0; lines.length < ROWS && bytes < BYTES; ) {
      const row = statement[what].get(queue.id, at)
      if (row === undefined) return { lines, next: undefined }
      at = row.seq
      bytes += row.body?.length ?? 0
      lines.push(exported(row))
    }
    return { lines, next: at }
  }
}
