import type Database from 'better-sqlite3'
import type { Kind } from '../../../model/message.js'
import type { LaneHead, Lane as LaneShown, QueueAges, QueueReads } from '../../queue-reads.js'
import { reading } from '../faults.js'
import type { QueueState, Queues } from '../outbox/queues.js'
import { uuidText } from '../rows.js'

/** Rows counted in one go, about 5 ms of the event loop. */
const COUNTED_AT_ONCE = 50_000
/** Rows of which lanes are put together in one go, about as long. */
const READ_AT_ONCE = 10_000
/** A lane takes some 100 bytes while they are counted. */
const MOST_LANES = 100_000

interface HeadRow {
  readonly message_id: Buffer
  readonly kind: Kind
  readonly alert_id: string
  readonly accepted_at: number
  readonly environment: string | null
  readonly resource: string | null
  readonly event: string | null
  readonly customer: string | null
  readonly attempts: number | null
  readonly attempt: number | null
  readonly not_before: number | null
  readonly status: number | null
  readonly note: string | null
}

/** Reads committed rows, in slices: what moves meanwhile may be counted twice or not at all. */
export function createQueueReads(db: Database.Database, queues: Queues): QueueReads {
  const statement = {
    first: db.prepare<[number], number | null>('SELECT min(seq) FROM outbox WHERE destination = ?').pluck(),
    head: db.prepare<[number, number], HeadRow>(
      `SELECT message_id, kind, alert_id, accepted_at, environment, resource, event, customer, retry.attempts,
         sending.attempt, not_before, retry.status, retry.note
       FROM outbox JOIN message ON message.seq = outbox.seq LEFT JOIN alert ON alert.id = message.alert
       LEFT JOIN retry ON retry.destination = outbox.destination AND retry.seq = outbox.seq
       LEFT JOIN sending ON sending.destination = outbox.destination AND sending.seq = outbox.seq
       WHERE outbox.destination = ? AND outbox.seq = ?`,
    ),
    last: db.prepare<[], number | null>('SELECT max(seq) FROM message').pluck(),
    at: db.prepare<[number], { seq: number; accepted_at: number }>(
      'SELECT seq, accepted_at FROM message WHERE seq >= ? ORDER BY seq LIMIT 1',
    ),
    count: db.prepare<[number, number, number, number], { rows: number; last: number | null }>(
      `SELECT count(*) AS rows, max(seq) AS last
       FROM (SELECT seq FROM outbox WHERE destination = ? AND seq >= ? AND seq < ? ORDER BY seq LIMIT ?)`,
    ),
    page: db
      .prepare<[number, number, number], [seq: number, lane: number]>(
        'SELECT seq, lane FROM outbox WHERE destination = ? AND seq > ? ORDER BY seq LIMIT ?',
      )
      .raw(),
  }

  function headOf(queue: QueueState, seq: number): LaneHead | undefined {
    const row = statement.head.get(queue.id, seq)
    return row && toHead(row)
  }

  /** The first message from `from` on that was accepted after `at`: acceptance times rise with the numbers. */
  function firstAfter(at: number, from: number, end: number): number {
    let [low, high] = [from, end]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const found = statement.at.get(middle)
      if (found === undefined || found.accepted_at > at) high = middle
      else low = found.seq + 1
    }
    return low
  }

  async function countBetween(queue: QueueState, from: number, to: number): Promise<number> {
    let total = 0
    for (let next = from; next < to; ) {
      const { rows, last } = reading(() => statement.count.get(queue.id, next, to, COUNTED_AT_ONCE)) ?? NOTHING
      total += rows
      if (rows < COUNTED_AT_ONCE || last === null) return total
      next = last + 1
      await others()
    }
    return total
  }

  async function agesOf(queue: QueueState, bounds: readonly number[]): Promise<QueueAges> {
    const counts: number[] = []
    for (let i = 1; i < bounds.length; i += 1) {
      counts.unshift(await countBetween(queue, bounds[i - 1] as number, bounds[i] as number))
    }
    return { destination: queue.name, counts }
  }

  const waiting = (): readonly QueueState[] =>
    queues.all().filter(({ budget, rows }) => budget !== undefined || rows > 0)

  return {
    oldest: async (destination) =>
      reading(() => {
        const queue = queues.byName(destination)
        const seq = statement.first.get(queue.id)
        return seq === null || seq === undefined ? undefined : headOf(queue, seq)
      }),
    async ages(limits, now) {
      const all = waiting()
      const bounds = reading(() => {
        const firsts = all.flatMap(({ id }) => statement.first.get(id) ?? [])
        const end = (statement.last.get() ?? 0) + 1
        const start = Math.min(end, ...firsts)
        // oldest first, as the numbers are
        const between = limits.toReversed().map((age) => firstAfter(now - age, start, end))
        return [start, ...between, end]
      })
      const ages: QueueAges[] = []
      for (const queue of all) {
        ages.push(await agesOf(queue, bounds))
        await others()
      }
      return ages
    },
    async lanes(destination, most) {
      const queue = queues.byName(destination)
      const lanes = new Map<number, { first: number; rows: number }>()
      let looked = 0
      for (let after = 0; lanes.size < MOST_LANES; ) {
        const page = reading(() => statement.page.all(queue.id, after, READ_AT_ONCE))
        for (const [seq, lane] of page) {
          const known = lanes.get(lane)
          if (known === undefined) lanes.set(lane, { first: seq, rows: 1 })
          else known.rows += 1
          after = seq
        }
        looked += page.length
        if (page.length < READ_AT_ONCE) break
        await others()
      }
      const all = [...lanes.values()]
      const longest = all.toSorted((a, b) => b.rows - a.rows).slice(0, most)
      const shown = (some: typeof all): LaneShown[] =>
        some.flatMap(({ first, rows }) => {
          const head = reading(() => headOf(queue, first))
          return head === undefined ? [] : [{ ...head, rows }]
        })
      // in the order in which their heads came
      return { lanes: lanes.size, rows: looked, longest: shown(longest), oldest: shown(all.slice(0, most)) }
    },
  }
}

const NOTHING = { rows: 0, last: null }

/** Lets everybody else do something. */
const others = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function toHead(row: HeadRow): LaneHead {
  const { environment, resource, event, customer } = row
  const known = environment !== null && resource !== null && event !== null
  return {
    kind: row.kind,
    messageId: uuidText(row.message_id),
    subject: row.alert_id,
    alert: known ? { environment, resource, event, customer: customer === '' ? null : customer } : undefined,
    acceptedAt: row.accepted_at,
    attempts: row.attempt ?? row.attempts ?? 0,
    sending: row.attempt !== null,
    notBefore: row.not_before ?? undefined,
    status: row.status,
    note: row.note,
  }
}
