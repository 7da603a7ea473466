import type { DestinationConfig } from '../config/destination.js'
import { identitiesOf } from '../config/identities.js'
import type { Ordering, Overflow } from '../model/destination.js'
import type { Budget } from './contract.js'

type Named = Pick<DestinationConfig, 'url' | 'base_url' | 'also_known_as'>

/**
 * The queues' budgets; where all together would take more than `room` bytes, cut down in proportion. It is asked
 * each time, for a disk may get more room while the relay runs.
 */
export function budgetsOf(
  destinations: readonly Pick<
    DestinationConfig,
    'name' | 'queue' | 'overflow' | 'fold' | 'forward' | 'order_by' | 'backoff' | 'formerly' | keyof Named
  >[],
  room: () => number,
): {
  readonly share: () => number
  readonly budgets: {
    readonly name: string
    readonly budget: Budget
    readonly overflow: Overflow
    readonly fold: boolean
    readonly forward: readonly string[]
    readonly orderBy: Ordering
    readonly longestWaitMs: number
    readonly formerly: readonly string[]
    readonly urls: readonly string[]
  }[]
} {
  const wanted = destinations.reduce((sum, { queue }) => sum + queue.bytes, 0)
  const share = () => (wanted > room() ? room() / wanted : 1)
  const budgets = destinations.map(
    ({ name, queue, overflow, fold, forward, order_by, backoff, formerly, ...named }) => ({
      name,
      overflow,
      fold,
      forward,
      orderBy: order_by,
      longestWaitMs: backoff.ceiling,
      formerly,
      urls: [...identitiesOf(named)],
      budget: {
        rows: queue.rows,
        get bytes() {
          return Math.floor(queue.bytes * share())
        },
      },
    }),
  )
  return { share, budgets }
}
