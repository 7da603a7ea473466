import type Database from 'better-sqlite3'
import { isRunning, type Resync, type ResyncPhase, type ResyncPlan, type Tally } from '../../../model/resync.js'
import type { Resyncs, Step } from '../../resyncs.js'
import type { QueueState, Queues } from '../outbox/queues.js'
import type { Resend } from '../outbox/resend.js'
import type { Tx } from '../writer.js'
import type { Pairs } from './pairs.js'

type Stepping = Parameters<Resyncs['step']>[1]

/** The resync of each destination, as a row that survives crashes; all of it runs inside a transaction. */
export interface ResyncJobs {
  start(tx: Tx, queue: QueueState, plan: ResyncPlan, now: number): boolean
  get(queue: QueueState): Resync | undefined
  note(queue: QueueState, note: string | null, tally?: Tally): void
  readAt(queue: QueueState, now: number): void
  queue(queue: QueueState, by: 'diff' | 'all', note: string | null): void
  step(tx: Tx, queue: QueueState, stepping: Stepping): Step
  end(tx: Tx, queue: QueueState, phase: ResyncPhase, note: string | null, now: number): void
}

export interface ResyncDeps {
  readonly db: Database.Database
  readonly queues: Queues
  readonly pairs: Pairs
  readonly resend: Resend
}

/** Above it the queue is long enough to keep the destination busy, and what comes in waits the less. */
const SHORT_ROWS = 500
/** Alerts resent in one transaction, and looked at, so that accepting never waits long. */
const RESENT_AT_ONCE = 200
const LOOKED_AT = 400

/** A plan as it is kept: with since when nothing was queued there, where the resync makes up for that. */
type Kept = ResyncPlan & { readonly overflowedAt?: number }

interface Row {
  readonly plan: string
  readonly phase: ResyncPhase
  readonly started_at: number
  readonly read_at: number
  readonly ended_at: number | null
  readonly cursor: number
  readonly last: number
  readonly tally: string
  readonly note: string | null
}

export function createResyncJobs({ db, queues, pairs, resend }: ResyncDeps): ResyncJobs {
  const statement = {
    get: db.prepare<[number], Row>(
      'SELECT plan, phase, started_at, read_at, ended_at, cursor, last, tally, note FROM resync WHERE destination = ?',
    ),
    start: db.prepare(
      `INSERT OR REPLACE INTO resync (destination, plan, phase, started_at, read_at) VALUES (?, ?, 'reading', ?, ?)`,
    ),
    note: db.prepare('UPDATE resync SET note = ?, tally = coalesce(?, tally) WHERE destination = ?'),
    readAt: db.prepare(`UPDATE resync SET read_at = ? WHERE destination = ? AND phase = 'reading'`),
    queue: db.prepare(
      `UPDATE resync SET phase = 'queuing', plan = json_set(plan, '$.by', ?), note = ?, last = ?, tally = ?
       WHERE destination = ? AND phase = 'reading'`,
    ),
    moved: db.prepare('UPDATE resync SET cursor = ?, tally = ? WHERE destination = ?'),
    end: db.prepare('UPDATE resync SET phase = ?, note = ?, ended_at = ? WHERE destination = ? AND ended_at IS NULL'),
  }

  function work(tx: Tx, queue: QueueState, row: Row, stepping: Stepping): Step {
    const room = roomIn(queue)
    if (room <= 0) return { kind: 'full', queued: 0 }
    const plan = JSON.parse(row.plan) as ResyncPlan
    const place = { after: row.cursor, last: row.last, read: plan.by === 'diff' }
    const page = pairs.after(queue, place, LOOKED_AT)
    const tally: Record<string, number> = JSON.parse(row.tally)
    const add = (name: keyof Tally, more: number) => {
      tally[name] = (tally[name] ?? 0) + more
    }
    let cursor = row.cursor
    let queued = 0
    let resent = 0
    for (const one of page) {
      if (queued >= room || resent === RESENT_AT_ONCE) break
      cursor = one.alert
      add('seen', 1)
      const finding = one.pair && stepping.judge(one.pair, stepping.now)
      if (finding === undefined) continue
      if (pairs.isComing(queue, one, row.read_at)) {
        add('on the way', 1)
        continue
      }
      add(finding.difference, 1)
      queued += resend(tx, one.alert, queue, stepping.now, finding.remedy)
      resent += 1
    }
    add('queued', queued)
    statement.moved.run(cursor, JSON.stringify(tally), queue.id)
    return { kind: page.length < LOOKED_AT && cursor === (page.at(-1)?.alert ?? cursor) ? 'done' : 'more', queued }
  }

  const get = (queue: QueueState): Row | undefined => statement.get.get(queue.id)

  return {
    get(queue) {
      const row = get(queue)
      return row && toResync(row)
    },
    start(tx, queue, plan, now) {
      const row = get(queue)
      if (row !== undefined && isRunning(row)) return false
      const { overflowedAt } = queue
      const endsOverflow = overflowedAt !== undefined && makesUpFor(plan, overflowedAt)
      const kept: Kept = endsOverflow ? { ...plan, overflowedAt } : plan
      statement.start.run(queue.id, JSON.stringify(kept), now, now)
      if (endsOverflow) queues.overflow(tx, queue, undefined)
      return true
    },
    note: (queue, note, tally) =>
      void statement.note.run(note, tally === undefined ? null : JSON.stringify(tally), queue.id),
    readAt: (queue, now) => void statement.readAt.run(now, queue.id),
    queue(queue, by, note) {
      const row = get(queue)
      if (row === undefined) return
      const { held, last } = pairs.extent()
      const tally = { ...JSON.parse(row.tally), held, seen: 0 }
      statement.queue.run(by, note, last, JSON.stringify(tally), queue.id)
    },
    step(tx, queue, stepping) {
      const row = get(queue)
      return row?.phase === 'queuing' ? work(tx, queue, row, stepping) : { kind: 'done', queued: 0 }
    },
    end(tx, queue, phase, note, now) {
      const row = get(queue)
      if (row === undefined || statement.end.run(phase, note, now, queue.id).changes === 0) return
      const { overflowedAt, ...plan } = JSON.parse(row.plan) as Kept
      if (overflowedAt === undefined || (phase === 'done' && makesUpFor(plan, overflowedAt))) return
      // what was not queued then is still owed: the next one begins where this one did
      queues.overflow(tx, queue, Math.min(overflowedAt, queue.overflowedAt ?? overflowedAt))
    },
  }
}

/** Whether it sends all that was not queued since; of a peer that is not compared with, all without a time is what is open. */
const makesUpFor = ({ by, since, match }: ResyncPlan, overflowedAt: number): boolean =>
  by !== 'from' && match.length === 0 && (since === null ? by === 'diff' : since <= overflowedAt)

/** Messages that may be queued now; never so many that a small budget is used up by them. */
const roomIn = ({ rows, budget }: QueueState): number =>
  Math.min(SHORT_ROWS, Math.max(1, Math.floor((budget?.rows ?? 0) / 2))) - rows

const toResync = (row: Row): Resync => ({
  plan: planOf(row),
  phase: row.phase,
  startedAt: row.started_at,
  readAt: row.read_at,
  endedAt: row.ended_at,
  tally: JSON.parse(row.tally) as Tally,
  note: row.note,
})

function planOf(row: Row): ResyncPlan {
  const { overflowedAt: _, ...plan } = JSON.parse(row.plan) as Kept
  return plan
}
