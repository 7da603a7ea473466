import type { AlertState, Earlier, HistoryEntry, Trail } from '../model/ledger.js'
import { beforeHold } from '../model/standing.js'

type Remembered = Pick<AlertState, 'previousStatus'> & { readonly trail: Trail }

/** How the history reads after its first entry. */
export const firstTrail = (timeout: number): Remembered => ({
  previousStatus: 'open',
  trail: { timeout, before: null, beforeAck: null, beforeShelve: null },
})

/** How the history reads after one more entry. */
export function longerTrail(state: AlertState, entry: Pick<HistoryEntry, 'type' | 'timeout'>): Remembered {
  const trail = trailOf(state)
  const before: Earlier = { status: state.status, timeout: trail.timeout }
  return {
    previousStatus: state.status,
    trail: {
      timeout: entry.timeout,
      before,
      beforeAck: entry.type === 'ack' ? before : trail.beforeAck,
      beforeShelve: entry.type === 'shelve' ? before : trail.beforeShelve,
    },
  }
}

/** What this action goes back to: the entry before the newest, of an unack or unshelve the one before its counterpart. */
export function earlierOf(state: AlertState, action: string): Earlier {
  const trail = trailOf(state)
  const newest: Earlier = { status: state.previousStatus, timeout: trail.before?.timeout ?? null }
  switch (action) {
    case 'unack':
      return trail.beforeAck ?? { status: 'open', timeout: null }
    case 'unshelve':
      return trail.beforeShelve ?? { status: 'open', timeout: null }
    case 'timeout':
      return beforeHold({ ...state, trail }) ?? newest
    default:
      return newest
  }
}

/** Of an alert learned from a peer it is only known what it was before. */
function trailOf({ trail, status, previousStatus, timeout }: AlertState): Trail {
  if (trail !== undefined) return trail
  const before = { status: previousStatus, timeout: null }
  return {
    timeout,
    before,
    beforeAck: status === 'ack' ? before : null,
    beforeShelve: status === 'shelved' ? before : null,
  }
}
