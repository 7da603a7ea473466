import type Database from 'better-sqlite3'
import type { SkipReason } from '../../../model/decision.js'
import type { MessageId } from '../../../model/ids.js'
import type { Ahead, Attempted, DeliveryState, DeliveryStory, MessageStory } from '../../../model/story.js'
import { CLAIM_MS } from '../outbox/claim.js'
import { MESSAGE_COLUMNS, type MessageRow, toMessage, uuidText } from '../rows.js'

/** How much of a message is told. */
export type Depth = 'line' | 'attempts' | 'all'

export interface StoryRows {
  /** Undefined: it is pruned. */
  read(seq: number, depth: Depth): MessageStory | undefined
}

interface StoryRow extends MessageRow {
  readonly skipped: string | null
  readonly replay_of: Buffer | null
  readonly environment: string | null
  readonly resource: string | null
  readonly event: string | null
  readonly customer: string | null
}

interface DeliveryRow {
  readonly id: number
  readonly name: string
  readonly lane: number | null
  readonly claimed: number | null
  readonly claimed_until: number | null
  readonly retried: number | null
  readonly not_before: number | null
  readonly state: DeliveryState | null
  readonly at: number | null
  readonly attempts: number
  readonly status: number | null
  readonly note: string | null
  readonly ms: number | null
  readonly by_id: Buffer | null
}

/** Beyond it a body says more than fits in a line. */
const SHORT_BODY_BYTES = 64 * 1024

const STORY = `message.skipped, message.replay_of, alert.environment, alert.resource, alert.event, alert.customer
  FROM message LEFT JOIN alert ON alert.id = message.alert WHERE message.seq = ?`

export function createStoryRows(db: Database.Database): StoryRows {
  const shortBody = `iif(length(message.body) <= ${SHORT_BODY_BYTES}, message.body, NULL) AS body`
  const statement = {
    line: db.prepare<[number], StoryRow>(`SELECT ${MESSAGE_COLUMNS.replace('message.body', shortBody)}, ${STORY}`),
    whole: db.prepare<[number], StoryRow>(`SELECT ${MESSAGE_COLUMNS}, ${STORY}`),
    replays: db.prepare<[Buffer], Buffer>('SELECT message_id FROM message WHERE replay_of = ? ORDER BY seq').pluck(),
    deliveries: db.prepare<[{ seq: number }], DeliveryRow>(
      `SELECT destination.id, destination.name, outbox.lane, sending.attempt AS claimed, sending.claimed_until,
         retry.attempts AS retried, retry.not_before, settled.state, settled.at, coalesce(settled.attempts, 0) AS attempts,
         coalesce(settled.status, retry.status) AS status, coalesce(settled.note, retry.note) AS note, settled.ms,
         (SELECT message_id FROM message WHERE message.seq = settled.by_seq) AS by_id
       FROM destination
       LEFT JOIN outbox ON outbox.destination = destination.id AND outbox.seq = :seq
       LEFT JOIN sending ON sending.destination = destination.id AND sending.seq = :seq
       LEFT JOIN retry ON retry.destination = destination.id AND retry.seq = :seq
       LEFT JOIN settled ON settled.destination = destination.id AND settled.seq = :seq
       WHERE outbox.seq IS NOT NULL OR settled.seq IS NOT NULL ORDER BY destination.id`,
    ),
    tries: db.prepare<[number, number], Attempted>(
      `SELECT n, number, at, ms, outcome, status, note, became AS "to" FROM attempt
       WHERE destination = ? AND seq = ? ORDER BY n`,
    ),
    ahead: db.prepare<[number, number, number], { count: number; first: number | null }>(
      'SELECT count(*) AS count, min(seq) AS first FROM outbox WHERE destination = ? AND lane = ? AND seq < ?',
    ),
    first: db.prepare<[number], { message_id: Buffer; alert_id: string }>(
      'SELECT message_id, alert_id FROM message WHERE seq = ?',
    ),
  }

  /** Looks through the whole queue, for lanes have no index. */
  function aheadOf(row: DeliveryRow, seq: number): Ahead | undefined {
    if (row.lane === null) return undefined
    const { count = 0, first = null } = statement.ahead.get(row.id, row.lane, seq) ?? {}
    const head = first === null ? undefined : statement.first.get(first)
    return head && { count, first: uuidText(head.message_id), alertId: head.alert_id }
  }

  function deliveryOf(row: DeliveryRow, seq: number, depth: Depth): DeliveryStory {
    const kept = depth === 'line' ? [] : statement.tries.all(row.id, seq)
    const tries = kept.length === 0 && depth !== 'line' ? onlyTry(row) : kept
    const state = row.state ?? (row.claimed === null ? 'queued' : 'sending')
    return {
      destination: row.name,
      state,
      endedAt: row.at,
      attempts: row.state === null ? (row.claimed ?? row.retried ?? 0) : row.attempts,
      status: row.status,
      note: row.note,
      notBefore: state === 'queued' && (row.not_before ?? 0) > 0 ? row.not_before : null,
      sendingSince: row.claimed_until === null ? null : row.claimed_until - CLAIM_MS,
      by: row.by_id === null ? null : uuidText(row.by_id),
      tries,
      tried: tries.at(-1)?.n ?? 0,
      ahead: depth === 'line' ? undefined : aheadOf(row, seq),
    }
  }

  const keyOf = ({ environment, resource, event, customer }: StoryRow) =>
    environment === null || resource === null || event === null
      ? undefined
      : { environment, resource, event, customer: customer === '' ? null : customer }

  return {
    read(seq, depth) {
      const row = (depth === 'all' ? statement.whole : statement.line).get(seq)
      if (row === undefined) return undefined
      return {
        message: toMessage(row),
        about: keyOf(row),
        deliveries: statement.deliveries.all({ seq }).map((each) => deliveryOf(each, seq, depth)),
        skipped: skippedOf(row),
        replayOf: row.replay_of === null ? null : uuidText(row.replay_of),
        replayedAs: depth === 'all' ? statement.replays.all(row.message_id).map(uuidText) : ([] as MessageId[]),
      }
    },
  }
}

/** What arrived at its first try has no row of its own for it. */
function onlyTry({ state, at, ms, status, note, attempts }: DeliveryRow): readonly Attempted[] {
  if (state !== 'delivered' || at === null || attempts !== 1) return []
  return [{ n: 1, number: 1, at, ms, outcome: 'delivered', status, note, to: 'delivered' }]
}

const skippedOf = ({ skipped }: StoryRow) =>
  skipped === null
    ? []
    : Object.entries(JSON.parse(skipped) as Record<string, SkipReason>).map(([destination, why]) => ({
        destination,
        why,
      }))
