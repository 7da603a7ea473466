import type Database from 'better-sqlite3'
import { alertCloses } from '../../../model/alert.js'
import type { AlertState } from '../../../model/ledger.js'
import type { Write } from '../../../model/message.js'
import type { Lane } from '../../../model/order.js'
import type { Remedy, StateRemedy } from '../../../model/resync.js'
import type { LedgerRules } from '../../contract.js'
import type { Ledger } from '../index/ledger.js'
import type { Marks } from '../index/marks.js'
import type { Tx } from '../writer.js'
import type { Journal } from './journal.js'
import type { QueueState } from './queues.js'

/**
 * Brings one destination to the state of an alert as it is now, by new messages at the tail of its lane, and returns
 * how many. `remedy`: what the one who knows how the alert stands there finds needful.
 */
export type Resend = (tx: Tx, alert: number, queue: QueueState, now: number, remedy?: Remedy) => number

/** Who posts what the relay itself sends; the sender's address is nobody's. */
export const OURSELVES = 'relay'

/** Its text, by which it is known also where relays do not believe each other's stamps. */
export const RESENT_TEXT = 'resent'

export interface ResendDeps {
  readonly db: Database.Database
  readonly journal: Journal
  readonly ledger: Ledger
  readonly marks: Marks
  readonly rules: Pick<LedgerRules, 'bodyOf' | 'ids'>
}

interface LaneRow {
  readonly lane_resource: Lane
  readonly lane_alert: Lane
  readonly deleted_at: number | null
}

export function createResend({ db, journal, ledger, marks, rules }: ResendDeps): Resend {
  const lanes = db.prepare<[number], LaneRow>('SELECT lane_resource, lane_alert, deleted_at FROM alert WHERE id = ?')

  return (tx, alert, queue, now, remedy) => {
    const row = lanes.get(alert)
    const entry = ledger.read(alert)
    if (row === undefined || entry === undefined) return 0
    const gone = row.deleted_at !== null
    if (!queue.takes.has(gone ? 'delete' : 'alert')) return 0
    const lane = queue.orderBy === 'resource' ? row.lane_resource : row.lane_alert
    const { registers } = entry
    const { stamp } = registers.severity
    const { severity, status: standing } = entry.state
    const { stamp: statusStamp, said = standing, meant } = registers.status
    const became = { severity, status: said, statusStamp, ...(meant ? { ofNormal: meant } : {}) }
    const send = (write: Write, body: Buffer | null): void => {
      const messageId = rules.ids.messageId()
      const seq = journal.write(
        { ...OURS, ...write, messageId, requestId: messageId, acceptedAt: now, stamp, became, body },
        alert,
      )
      journal.queue(tx, queue, seq, lane, body?.length ?? 0)
    }
    if (gone) {
      send({ kind: 'delete', alertId: entry.state.id }, null)
      marks.set(alert, queue.id, 'gone', false)
      return 1
    }
    const { status, followedBy } = remedy?.kind === 'state' ? remedy : unseen(entry.state, queue)
    const state = { ...entry.state, status }
    send({ kind: 'alert', alertId: state.id, alert: state }, rules.bodyOf(state))
    if (followedBy !== undefined) {
      const action = { ...followedBy, text: followedBy.action === 'open' ? RESENT_TEXT : 'resync' }
      send({ kind: 'action', alertId: state.id, ...action }, Buffer.from(JSON.stringify(action)))
    }
    marks.set(alert, queue.id, alertCloses(entry.state) ? 'closed' : 'open', true)
    return followedBy === undefined ? 1 : 2
  }
}

/** In a reception "open" is no more than a default: it ends neither an ack nor a shelving. */
const unseen = ({ status }: AlertState, queue: QueueState): Pick<StateRemedy, 'status' | 'followedBy'> => ({
  status,
  followedBy: status === 'open' && queue.takesOpen ? { action: 'open', timeout: null } : undefined,
})

const OURS = { hops: [], sender: '', credential: OURSELVES, fromPeer: false, customers: [] } as const
