import type Database from 'better-sqlite3'
import type { Drift } from '../../../model/resync.js'
import type { Compared, Comparing, Place } from '../../resyncs.js'
import type { QueueState } from '../outbox/queues.js'
import type { PairRow, Pairs } from './pairs.js'
import type { OnlyThere, Snapshot } from './snapshot.js'

/** Alerts in one look, so that the event loop is not away for long. */
const PAGE = 250

/** Compares ledger and snapshot page by page, and writes nothing. */
export function createComparison(
  db: Database.Database,
  { pairs, snapshot }: { readonly pairs: Pairs; readonly snapshot: Snapshot },
): (queue: QueueState, comparing: Comparing, place?: Place) => Compared {
  function here(queue: QueueState, comparing: Comparing, after: number): Compared {
    const page = pairs.after(queue, { after, last: Number.MAX_SAFE_INTEGER, read: comparing.read }, PAGE)
    const drifts = page.flatMap((row) => driftOf(queue, row, comparing) ?? [])
    const last = page.length === PAGE ? page.at(-1) : undefined
    const peer: Place | undefined = comparing.read ? { of: 'peer', after: 0 } : undefined
    return { drifts, seen: page.length, next: last === undefined ? peer : { of: 'ledger', after: last.alert } }
  }

  function driftOf(queue: QueueState, row: PairRow, comparing: Comparing): Drift | undefined {
    const { pair } = row
    const finding = pair && comparing.judge(pair, comparing.now)
    if (pair === undefined || finding === undefined) return undefined
    const { id, environment, resource, event, customer, status, severity } = pair.state
    return {
      ...{ environment, resource, event, customer, difference: finding.difference },
      onTheWay: pairs.isMoving(queue, row, comparing.readAt),
      here: pair.deletedAt === null ? { id, status, severity } : null,
      there: pair.there === undefined ? null : shown(pair.there),
    }
  }

  function there(queue: QueueState, { readAt }: Comparing, after: number): Compared {
    const { found, last } = snapshot.onlyThere(queue, after)
    const drifts = found.map(
      (one): Drift => ({
        ...{ environment: one.environment, resource: one.resource, event: one.event },
        customer: one.customer === '' ? null : one.customer,
        difference: 'missing here',
        // what it heard of just now may be on its way to us
        onTheWay: one.received_at >= readAt,
        here: null,
        there: shown(one),
      }),
    )
    return { drifts, seen: 0, next: last === undefined ? undefined : { of: 'peer', after: last } }
  }

  // one transaction, so that all of a page is as of one moment
  return db.transaction((queue: QueueState, comparing: Comparing, place: Place = { of: 'ledger', after: 0 }) =>
    place.of === 'ledger' ? here(queue, comparing, place.after) : there(queue, comparing, place.after),
  )
}

const shown = ({ id, status, severity }: Pick<OnlyThere, 'id' | 'status' | 'severity'>) => ({ id, status, severity })
