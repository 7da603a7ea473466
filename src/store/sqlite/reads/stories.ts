import type Database from 'better-sqlite3'
import type { AlertKey } from '../../../model/alert.js'
import type { AlertStory, MessageStory, StandingThere } from '../../../model/story.js'
import type { Stories } from '../../stories.js'
import { reading } from '../faults.js'
import type { AlertIds } from '../index/alert-ids.js'
import type { Ledger } from '../index/ledger.js'
import type { Queues } from '../outbox/queues.js'
import { uuidText } from '../rows.js'
import { createMessageSearch } from './message-search.js'
import { createStoryRows } from './story-rows.js'

export interface StoriesDeps {
  readonly db: Database.Database
  readonly queues: Queues
  readonly alertIds: AlertIds
  readonly ledger: Ledger
  readonly monotonic: () => number
}

/** Of those that begin alike. */
const IDS_SHOWN = 20
/** All that an alert can have from so many destinations, see alert-ids.ts. */
const ALERT_IDS = 1_000

interface AlertRow {
  readonly environment: string | null
  readonly resource: string | null
  readonly event: string | null
  readonly customer: string | null
  readonly deleted_at: number | null
}

export function createStories(deps: StoriesDeps): Stories {
  const { db, alertIds, ledger } = deps
  const rows = createStoryRows(db)
  const list = createMessageSearch({ ...deps, rows })
  const statement = {
    beginning: db.prepare<[Buffer, Buffer], { seq: number; message_id: Buffer }>(
      `SELECT max(seq) AS seq, message_id FROM message WHERE message_id >= ? AND message_id <= ?
       GROUP BY message_id ORDER BY message_id LIMIT ${IDS_SHOWN}`,
    ),
    alert: db.prepare<[number], AlertRow>(
      'SELECT environment, resource, event, customer, deleted_at FROM alert WHERE id = ?',
    ),
    ids: db.prepare<[number], { id: string; by: string | null }>(
      `SELECT alert_id.id, destination.name AS "by" FROM alert_id
       LEFT JOIN destination ON destination.id = alert_id.source
       WHERE alert = ? ORDER BY source, n LIMIT ${ALERT_IDS}`,
    ),
    standing: db.prepare<[number], Omit<StandingThere, 'sent' | 'alias'> & { sent: number; alias: string | null }>(
      `SELECT destination.name AS destination, mark.state AS mark, alias, sent FROM mark
       JOIN destination ON destination.id = mark.destination WHERE alert = ? ORDER BY mark.destination`,
    ),
    messages: db
      .prepare<[number, number], number>('SELECT seq FROM message WHERE alert = ? ORDER BY seq DESC LIMIT ?')
      .pluck(),
    count: db.prepare<[number], number>('SELECT count(*) FROM message WHERE alert = ?').pluck(),
  }

  function alertOf(alert: number, most: number): AlertStory {
    const row = statement.alert.get(alert)
    const newest = statement.messages.all(alert, most)
    const standing = statement.standing.all(alert)
    // also where a sender has used it since
    const caller = (id: string) => standing.find(({ alias }) => alias === id)?.destination ?? null
    return {
      about: row && keyOf(row),
      state: ledger.read(alert)?.state,
      deletedAt: row?.deleted_at ?? null,
      ids: statement.ids.all(alert).map(({ id, by }) => ({ id, by: by ?? caller(id) })),
      standing: standing.map(({ sent, alias, ...one }) => ({
        ...one,
        alias: alias ?? undefined,
        sent: sent === 1,
      })),
      messages: newest.reverse().flatMap((seq) => rows.read(seq, 'line') ?? []),
      older: (statement.count.get(alert) ?? 0) - newest.length,
    }
  }

  return {
    list,
    message: async (beginning) =>
      reading(() => {
        const hex = beginning.replaceAll('-', '').toLowerCase()
        if (!/^[0-9a-f]{1,32}$/.test(hex)) return []
        const found = statement.beginning.all(bound(hex, '0'), bound(hex, 'f'))
        const [only] = found
        const story: MessageStory | undefined =
          found.length === 1 && only !== undefined ? rows.read(only.seq, 'all') : undefined
        return story ?? found.map(({ message_id }) => uuidText(message_id))
      }),
    alert: async (id, most) =>
      reading(() => {
        const meant = alertIds.resolve(id)
        return meant === undefined || meant === 'ambiguous' ? meant : alertOf(meant.alert, most)
      }),
  }
}

/** The first, or the last, id that begins so. */
const bound = (hex: string, filler: string): Buffer => Buffer.from(hex.padEnd(32, filler), 'hex')

function keyOf({ environment, resource, event, customer }: AlertRow): AlertKey | undefined {
  if (environment === null || resource === null || event === null) return undefined
  return { environment, resource, event, customer: customer === '' ? null : customer }
}
