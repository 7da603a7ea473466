import Database from 'better-sqlite3'
import type { AlertState, PeerAlert } from '../../../model/ledger.js'
import type { Draft } from '../../../model/message.js'
import { alertLane } from '../../../model/order.js'
import type { Filling } from '../../../model/resync.js'
import { isOver } from '../../../model/standing.js'
import type { LedgerRules } from '../../contract.js'
import type { AlertIds } from '../index/alert-ids.js'
import type { AlertIndex } from '../index/alert-index.js'
import type { Ledger } from '../index/ledger.js'
import type { Marks } from '../index/marks.js'
import type { QueueState } from '../outbox/queues.js'
import { OURSELVES } from '../outbox/resend.js'

export interface AdoptDeps {
  readonly db: Database.Database
  readonly index: AlertIndex
  readonly alertIds: AlertIds
  readonly marks: Marks
  readonly ledger: Ledger
  readonly rules: Pick<LedgerRules, 'ids'>
}

/**
 * Takes an alert of a peer into the ledger, or learns its id of one that is there. Nothing of it is relayed. One that
 * cannot be kept is left out: what a peer tells must never stop the rest, or a resync would fail at it for ever.
 */
export type Adopt = (queue: QueueState, told: PeerAlert, now: number) => Filling

export function createAdopt({ db, index, alertIds, marks, ledger, rules }: AdoptDeps): Adopt {
  const deletedAt = db.prepare<[number], number | null>('SELECT deleted_at FROM alert WHERE id = ?').pluck()

  /** The peer may have made another event of it, and know it by the id that we know it by. */
  function byId({ id }: PeerAlert): number | undefined {
    const resolved = alertIds.resolve(id)
    return resolved === undefined || resolved === 'ambiguous' || resolved.id !== id ? undefined : resolved.alert
  }

  function record(queue: QueueState, told: PeerAlert, now: number): void {
    const messageId = rules.ids.messageId()
    const draft: Extract<Draft, { kind: 'alert' }> = {
      ...{ kind: 'alert', alertId: told.id, alert: told.alert, messageId, requestId: messageId, acceptedAt: now },
      ...{
        stamp: undefined,
        became: undefined,
        hops: [],
        sender: '',
        credential: OURSELVES,
        body: null,
        fromPeer: false,
        customers: [],
      },
    }
    const lanes = { resource: alertLane(told.alert, 'resource'), alert: alertLane(told.alert, 'alert') }
    const alert =
      index.current(told.alert) ??
      index.record(draft, undefined, { alertId: told.id, digest: '', hops: [], at: now }, lanes, true)
    const applied = { state: stateOf(told), entry: undefined, changed: true, refused: undefined }
    // what is accepted from now on is newer
    ledger.write(
      alert,
      draft,
      { standing: 'newest', applied, became: undefined, stamp: Math.min(told.lastReceiveTime, now) },
      undefined,
      0,
    )
    alertIds.note(told.id, alert, { source: 0, at: now })
    learnPlace(queue, alert, told, now)
  }

  function learnPlace(queue: QueueState, alert: number, told: PeerAlert, now: number): boolean {
    const known = marks.get(alert, queue.id)
    if (known?.alias === told.id && known.sent === 1) return false
    marks.set(alert, queue.id, known?.state ?? (isOver(told.status) ? 'closed' : 'open'), true)
    marks.learn(alert, queue.id, told.id, 0)
    for (const id of new Set([told.id, told.lastReceiveId])) {
      // an id that is known means what it has meant; by what the peer calls the alert people know it
      const means = alertIds.resolve(id)
      const isOurs = means !== undefined && means !== 'ambiguous' && means.id === id && means.alert === alert
      if (means === undefined || (isOurs && id === told.id)) alertIds.note(id, alert, { source: queue.id, at: now })
    }
    return true
  }

  function adopt(queue: QueueState, told: PeerAlert, now: number): Filling {
    const current = index.current(told.alert)
    const known = current ?? byId(told)
    const goneAt = known === undefined || known === current ? null : (deletedAt.get(known) ?? null)
    // what the peer has heard of since our delete lives on there
    if (goneAt !== null && goneAt >= told.lastReceiveTime) return 'deleted'
    if (known === undefined || goneAt !== null || ledger.read(known) === undefined) {
      if (told.tooDeep) return 'unusable'
      record(queue, told, now)
      return 'adopted'
    }
    return learnPlace(queue, known, told, now) ? 'learned' : 'known'
  }

  // inside the transaction a savepoint
  const adoptAlone = db.transaction(adopt)
  return (queue, told, now) => {
    try {
      return adoptAlone(queue, told, now)
    } catch (error) {
      if (!isOfTheRow(error)) throw error
      return 'unusable'
    }
  }
}

/** SQLite does not take what is to be written; any other failure is the disk's. */
const isOfTheRow = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(CONSTRAINT|TOOBIG|MISMATCH|ERROR$)/.test(error.code)

/** Of what was before, and of how long an ack holds, a peer's list says nothing. */
const stateOf = ({ id, alert, severity, status, lastReceiveId, lastReceiveTime }: PeerAlert): AlertState => ({
  ...alert,
  ...{ id, severity, status, lastReceiveId, lastReceiveTime },
  previousStatus: 'open',
  previousSeverity: severity,
  trendIndication: 'noChange',
  duplicateCount: 0,
  repeat: false,
  receiveTime: lastReceiveTime,
  updateTime: lastReceiveTime,
  statusUntil: 0,
})
