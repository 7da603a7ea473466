import type { QueueStatus } from '../store/contract.js'

/** How much of its budget a queue has used, where that is worth a word. */
export interface Fullness {
  /** of its rows or bytes, whichever is nearer to the end */
  readonly percent: number
  /** `refuse`: senders are answered 503; `resync`: what came is left to a resync; `no`: there is room yet */
  readonly full: 'no' | 'refuse' | 'resync'
  readonly what: string
}

const HALF = 50
/** Of bytes: the next message does not fit any more. */
const FULL = 99

/** Undefined: less than half is used. `overflowed`: nothing more is queued until a resync. */
export function fullnessOf(
  { rows, bytes, budget }: Pick<QueueStatus, 'rows' | 'bytes' | 'budget'>,
  overflow: 'refuse' | 'resync',
  overflowed: boolean,
): Fullness | undefined {
  const percent = budget === undefined ? 0 : Math.floor(100 * Math.max(rows / budget.rows, bytes / budget.bytes))
  if (overflowed) return { percent, full: 'resync', what: 'its queue was full: what came since is left to a resync' }
  if (percent >= FULL && overflow === 'refuse') {
    return { percent, full: 'refuse', what: 'its queue is full: what would go there is refused with 503' }
  }
  return percent < HALF ? undefined : { percent, full: 'no', what: `its queue is ${percent} % full` }
}
