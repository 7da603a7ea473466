import type { Lane } from '../../../model/order.js'
import type { OutboxRow, Pager } from './window.js'

/**
 * How many rows each lane has beyond the window, where a backlog is longer than that. A lane that has none there and
 * none in the window need not wait for the backlog: what comes in for it can go at once. Where the count is not known,
 * too large, or meets damage, all wait their turn: it must never stop anything. Nothing here is the truth either.
 */
export interface Beyond {
  /** How many rows there are; undefined: not known. */
  rows(): number | undefined
  /** A row was queued. True: it is its lane's only one. */
  came(seq: number, lane: Lane): boolean
  /** A row beyond the window was read into it, or has left the outbox. */
  left(seq: number, lane: Lane): void
  /** Counts some of the rows behind `cursor`, where that has not been done. */
  look(cursor: number): void
  /** The window has read all there is. */
  none(cursor: number): void
}

export interface BeyondLimits {
  /** rows counted in one look */
  readonly rows: number
  /** of more lanes no count is kept, until the window has read them */
  readonly lanes: number
}

export function createBeyond(pager: Pick<Pager, 'after'>, limits: BeyondLimits): Beyond {
  const counts = new Map<Lane, number>()
  let state: 'counting' | 'known' | 'given up' = 'counting'
  let countedTo = 0
  let rows = 0

  function begin(at: number, as: typeof state): void {
    counts.clear()
    rows = 0
    countedTo = at
    state = as
  }

  function count(seq: number, lane: Lane): number {
    const found = (counts.get(lane) ?? 0) + 1
    counts.set(lane, found)
    countedTo = seq
    rows += 1
    if (counts.size > limits.lanes) begin(0, 'given up')
    return found
  }

  /** Undefined: damaged there. Who comes to it in its turn says so. */
  function read(after: number): readonly OutboxRow[] | undefined {
    try {
      return pager.after(after, limits.rows)
    } catch {
      return undefined
    }
  }

  return {
    rows: () => (state === 'known' ? rows : undefined),
    came: (seq, lane) => state === 'known' && count(seq, lane) === 1 && state === 'known',
    left(seq, lane) {
      // one that is not counted yet takes nothing off: an older row of the lane may be
      const found = counts.get(lane)
      if (found === undefined || seq > countedTo) return
      rows -= 1
      if (found > 1) counts.set(lane, found - 1)
      else counts.delete(lane)
    },
    look(cursor) {
      if (state !== 'counting') return
      const found = read(Math.max(cursor, countedTo))
      if (found === undefined) return begin(0, 'given up')
      for (const { seq, lane } of found) {
        count(seq, lane)
        if (state !== 'counting') return
      }
      if (found.length < limits.rows) state = 'known'
    },
    none: (cursor) => begin(cursor, 'known'),
  }
}
