import type Database from 'better-sqlite3'
import type { Ordering, Overflow } from '../../../model/destination.js'
import type { Kind } from '../../../model/message.js'
import type { Budget, ConfiguredQueue } from '../../contract.js'
import type { Tx } from '../writer.js'

/** What the configuration says of a queue. */
interface QueueSettings {
  /** undefined: no longer configured, what is queued waits */
  readonly budget: Budget | undefined
  readonly longestWaitMs: number | undefined
  readonly orderBy: Ordering
  /** what happens to messages that no longer fit */
  readonly overflow: Overflow
  /** what its filter words let through; of actions perhaps only some */
  readonly takes: ReadonlySet<Kind>
  /** they let the action `open` through */
  readonly takesOpen: boolean
  /** repeats that wait may be folded */
  readonly fold: boolean
}

/** A destination's queue as the engine knows it, with its size (uncommitted changes included). */
export interface QueueState extends QueueSettings {
  readonly id: number
  readonly name: string
  /** epoch ms since when nothing is queued any more, the queue having been full */
  overflowedAt: number | undefined
  rows: number
  bytes: number
}

export interface Queues {
  /** Or by one that it had before, in this run. */
  byName(name: string): QueueState
  /** Changes a queue's size within a transaction; undone when that rolls back. */
  grow(tx: Tx, queue: QueueState, rows: number, bytes: number): void
  /** Nothing is queued there any more from `at` on; undefined: again. Undone as `grow`. */
  overflow(tx: Tx, queue: QueueState, at: number | undefined): void
  /** Writes the sizes that changed; called once per transaction. */
  flush(): void
  /** Also those that are no longer configured. */
  all(): readonly QueueState[]
  /** Another configuration from now on; undone as `grow`. Returns those whose lanes, or waits, are others now, or which are gone. */
  configure(tx: Tx, configured: readonly ConfiguredQueue[]): readonly QueueState[]
}

interface DestinationRow {
  readonly id: number
  readonly name: string
  readonly queued_rows: number
  readonly queued_bytes: number
  readonly order_by: Ordering
  readonly overflowed_at: number | null
}

/** The destinations of the configuration, registered in the database, and those that it still has something for. */
export function createQueues(db: Database.Database, configured: readonly ConfiguredQueue[]): Queues {
  const write = db.prepare('UPDATE destination SET queued_rows = ?, queued_bytes = ? WHERE id = ?')
  const writeOverflow = db.prepare('UPDATE destination SET overflowed_at = ? WHERE id = ?')
  const read = db.prepare<[], DestinationRow>(
    'SELECT id, name, queued_rows, queued_bytes, order_by, overflowed_at FROM destination',
  )
  const queues = new Map<string, QueueState>()
  /** Under what names queues were known before they were renamed in this run: who has just read one may still ask by it. */
  const former = new Map<string, number>()
  const withId = (id: number | undefined) => [...queues.values()].find((queue) => queue.id === id)

  function registered(configured: readonly ConfiguredQueue[]): readonly DestinationRow[] {
    for (const queue of configured) register(db, queue)
    return read.all()
  }

  function take(rows: readonly DestinationRow[], configured: readonly ConfiguredQueue[]): void {
    for (const row of rows) {
      const settings = settingsOf(row, configured)
      const known = queues.get(row.name)
      // the same object: it stands for the queue everywhere, and its size may be of a transaction that is open
      if (known?.id === row.id) Object.assign(known, settings)
      else queues.set(row.name, { ...settings, ...sizeOf(row) })
    }
  }

  take(db.transaction(() => registered(configured))(), configured)
  const changed = new Set<QueueState>()
  return {
    byName(name) {
      const queue = queues.get(name) ?? withId(former.get(name))
      if (queue === undefined) throw new Error(`no destination is named ${name}`)
      return queue
    },
    grow(tx, queue, rows, bytes) {
      queue.rows += rows
      queue.bytes += bytes
      changed.add(queue)
      tx.onRollback(() => {
        queue.rows -= rows
        queue.bytes -= bytes
      })
    },
    overflow(tx, queue, at) {
      const before = queue.overflowedAt
      writeOverflow.run(at ?? null, queue.id)
      queue.overflowedAt = at
      tx.onRollback(() => {
        queue.overflowedAt = before
      })
    },
    flush() {
      for (const queue of changed) write.run(queue.rows, queue.bytes, queue.id)
      changed.clear()
    },
    all: () => [...queues.values()],
    configure(tx, configured) {
      const before = [...queues.values()].map((queue) => ({ queue, settings: onlySettings(queue) }))
      const rows = registered(configured)
      take(rows, configured)
      for (const name of queues.keys()) if (!rows.some((row) => row.name === name)) queues.delete(name)
      // one that has another name now is another object, of the same size
      for (const { queue: old } of before) {
        const now = withId(old.id)
        if (now === undefined || now === old) continue
        Object.assign(now, { rows: old.rows, bytes: old.bytes })
        former.set(old.name, old.id)
      }
      tx.onRollback(() => {
        queues.clear()
        for (const { queue, settings } of before) queues.set(queue.name, Object.assign(queue, settings))
      })
      const isOther = ({ queue, settings: { orderBy, longestWaitMs } }: (typeof before)[number]) =>
        queue.orderBy !== orderBy || queue.longestWaitMs !== longestWaitMs || queues.get(queue.name) !== queue
      return before.filter(isOther).map(({ queue }) => queue)
    },
  }
}

const settingsOf = (row: DestinationRow, configured: readonly ConfiguredQueue[]): QueueSettings => {
  const found = configured.find((queue) => queue.name === row.name)
  return {
    budget: found?.budget,
    longestWaitMs: found?.longestWaitMs,
    orderBy: row.order_by,
    overflow: found?.overflow ?? 'refuse',
    takes: found?.takes ?? new Set(),
    takesOpen: found?.takesOpen ?? false,
    fold: found?.fold ?? false,
  }
}

const onlySettings = (queue: QueueSettings): QueueSettings => ({
  budget: queue.budget,
  longestWaitMs: queue.longestWaitMs,
  orderBy: queue.orderBy,
  overflow: queue.overflow,
  takes: queue.takes,
  takesOpen: queue.takesOpen,
  fold: queue.fold,
})

const sizeOf = (row: DestinationRow): Omit<QueueState, keyof QueueSettings> => ({
  id: row.id,
  name: row.name,
  overflowedAt: row.overflowed_at ?? undefined,
  rows: row.queued_rows,
  bytes: row.queued_bytes,
})

/** Gives a new destination its number, and the queue of a known one new lanes where its ordering has changed. */
function register(db: Database.Database, { name, orderBy }: ConfiguredQueue): void {
  const known = db
    .prepare<[string], { id: number; order_by: Ordering }>('SELECT id, order_by FROM destination WHERE name = ?')
    .get(name)
  if (known === undefined) {
    db.prepare('INSERT INTO destination (name, order_by) VALUES (?, ?)').run(name, orderBy)
    return
  }
  if (known.order_by === orderBy) return
  const lane = orderBy === 'resource' ? 'lane_resource' : 'lane_alert'
  // or an ack that comes in now would pass its alert, which still waits in a lane of the old kind
  db.prepare(
    `UPDATE outbox SET lane = coalesce((SELECT ${lane} FROM message JOIN alert ON alert.id = message.alert
       WHERE message.seq = outbox.seq), lane) WHERE destination = ?`,
  ).run(known.id)
  db.prepare('UPDATE destination SET order_by = ? WHERE id = ?').run(orderBy, known.id)
}
