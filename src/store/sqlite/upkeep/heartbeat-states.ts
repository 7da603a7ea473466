import type Database from 'better-sqlite3'
import { iso } from '../../../base/clock.js'
import type { Alarm, Heartbeat, HeartbeatStatus } from '../../../model/heartbeat.js'
import type { Draft } from '../../../model/message.js'
import type { LedgerRules } from '../../contract.js'
import type { HeartbeatQuery, Heartbeats } from '../../heartbeats.js'
import { reading } from '../faults.js'
import { LAST_CHARACTER, SHORTEST_PREFIX } from '../index/alert-ids.js'
import type { Writer } from '../writer.js'

/** A row of `heartbeat_state`. */
interface Row {
  readonly id: string
  readonly origin: string
  readonly customer: string
  readonly tags: string
  readonly attributes: string
  readonly created_at: number
  readonly timeout: number
  readonly received_at: number
}

type HeartbeatDraft = Extract<Draft, { kind: 'heartbeat' }>

export interface HeartbeatStates extends Heartbeats {
  /** As the newest of its origin; runs inside the append transaction. */
  keep(draft: HeartbeatDraft): Heartbeat
  ofOrigin(draft: HeartbeatDraft): Heartbeat | undefined
}

export interface HeartbeatStatesDeps {
  readonly db: Database.Database
  readonly writer: Writer
  readonly rules: Pick<LedgerRules, 'ids'>
}

/** As heartbeatStatus of model/heartbeat.ts; `heard`: since when silence is counted. */
const status = (heard: string): string => `CASE
  WHEN timeout > 0 AND :now - ${heard} > timeout * 1000 THEN 'expired'
  WHEN received_at - created_at > :maxLatencyMs THEN 'slow' ELSE 'ok' END`
/** What was told goes on until something is heard: that nobody could be heard does not end it. */
const TOLD = `iif(told = 'expired' AND received_at <= :now, received_at, iif(received_at > :now, :since, max(received_at, :since)))`
/** What seems to come from the future was heard at the latest when the counting began. */
const HEARD = 'iif(received_at > :now, :since, max(received_at, :since))'

const COLUMNS = 'id, origin, customer, tags, attributes, created_at, timeout, received_at'

export function createHeartbeatStates({ db, writer, rules }: HeartbeatStatesDeps): HeartbeatStates {
  const selected = `
    (:statuses = '[]' OR ${status('received_at')} IN (SELECT value FROM json_each(:statuses)))
    AND (:customers = '[]' OR customer IN (SELECT value FROM json_each(:customers)))
    AND (:origins = '[]' OR origin IN (SELECT value FROM json_each(:origins)))`
  const statement = {
    // an id that another origin has is not taken from it
    keep: db.prepare<[object], Row>(
      `INSERT INTO heartbeat_state (${COLUMNS})
       VALUES (iif(EXISTS (SELECT 1 FROM heartbeat_state WHERE id = :id), :spare, :id), :origin, :customer, :tags,
         :attributes, :createdAt, :timeout, :receivedAt)
       ON CONFLICT (origin, customer) DO UPDATE SET tags = excluded.tags, attributes = excluded.attributes,
         created_at = excluded.created_at, timeout = excluded.timeout, received_at = excluded.received_at
       RETURNING ${COLUMNS}`,
    ),
    ofOrigin: db.prepare<[string, string], Row>(
      `SELECT ${COLUMNS} FROM heartbeat_state WHERE origin = ? AND customer = ?`,
    ),
    byId: db.prepare<[string], Row>(`SELECT ${COLUMNS} FROM heartbeat_state WHERE id = ?`),
    byPrefix: db.prepare<[string, string], Row>(
      `SELECT ${COLUMNS} FROM heartbeat_state WHERE id >= ? AND id < ? LIMIT 2`,
    ),
    count: db.prepare<[object], number>(`SELECT count(*) FROM heartbeat_state WHERE ${selected}`).pluck(),
    page: db.prepare<[object], Row>(
      `SELECT ${COLUMNS} FROM heartbeat_state WHERE ${selected} ORDER BY received_at, n LIMIT :limit OFFSET :offset`,
    ),
    stale: db.prepare<[object], Row>(
      `SELECT ${COLUMNS} FROM heartbeat_state WHERE timeout > 0 AND :now - ${HEARD} > timeout * 4000 ORDER BY n LIMIT 1`,
    ),
    turned: db.prepare<[object], Row & { readonly status: HeartbeatStatus }>(
      `SELECT ${COLUMNS}, ${status(TOLD)} AS status FROM heartbeat_state
       WHERE ${status(TOLD)} <> coalesce(told, 'ok') ORDER BY n LIMIT :limit`,
    ),
    tell: db.prepare('UPDATE heartbeat_state SET told = ? WHERE id = ?'),
    told: db.prepare<[string], Alarm | null>('SELECT told FROM heartbeat_state WHERE id = ?').pluck(),
    remove: db.prepare('DELETE FROM heartbeat_state WHERE id = ?'),
  }

  const valuesOf = ({ statuses, customers, origins, now, maxLatencyMs, offset, limit }: HeartbeatQuery) => ({
    ...{ now, maxLatencyMs, offset, limit },
    ...{ statuses: JSON.stringify(statuses), customers: JSON.stringify(customers), origins: JSON.stringify(origins) },
  })

  function find(id: string): Row | 'ambiguous' | undefined {
    const exact = statement.byId.get(id)
    if (exact !== undefined || id.length < SHORTEST_PREFIX) return exact
    const [first, second] = statement.byPrefix.all(id, id + LAST_CHARACTER)
    return second === undefined ? first : 'ambiguous'
  }

  return {
    keep: (draft) =>
      toHeartbeat(
        statement.keep.get({
          id: draft.id,
          spare: rules.ids.messageId(),
          origin: draft.origin,
          customer: draft.customer ?? '',
          tags: JSON.stringify(draft.tags),
          attributes: JSON.stringify(draft.attributes),
          createdAt: Date.parse(draft.createTime),
          timeout: draft.timeout,
          receivedAt: draft.acceptedAt,
        }) as Row,
      ),
    ofOrigin({ origin, customer }) {
      const row = statement.ofOrigin.get(origin, customer ?? '')
      return row && toHeartbeat(row)
    },
    get: async (id, customers) =>
      reading(() => {
        const row = find(id)
        if (row === undefined || row === 'ambiguous') return row
        return customers.length === 0 || customers.includes(row.customer) ? toHeartbeat(row) : undefined
      }),
    count: async (query) => reading(() => statement.count.get(valuesOf(query)) as number),
    page: async (query) => reading(() => statement.page.all(valuesOf(query)).map(toHeartbeat)),
    stale: async (now, since) =>
      reading(() => {
        const row = statement.stale.get({ now, since })
        return row && toHeartbeat(row)
      }),
    turned: async ({ now, maxLatencyMs }, since, limit) =>
      reading(() =>
        statement.turned
          .all({ now, maxLatencyMs, since, limit })
          .map((row) => ({ heartbeat: toHeartbeat(row), status: row.status })),
      ),
    tell: (id, alarm) => writer.run(() => void statement.tell.run(alarm, id)),
    told: async (id) => reading(() => statement.told.get(id)),
    remove: (id) => writer.run(() => statement.remove.run(id).changes === 1),
  }
}

const toHeartbeat = (row: Row): Heartbeat => ({
  id: row.id,
  origin: row.origin,
  tags: JSON.parse(row.tags),
  attributes: JSON.parse(row.attributes),
  createTime: iso(row.created_at),
  timeout: row.timeout,
  receivedAt: row.received_at,
  customer: row.customer === '' ? null : row.customer,
})
