import type Database from 'better-sqlite3'
import type { Ordering, Overflow } from '../../../model/destination.js'
import type { Kind } from '../../../model/message.js'
import type { Budget } from '../../contract.js'
import type { Tx } from '../writer.js'

/** A destination's queue as the engine knows it, with its size (uncommitted changes included). */
export interface QueueState {
  readonly id: number
  readonly name: string
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
  /** epoch ms since when nothing is queued any more, the queue having been full */
  overflowedAt: number | undefined
  rows: number
  bytes: number
}

export interface ConfiguredQueue {
  readonly name: string
  readonly budget: Budget
  readonly orderBy: Ordering
  readonly overflow: Overflow
  readonly takes: ReadonlySet<Kind>
  readonly takesOpen: boolean
  readonly fold: boolean
  /** no delivery of it waits longer for its next try */
  readonly longestWaitMs?: number
}

export interface Queues {
  byName(name: string): QueueState
  /** Changes a queue's size within a transaction; undone when that rolls back. */
  grow(tx: Tx, queue: QueueState, rows: number, bytes: number): void
  /** Nothing is queued there any more from `at` on; undefined: again. Undone as `grow`. */
  overflow(tx: Tx, queue: QueueState, at: number | undefined): void
  /** Writes the sizes that changed; called once per transaction. */
  flush(): void
  /** Also those that are no longer configured. */
  all(): readonly QueueState[]
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
  db.transaction(() => {
    for (const queue of configured) register(db, queue)
  })()
  const write = db.prepare('UPDATE destination SET queued_rows = ?, queued_bytes = ? WHERE id = ?')
  const writeOverflow = db.prepare('UPDATE destination SET overflowed_at = ? WHERE id = ?')
  const rows = db
    .prepare<[], DestinationRow>('SELECT id, name, queued_rows, queued_bytes, order_by, overflowed_at FROM destination')
    .all()
  const queues = new Map<string, QueueState>()
  for (const row of rows) {
    const found = configured.find((queue) => queue.name === row.name)
    queues.set(row.name, {
      id: row.id,
      name: row.name,
      budget: found?.budget,
      longestWaitMs: found?.longestWaitMs,
      orderBy: row.order_by,
      overflow: found?.overflow ?? 'refuse',
      takes: found?.takes ?? new Set(),
      takesOpen: found?.takesOpen ?? false,
      fold: found?.fold ?? false,
      overflowedAt: row.overflowed_at ?? undefined,
      rows: row.queued_rows,
      bytes: row.queued_bytes,
    })
  }
  const changed = new Set<QueueState>()
  return {
    byName(name) {
      const queue = queues.get(name)
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
  }
}

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
