import type Database from 'better-sqlite3'
import { type Delivery, NO_PROGRESS } from '../../model/delivery.js'
import { type Claim, StoreUnavailable } from '../contract.js'
import type { AlertIndex } from './alert-index.js'
import type { SetAside } from './damage.js'
import { isDamage, reading } from './faults.js'
import type { Heartbeats } from './heartbeats.js'
import type { QueueState } from './queues.js'
import { MESSAGE_COLUMNS, type MessageRow, messageProblem, toMessage } from './rows.js'
import type { Head, LaneWindow } from './window.js'
import type { Tx, Writer } from './writer.js'

/** Longer than any attempt may take. It tells people; the engine knows by its lock whether an owner is alive. */
const CLAIM_MS = 10 * 60_000

interface ClaimRow extends MessageRow {
  readonly attempts: number | null
  readonly faults: number
  readonly first_fault_at: number
  readonly last_fault_at: number
  readonly unknowns: number
  readonly suspensions: number
  readonly not_found: number
  readonly alias: string | null
  readonly sent: number
  readonly identified: number
}

export interface ClaimDeps {
  readonly db: Database.Database
  readonly writer: Writer
  readonly index: AlertIndex
  readonly heartbeats: Heartbeats
  readonly setAside: SetAside
  readonly owner: string
  readonly windowOf: (queue: QueueState) => LaneWindow
}

/** Takes ready heads from the lane window and writes the claims; on a failed commit the heads are given back. */
export function createClaim(deps: ClaimDeps): (queue: QueueState, limit: number, now: number) => Promise<Claim> {
  const { db, writer, index, heartbeats, setAside, owner, windowOf } = deps
  const statement = {
    // Aliases are resolved here, so that an id learned while the delivery waited is used.
    read: db.prepare<[{ destination: number; seq: number }], ClaimRow>(
      `SELECT ${MESSAGE_COLUMNS}, retry.attempts, retry.faults, retry.first_fault_at, retry.last_fault_at, retry.unknowns,
         retry.suspensions, retry.not_found, mark.alias, coalesce(mark.sent, 0) AS sent, alert.resource IS NOT NULL AS identified
       FROM outbox JOIN message ON message.seq = outbox.seq
       LEFT JOIN retry ON retry.destination = outbox.destination AND retry.seq = outbox.seq
       LEFT JOIN alert ON alert.id = message.alert
       LEFT JOIN mark ON mark.alert = message.alert AND mark.destination = outbox.destination
       WHERE outbox.destination = :destination AND outbox.seq = :seq`,
    ),
    claim: db.prepare(
      'INSERT INTO sending (destination, lane, seq, owner, claimed_until, attempt) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    mark: db.prepare<[number, number], { alias: string | null; sent: number }>(
      'SELECT alias, sent FROM mark WHERE alert = ? AND destination = ?',
    ),
  }

  function claimOne(tx: Tx, queue: QueueState, head: Head, now: number): Delivery | undefined {
    const row = readRow(queue, head)
    if (typeof row === 'string') {
      setAside(tx, queue, head.seq, row, now)
      return undefined
    }
    if (row.kind === 'heartbeat' && heartbeats.isOld(head)) {
      heartbeats.supersede(tx, queue, head.seq, now)
      return undefined
    }
    const attempt = (row.attempts ?? 0) + 1
    statement.claim.run(queue.id, head.lane, head.seq, owner, now + CLAIM_MS, attempt)
    const late = row.alert !== null && row.identified === 0 ? identifiedSince(row, queue) : undefined
    return {
      destination: queue.name,
      ref: head.seq,
      lane: head.lane,
      attempt,
      message: toMessage(row),
      alias: late?.alias ?? row.alias ?? undefined,
      sent: late?.sent ?? row.sent === 1,
      identified: late !== undefined,
      progress: row.attempts === null ? NO_PROGRESS : toProgress(row),
    }
  }

  /** The row, or why it cannot be used. Where it was settled behind the window's back there is nothing to set aside. */
  function readRow(queue: QueueState, head: Head): ClaimRow | string {
    const row = statement.read.get({ destination: queue.id, seq: head.seq })
    if (row === undefined) return 'its message is missing in the database'
    const problem = messageProblem(row)
    return problem === undefined ? row : `damaged in the database: ${problem}`
  }

  function isReadable(queue: QueueState, head: Head): boolean {
    try {
      readRow(queue, head)
      return true
    } catch (error) {
      if (isDamage(error)) return false
      throw error
    }
  }

  /** Buries those of the heads that cannot be read; to the window they were settled behind its back. */
  async function buryUnreadable(queue: QueueState, heads: readonly Head[], now: number): Promise<boolean> {
    const unreadable = heads.filter((head) => !isReadable(queue, head))
    for (const { seq } of unreadable) {
      await writer.run((tx) => setAside(tx, queue, seq, 'its message cannot be read in the database', now))
    }
    return unreadable.length > 0
  }

  /** The id of an action meant nothing when it was accepted; its alert may have come in since. */
  function identifiedSince(row: ClaimRow, queue: QueueState): { alias: string | undefined; sent: boolean } | undefined {
    const alert = index.byId(row.alert_id)
    if (alert === undefined || alert === row.alert) return undefined
    const mark = statement.mark.get(alert, queue.id)
    return { alias: mark?.alias ?? undefined, sent: mark?.sent === 1 }
  }

  return async (queue, limit, now) => {
    const window = windowOf(queue)
    const heads = reading(() => window.take(limit, now))
    if (heads.length === 0) return { deliveries: [], nextAt: window.nextAt() }
    try {
      const deliveries = await writer.run((tx: Tx) =>
        heads.flatMap((head) => {
          const delivery = claimOne(tx, queue, head, now)
          // Settled behind the window's back (expired, superseded): the lane goes on with its next row.
          if (delivery === undefined) tx.onCommit(() => window.settled(head))
          return delivery ?? []
        }),
      )
      return { deliveries, nextAt: window.nextAt() }
    } catch (error) {
      for (const head of heads) window.requeued(head, 0)
      const damaged = error instanceof StoreUnavailable && isDamage(error.cause)
      if (damaged && (await buryUnreadable(queue, heads, now))) return { deliveries: [], nextAt: 0 }
      throw error
    }
  }
}

const toProgress = (row: ClaimRow) => ({
  faults: row.faults,
  firstFaultAt: row.first_fault_at,
  lastFaultAt: row.last_fault_at,
  unknowns: row.unknowns,
  suspensions: row.suspensions,
  notFound: row.not_found,
})
