import type Database from 'better-sqlite3'
import type { Carried } from '../../model/ledger.js'
import type { Kind } from '../../model/message.js'
import type { LedgerRules } from '../contract.js'
import type { QueueState } from './queues.js'
import type { Withdraw } from './withdraw.js'
import type { Tx } from './writer.js'

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

/** Deliveries folded in one transaction, so that accepting never waits long. */
const FOLDED_AT_ONCE = 500

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
      let union = carriedBy(queue, repeat.seq)
      let { seq, body } = repeat
      const folded = new Set<number>()
      while (folded.size < FOLDED_AT_ONCE) {
        const next = successorOf(queue, { ...repeat, seq })
        if (next === undefined) break
        union = unite(union, collect(body))
        withdraw(tx, queue, seq, { state: 'folded', note: 'a later repeat goes out instead', bytes: body.length }, now)
        folded.add(seq)
        seq = next.seq
        body = statement.body.get(seq) as Buffer
      }
      if (union === undefined || folded.size === 0) return folded
      const further = carriedBy(queue, seq)
      statement.forgetCarried.run(queue.id, seq)
      const { tags, attributes } = further === undefined ? union : unite(union, further)
      statement.carry.run(queue.id, seq, JSON.stringify(tags), JSON.stringify(attributes))
      return folded
    },
  }
}

/** As Alerta merges repeats: tags as a set, of attributes the later value. */
const unite = (earlier: Carried | undefined, later: Carried): Carried => ({
  tags: [...new Set([...(earlier?.tags ?? []), ...later.tags])],
  attributes: { ...earlier?.attributes, ...later.attributes },
})
