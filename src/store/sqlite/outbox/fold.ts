import type Database from 'better-sqlite3'
import { mergedAttributes, mergedTags } from '../../../model/details.js'
import type { Carried } from '../../../model/ledger.js'
import type { Kind } from '../../../model/message.js'
import type { LedgerRules } from '../../contract.js'
import type { Tx } from '../writer.js'
import type { QueueState } from './queues.js'
import type { Withdraw } from './withdraw.js'

/** A repeat that waits, at the head of its lane. */
export interface Repeat {
  readonly seq: number
  readonly alert: number
  /** the number of the change that it repeats */
  readonly repeats: number
  readonly body: Buffer
}

/**
 * Folds repeats that wait: where a later one of the same change is queued behind, with nothing about the alert
 * between, only the last of them goes out, with the tags and attributes of all.
 */
export interface Fold {
  /** Settles it, and whatever else can be folded with it; returns what was settled, empty where nothing can be. */
  fold(tx: Tx, queue: QueueState, repeat: Repeat, now: number): ReadonlySet<number>
  /** What was folded into a delivery. */
  carried(queue: QueueState, seq: number): Carried | undefined
}

/** Deliveries folded in one transaction, and about the bytes of their bodies, so that accepting never waits long. */
const FOLDED_AT_ONCE = 500
const FOLDED_BYTES = 16 * 1024 * 1024

/** How it went with a delivery so far. */
interface Retry {
  readonly attempts: number
  readonly not_before: number
  readonly faults: number
  readonly first_fault_at: number
  readonly last_fault_at: number
  readonly suspensions: number
  readonly not_found: number
  readonly status: number | null
  readonly note: string | null
}

interface Next {
  readonly seq: number
  readonly kind: Kind
  readonly repeats: number | null
  readonly message_id: Buffer
}

export function createFold(db: Database.Database, withdraw: Withdraw, { collect }: Pick<LedgerRules, 'collect'>): Fold {
  const statement = {
    next: db.prepare<[number, number], Next>(
      'SELECT seq, kind, repeats, message_id FROM message WHERE alert = ? AND seq > ? ORDER BY seq LIMIT 1',
    ),
    isQueued: db.prepare('SELECT 1 FROM outbox WHERE destination = ? AND seq = ?').pluck(),
    body: db.prepare<[number], Buffer>('SELECT body FROM message WHERE seq = ?').pluck(),
    carried: db.prepare<[number, number], { tags: string; attributes: string }>(
      'SELECT tags, attributes FROM folded WHERE destination = ? AND seq = ?',
    ),
    carry: db.prepare('INSERT INTO folded (destination, seq, tags, attributes) VALUES (?, ?, ?, ?)'),
    forgetCarried: db.prepare('DELETE FROM folded WHERE destination = ? AND seq = ?'),
    retry: db.prepare<[number, number], Retry>(
      `SELECT attempts, not_before, faults, first_fault_at, last_fault_at, suspensions, not_found, status, note
       FROM retry WHERE destination = ? AND seq = ?`,
    ),
    // itself it was never sent: no try of it has an unknown end
    inherit: db.prepare<[Retry & { destination: number; seq: number }]>(
      `INSERT INTO retry (destination, seq, attempts, not_before, faults, first_fault_at, last_fault_at, unknowns,
         suspensions, not_found, status, note)
       VALUES (:destination, :seq, :attempts, :not_before, :faults, :first_fault_at, :last_fault_at, 0, :suspensions,
         :not_found, :status, :note) ON CONFLICT DO NOTHING`,
    ),
  }

  function carriedBy(queue: QueueState, seq: number): Carried | undefined {
    const row = statement.carried.get(queue.id, seq)
    return row && { tags: JSON.parse(row.tags), attributes: JSON.parse(row.attributes) }
  }

  /** The repeat that can go out instead: the next message about the alert, if it is one and waits too. */
  function successorOf(queue: QueueState, { seq, alert, repeats }: Omit<Repeat, 'body'>): Next | undefined {
    const next = statement.next.get(alert, seq)
    if (next?.kind !== 'alert' || next.repeats !== repeats) return undefined
    return statement.isQueued.get(queue.id, next.seq) === undefined ? undefined : next
  }

  return {
    carried: carriedBy,
    fold(tx, queue, repeat, now) {
      const carried = carriedBy(queue, repeat.seq)
      const parts: Carried[] = carried === undefined ? [] : [carried]
      const tried = statement.retry.get(queue.id, repeat.seq)
      let { seq, body } = repeat
      const folded = new Map<number, number>()
      let bytes = 0
      while (folded.size < FOLDED_AT_ONCE && bytes < FOLDED_BYTES) {
        const next = successorOf(queue, { ...repeat, seq })
        if (next === undefined) break
        parts.push(collect(body))
        folded.set(seq, body.length)
        bytes += body.length
        seq = next.seq
        body = statement.body.get(seq) as Buffer
      }
      for (const [each, size] of folded) {
        const note = 'a later repeat goes out instead'
        withdraw(tx, queue, each, { state: 'folded', note, bytes: size, by: seq }, now)
      }
      if (folded.size === 0) return new Set()
      // else a peer that answers 500 to each of them would be asked for ever, and without a pause
      if (tried !== undefined) statement.inherit.run({ destination: queue.id, seq, ...tried })
      const further = carriedBy(queue, seq)
      if (further !== undefined) parts.push(further)
      statement.forgetCarried.run(queue.id, seq)
      const { tags, attributes } = unite(parts)
      statement.carry.run(queue.id, seq, JSON.stringify(tags), JSON.stringify(attributes))
      return new Set(folded.keys())
    },
  }
}

/** As Alerta merges repeats: tags as a set, of attributes the later value. */
const unite = (parts: readonly Carried[]): Carried => ({
  tags: mergedTags(lastFirst(parts.flatMap(({ tags }) => tags)), []),
  attributes: mergedAttributes(Object.fromEntries(parts.flatMap(({ attributes }) => Object.entries(attributes))), {}),
})

/** Each of them once, where it was told last. */
const lastFirst = (tags: readonly string[]): readonly string[] => [...new Set(tags.toReversed())].toReversed()
