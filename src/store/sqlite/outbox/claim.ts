import type Database from 'better-sqlite3'
import { unreachable } from '../../../base/unreachable.js'
import { type Delivery, NO_PROGRESS } from '../../../model/delivery.js'
import { STATE_ACTIONS } from '../../../model/ledger.js'
import type { Message } from '../../../model/message.js'
import { type Claim, type LedgerRules, StoreUnavailable } from '../../contract.js'
import type { SetAside } from '../damage.js'
import { isDamage, reading } from '../faults.js'
import type { AlertIds } from '../index/alert-ids.js'
import type { Marks } from '../index/marks.js'
import type { Notes } from '../index/notes.js'
import { MESSAGE_COLUMNS, type MessageRow, messageProblem, toMessage } from '../rows.js'
import type { Heartbeats } from '../upkeep/heartbeats.js'
import type { Tx, Writer } from '../writer.js'
import type { Crossing } from './crossing.js'
import type { Fold } from './fold.js'
import type { QueueState } from './queues.js'
import type { Head, LaneWindow } from './window.js'
import type { Withdraw } from './withdraw.js'

/** Longer than any attempt may take. It tells people; the engine knows by its lock whether an owner is alive. */
export const CLAIM_MS = 10 * 60_000

/** Why a delivery is dead that nobody can send again. */
export const UNREADABLE = 'its message cannot be read in the database'

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
  readonly changed_seq: number
  readonly repeats: number | null
}

/** Transactions of one claim, where what was folded must be passed by; between them the others have their turn. */
const ROUNDS = 64

export interface ClaimDeps {
  readonly db: Database.Database
  readonly writer: Writer
  readonly alertIds: AlertIds
  readonly marks: Marks
  readonly notes: Notes
  readonly heartbeats: Heartbeats
  readonly setAside: SetAside
  readonly fold: Fold
  readonly crossing: Crossing
  readonly withdraw: Withdraw
  readonly rules: Pick<LedgerRules, 'carry'>
  readonly owner: string
  readonly windowOf: (queue: QueueState) => LaneWindow
}

/** Takes ready heads from the lane window and writes the claims; on a failed commit the heads are given back. */
export function createClaim(deps: ClaimDeps): (queue: QueueState, limit: number, now: number) => Promise<Claim> {
  const { db, writer, alertIds, marks, notes, heartbeats, setAside, withdraw, fold, crossing, rules, owner, windowOf } =
    deps
  const statement = {
    // Aliases are resolved here, so that an id learned while the delivery waited is used.
    read: db.prepare<[{ destination: number; seq: number }], ClaimRow>(
      `SELECT ${MESSAGE_COLUMNS}, retry.attempts, retry.faults, retry.first_fault_at, retry.last_fault_at, retry.unknowns,
         retry.suspensions, retry.not_found, mark.alias, coalesce(mark.sent, 0) AS sent, alert.resource IS NOT NULL AS identified,
         coalesce(mark.changed_seq, 0) AS changed_seq, message.repeats
       FROM outbox JOIN message ON message.seq = outbox.seq
       LEFT JOIN retry ON retry.destination = outbox.destination AND retry.seq = outbox.seq
       LEFT JOIN alert ON alert.id = message.alert
       LEFT JOIN mark ON mark.alert = message.alert AND mark.destination = outbox.destination
       WHERE outbox.destination = :destination AND outbox.seq = :seq`,
    ),
    claim: db.prepare(
      'INSERT INTO sending (destination, lane, seq, owner, claimed_until, attempt) VALUES (?, ?, ?, ?, ?, ?)',
    ),
  }

  function claimOne(tx: Tx, queue: QueueState, head: Head, now: number): Delivery | undefined {
    const row = readRow(queue, head)
    if (typeof row === 'string') {
      setAside(tx, queue, head.seq, row, now)
      return undefined
    }
    const later = row.kind === 'heartbeat' ? heartbeats.laterThan(head) : undefined
    if (later !== undefined) {
      heartbeats.supersede(tx, queue, head.seq, later, now)
      return undefined
    }
    if (isOlderNews(row, head.seq)) {
      const note = 'a later change of the alert came from there'
      withdraw(tx, queue, head.seq, { state: 'superseded', note, by: row.changed_seq }, now)
      crossing.ended(tx, queue, { seq: head.seq, alert: row.alert as number }, now)
      return undefined
    }
    if (queue.fold && row.alert !== null && row.repeats !== null && row.body !== null) {
      const { alert, repeats, body } = row
      const folded = fold.fold(tx, queue, { seq: head.seq, alert, repeats, body }, now)
      if (folded.size > 0) {
        tx.onCommit(() => windowOf(queue).dropped(head.lane, folded))
        return undefined
      }
    }
    const attempt = (row.attempts ?? 0) + 1
    statement.claim.run(queue.id, head.lane, head.seq, owner, now + CLAIM_MS, attempt)
    const late = row.alert !== null && row.identified === 0 ? identifiedSince(row, queue) : undefined
    return {
      destination: queue.name,
      ref: head.seq,
      lane: head.lane,
      attempt,
      message: carrying(queue, head.seq, toMessage(row)),
      bytes: row.body?.length ?? 0,
      alias: late?.alias ?? row.alias ?? undefined,
      noteAlias: row.note_id === null ? undefined : notes.aliasOf(row.note_id, queue.id),
      sent: late?.sent ?? row.sent === 1,
      progress: row.attempts === null ? NO_PROGRESS : toProgress(row),
    }
  }

  /** A repeat with what was folded into it. */
  function carrying(queue: QueueState, seq: number, message: Message): Message {
    const carried = message.body === null ? undefined : fold.carried(queue, seq)
    return carried === undefined ? message : { ...message, body: rules.carry(message.body as Buffer, carried) }
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
      await writer.run((tx) => setAside(tx, queue, seq, UNREADABLE, now))
    }
    return unreadable.length > 0
  }

  /** The id of an action meant nothing when it was accepted; its alert may have come in since. */
  function identifiedSince(row: ClaimRow, queue: QueueState): { alias: string | undefined; sent: boolean } | undefined {
    const resolved = alertIds.resolve(row.alert_id)
    if (resolved === undefined || resolved === 'ambiguous' || resolved.alert === row.alert) return undefined
    const mark = marks.get(resolved.alert, queue.id)
    return { alias: mark?.alias ?? undefined, sent: mark?.sent === 1 }
  }

  /** One transaction; `skipped`: heads that were settled instead of claimed. */
  async function claimSome(queue: QueueState, limit: number, now: number): Promise<Claim & { skipped: number }> {
    const window = windowOf(queue)
    const heads = reading(() => window.take(limit, now))
    if (heads.length === 0) return { deliveries: [], nextAt: window.nextAt(), skipped: 0 }
    try {
      const deliveries = await writer.run((tx: Tx) =>
        heads.flatMap((head) => {
          const delivery = claimOne(tx, queue, head, now)
          // Settled behind the window's back (expired, superseded, folded): the lane goes on with its next row.
          if (delivery === undefined) tx.onCommit(() => window.settled(head))
          return delivery ?? []
        }),
      )
      return { deliveries, nextAt: window.nextAt(), skipped: heads.length - deliveries.length }
    } catch (error) {
      for (const head of heads) window.requeued(head, 0)
      const damaged = error instanceof StoreUnavailable && isDamage(error.cause)
      if (damaged && (await buryUnreadable(queue, heads, now))) return { deliveries: [], nextAt: 0, skipped: 0 }
      throw error
    }
  }

  return async (queue, limit, now) => {
    const deliveries: Delivery[] = []
    for (let round = 0; ; round += 1) {
      const claim = await claimSome(queue, limit - deliveries.length, now).catch((error: unknown) => {
        // what the rounds before have claimed is ours and must be worked
        if (deliveries.length > 0 && error instanceof StoreUnavailable) return undefined
        throw error
      })
      if (claim === undefined) return { deliveries, nextAt: 0 }
      deliveries.push(...claim.deliveries)
      const enough = claim.skipped === 0 || deliveries.length === limit || round === ROUNDS
      if (enough) return { deliveries, nextAt: claim.nextAt }
    }
  }
}

const isOlderNews = (row: ClaimRow, seq: number): boolean => row.changed_seq > seq && isInState(row)

/** Only what a state can express is made up for by sending the state; all else does something of its own. */
export function isInState({ kind, action }: Pick<MessageRow, 'kind' | 'action'>): boolean {
  switch (kind) {
    case 'alert':
    case 'delete':
    case 'status':
      return true
    case 'action':
      return STATE_ACTIONS.has(action ?? '')
    case 'tag':
    case 'untag':
    case 'attributes':
    case 'note':
    case 'heartbeat':
    case 'webhook':
      return false
    default:
      return unreachable(kind)
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
