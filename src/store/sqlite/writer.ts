import Database from 'better-sqlite3'
import { StoreUnavailable } from '../contract.js'
import { isDamage } from './faults.js'

/** What a unit of work leaves for after its transaction: memory changes only when the disk has. */
export interface Tx {
  onCommit(change: () => void): void
  onRollback(undo: () => void): void
}

/** Group commit: concurrent work shares one transaction, and a unit that fails takes no other with it. */
export interface Writer {
  /** Where a unit of its transaction fails, `work` runs once more: it must be one that can. */
  run<T>(work: (tx: Tx) => T): Promise<T>
  /** Waits for what is queued. */
  drain(): Promise<void>
}

interface Unit {
  readonly work: (tx: Tx) => unknown
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
  readonly commits: (() => void)[]
  readonly rollbacks: (() => void)[]
  result?: unknown
}

/** A unit failed by itself, and not for the disk. */
class OwnFault extends Error {}

/** Bounds a transaction's time, and with it how long the event loop is away. */
const MAX_UNITS_PER_COMMIT = 256

/** Bounds what one message waits for others, where there is no end of them. */
const LONGEST_GATHERING_MS = 4

/** Told of each transaction that is on disk: how many units it had, and how long it took (ms). */
export type OnCommit = (units: number, ms: number) => void

export interface WriterDeps {
  readonly onCommit: OnCommit
  readonly monotonic: () => number
  /** how much has begun to come in so far (base/arrivals.ts) */
  readonly arrived: () => number
}

/** `beforeCommit` has the last word in each transaction: where it throws, nothing of it is written. */
export function createWriter(
  db: Database.Database,
  beforeCommit: () => void,
  { onCommit, monotonic, arrived }: WriterDeps,
): Writer {
  const statement = {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    rollback: db.prepare('ROLLBACK'),
    savepoint: db.prepare('SAVEPOINT unit'),
    release: db.prepare('RELEASE unit'),
    undo: db.prepare('ROLLBACK TO unit'),
  }
  let queue: Unit[] = []
  let gathering: { readonly since: number; units: number } | undefined
  /** what had arrived when it was looked at last */
  let seen = 0

  function schedule(): void {
    if (gathering !== undefined) return
    gathering = { since: monotonic(), units: queue.length }
    setImmediate(gather)
  }

  /**
   * Goes round the event loop until a round brings nothing new: what is coming in at once shares a commit. libuv takes one
   * connection in each round, and its request comes a round later: without looking at them, senders that connect for each
   * message would have a commit each.
   */
  function gather(): void {
    if (gathering === undefined) return
    const isComing = arrived() > seen || queue.length > gathering.units
    seen = arrived()
    const isMore = isComing && queue.length < MAX_UNITS_PER_COMMIT
    if (!isMore || monotonic() - gathering.since >= LONGEST_GATHERING_MS) return flush()
    gathering.units = queue.length
    setImmediate(gather)
  }

  function flush(): void {
    gathering = undefined
    const batch = queue.slice(0, MAX_UNITS_PER_COMMIT)
    queue = queue.slice(MAX_UNITS_PER_COMMIT)
    if (queue.length > 0) schedule()
    write(batch)
  }

  /**
   * `apart`: each unit in a savepoint, for one of them fails. Without, for SQLite copies each page that is changed within
   * a savepoint into a temporary file first.
   */
  function write(batch: readonly Unit[], apart = false): void {
    const written: Unit[] = []
    const since = monotonic()
    try {
      statement.begin.run()
      for (const unit of batch) if (runUnit(unit, apart)) written.push(unit)
      beforeCommit()
      statement.commit.run()
    } catch (cause) {
      undo(written)
      if (cause instanceof OwnFault) return write(batch, true)
      failBatch(batch, cause)
      return
    }
    onCommit(batch.length, monotonic() - since)
    for (const unit of written) for (const change of unit.commits) change()
    for (const unit of written) unit.resolve(unit.result as never)
  }

  /** True when the unit's writes stand. A fault of the disk ends the batch, any other only its unit. */
  function runUnit(unit: Unit, apart: boolean): boolean {
    if (apart) statement.savepoint.run()
    try {
      unit.result = unit.work({
        onCommit: (change) => void unit.commits.push(change),
        onRollback: (undo) => void unit.rollbacks.push(undo),
      })
      if (apart) statement.release.run()
      return true
    } catch (error) {
      rollBack(unit)
      if (isStorageFault(error) || !db.inTransaction) throw error
      if (!apart) throw new OwnFault()
      statement.undo.run()
      statement.release.run()
      unit.reject(error)
      return false
    }
  }

  function undo(written: readonly Unit[]): void {
    if (db.inTransaction) statement.rollback.run()
    for (const unit of [...written].reverse()) rollBack(unit)
  }

  function failBatch(batch: readonly Unit[], cause: unknown): void {
    // one unit needs a page that is damaged: the others shall not fail with it
    if (isDamage(cause) && batch.length > 1) {
      for (const unit of batch) write([unit])
      return
    }
    const reason = cause instanceof Error ? cause.message : String(cause)
    for (const unit of batch) unit.reject(new StoreUnavailable(`the store cannot write: ${reason}`, { cause }))
  }

  function rollBack(unit: Unit): void {
    for (const undo of unit.rollbacks.reverse()) undo()
    unit.rollbacks.length = 0
    unit.commits.length = 0
  }

  return {
    run(work) {
      return new Promise((resolve, reject) => {
        queue.push({ work, resolve: resolve as (value: never) => void, reject, commits: [], rollbacks: [] })
        schedule()
      })
    },
    async drain() {
      while (queue.length > 0) await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

/** Of SQLite's result codes, a broken constraint is the unit's own fault; full, read-only, I/O … is everybody's. */
function isStorageFault(error: unknown): boolean {
  return error instanceof Database.SqliteError && !error.code.startsWith('SQLITE_CONSTRAINT')
}
