import type { Verdict } from '../../../model/decision.js'
import type { Draft } from '../../../model/message.js'
import type { Appended } from '../../appended.js'
import type { Budget } from '../../contract.js'
import type { Tx } from '../writer.js'
import type { QueueState, Queues } from './queues.js'

/** Where a queue is full the sender is refused, or the destination is left out until it can be resynced. */
export function createBudgetCheck(
  queues: Queues,
): (tx: Tx, verdicts: readonly Verdict[], draft: Draft) => Verdict[] | Appended {
  return (tx, verdicts, draft) => {
    const bytes = draft.body?.length ?? 0
    const fitting: Verdict[] = []
    for (const verdict of verdicts) {
      const queue = verdict.kind === 'queue' ? queues.byName(verdict.destination) : undefined
      if (queue === undefined || !isFull(queue, bytes)) fitting.push(verdict)
      else if (queue.overflow === 'refuse') {
        return { kind: 'refused', destination: queue.name, limit: passedLimit(queue, bytes) ?? 'rows' }
      } else {
        if (queue.overflowedAt === undefined) queues.overflow(tx, queue, draft.acceptedAt)
        fitting.push({ destination: queue.name, kind: 'skip', why: 'queue full', mark: verdict.mark })
      }
    }
    return fitting
  }
}

/** Whether it has no room for so many bytes more, or takes nothing until it is resynced. */
export const isFull = (queue: QueueState, more: number): boolean =>
  queue.overflowedAt !== undefined || passedLimit(queue, more) !== undefined

/** Which of its limits a queue would pass; undefined: none. */
function passedLimit({ rows, bytes, budget }: QueueState, more: number): keyof Budget | undefined {
  if (budget === undefined) return undefined
  if (rows >= budget.rows) return 'rows'
  return bytes + more > budget.bytes ? 'bytes' : undefined
}
