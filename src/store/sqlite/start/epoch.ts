import Database from 'better-sqlite3'
import type { Held } from '../../arranged.js'
import { type EpochFile, epochFileOf, readEpochFile, writeEpochFile } from './epoch-file.js'

/**
 * Knows whether the database is older than what the relay has done with it, or another's: a queue from the past must not
 * be delivered again (docs/decisions/0010-epoch.md).
 */
export interface Epoch {
  /** In each transaction, before its end: no number is given to a message that the file beside the database does not cover. */
  beforeCommit(): void
  /** The last word: how far the database has come. */
  close(): void
}

/** Numbers covered ahead by one writing of the file: at 5,000 messages a second it is written once a second. */
const STRIDE = 10_000

const REMEDY = '(release, discard-queued --older-than, resync)'
const WHY: Readonly<Record<Held, string>> = {
  restored: `restored: the database is older than what this relay did; what waits may be delivered already ${REMEDY}`,
  copied: `copied: the database comes from elsewhere; what waits may be delivered already ${REMEDY}`,
}

/** Judges the database, holds its destinations where that is needed, and says so to `onHeld`. Its lock is ours. */
export function openEpoch(
  db: Database.Database,
  { now, onHeld = () => {} }: { readonly now: number; readonly onHeld?: ((held: Held) => void) | undefined },
): Epoch {
  const path = epochFileOf(db.name)
  const lastGiven = db.prepare<[], number>(`SELECT seq FROM sqlite_sequence WHERE name = 'message'`).pluck()
  const last = (): number => lastGiven.get() ?? 0
  const own = db.prepare<[], { id: string; starts: number; filed: number }>('SELECT id, starts, filed FROM epoch').get()
  if (own === undefined) throw new Error('the database has no epoch')

  const file = readEpochFile(path)
  const held = judge({ ...own, last: last() }, file)
  const known = typeof file === 'string' ? undefined : file
  // a full disk keeps nobody from delivering what waits: then the file stays as it is, and covers less far
  const attempt = held === undefined ? unlessFull : always
  const next = Math.max(own.starts, held === undefined ? 0 : (known?.starts ?? 0)) + 1
  const begin = db.transaction(() => {
    if (held !== undefined) {
      hold(db, WHY[held], now)
      // seen marks and aliases rest on the numbers: those that were given since are not given again
      if (known !== undefined) leap(db, known.mark)
    }
    // one that was copied and goes on is another database from here
    if (held === 'copied') db.prepare('UPDATE epoch SET id = lower(hex(randomblob(16)))').run()
    db.prepare('UPDATE epoch SET starts = ?').run(next)
  })
  const starts = attempt(begin) ? next : own.starts
  if (held !== undefined) onHeld(held)

  const database = db.prepare<[], string>('SELECT id FROM epoch').pluck().get() as string
  let mark = known?.database === database ? known.mark : last()
  attempt(() => {
    writeEpochFile(path, { database, starts, has: last(), mark: last() + STRIDE })
    mark = last() + STRIDE
    // in this order, so that a relay that is killed between them has a file that is not missed, or none
    if (own.filed === 0) db.prepare('UPDATE epoch SET filed = 1').run()
  })
  // what has been committed, seen from outside the transaction
  const outside = new Database(db.name, { readonly: true })
  const committed = outside.prepare<[], number>(`SELECT seq FROM sqlite_sequence WHERE name = 'message'`).pluck()

  function advance(to: number): void {
    writeEpochFile(path, { database, starts, has: committed.get() ?? 0, mark: to })
    mark = to
  }

  return {
    beforeCommit() {
      const given = last()
      if (given <= mark - STRIDE / 2) return
      try {
        advance(given + STRIDE)
      } catch (error) {
        // the next commit tries again; beyond the mark nothing is committed
        if (given > mark) throw error
      }
    },
    close() {
      if (!outside.open) return
      outside.close()
      try {
        writeEpochFile(path, { database, starts, has: last(), mark: last() })
      } catch (error) {
        // as it stands it is right too, only less exact: a full disk must not keep the relay from its end
        if (!(error instanceof Error && 'syscall' in error)) throw error
      }
    },
  }
}

interface Own {
  readonly id: string
  readonly starts: number
  readonly filed: number
  /** the last number that it has given */
  readonly last: number
}

/** Undefined: it is the database that this relay left, or one that begins. */
function judge({ id, starts, filed, last }: Own, file: EpochFile | 'absent' | 'damaged'): Held | undefined {
  // nothing was ever accepted: nothing can be delivered again
  if (last === 0) return undefined
  if (file === 'absent' || file === 'damaged') return filed === 1 ? 'copied' : undefined
  if (file.restored !== undefined) return 'restored'
  // from before there was such a file: a copy of this relay's own past
  if (file.database !== id) return filed === 1 ? 'copied' : 'restored'
  return last < file.has || starts < file.starts ? 'restored' : undefined
}

function always(work: () => void): true {
  work()
  return true
}

/** False: the disk has no room. */
function unlessFull(work: () => void): boolean {
  try {
    work()
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && FULL.has(String(error.code))) return false
    throw error
  }
}

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL'])

function hold(db: Database.Database, why: string, now: number): void {
  db.prepare(
    `UPDATE destination SET gate = json_object('state', 'held', 'why',
       :why || iif(json_valid(gate) AND gate ->> 'state' = 'held', '; held before: ' || (gate ->> 'why'), ''),
       'since', iif(json_valid(gate) AND gate ->> 'state' = 'held', gate ->> 'since', :now))`,
  ).run({ why, now })
  db.prepare(
    'INSERT INTO hold (destination, since) SELECT id, ? FROM destination WHERE true ON CONFLICT DO NOTHING',
  ).run(now)
}

function leap(db: Database.Database, mark: number): void {
  db.prepare(`UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'message'`).run(mark)
}
