import type { Overflow } from '../../../model/destination.js'
import { type Draft, isAboutAlert } from '../../../model/message.js'
import type { Decide } from '../../contract.js'
import type { Foreseen } from '../../foresee.js'
import type { AlertIndex } from '../index/alert-index.js'
import { factsAlone, factsOf } from '../index/facts.js'
import { createKnownOf } from '../index/known-of.js'
import type { Ledger } from '../index/ledger.js'
import { isFull } from '../outbox/budget-check.js'
import type { Queues } from '../outbox/queues.js'

export interface ForeseeDeps {
  readonly index: AlertIndex
  readonly ledger: Ledger
  readonly queues: Queues
  readonly decide: Decide
}

/** The looks and decisions of append.ts for a message that nobody has sent before, without its writes. */
export function createForesee({
  index,
  ledger,
  queues,
  decide,
}: ForeseeDeps): (draft: Draft) => Foreseen | 'ambiguous' {
  const knownOf = createKnownOf({ index, ledger })

  function fullFor(draft: Draft, decision: Foreseen['decision']): Foreseen['full'] {
    const full = new Map<string, Overflow>()
    if (decision.kind !== 'accept') return full
    for (const { kind, destination } of decision.verdicts) {
      const queue = queues.byName(destination)
      if (kind === 'queue' && isFull(queue, draft.body?.length ?? 0)) full.set(destination, queue.overflow)
    }
    return full
  }

  return (draft) => {
    if (!isAboutAlert(draft)) {
      const decision = decide(draft, factsAlone(false))
      return { decision, known: undefined, full: fullFor(draft, decision) }
    }
    const found = index.find(draft, undefined)
    if (found === 'ambiguous') return found
    const { entry, gone } = knownOf(draft, found)
    const judged = ledger.judge(draft, entry, gone === undefined ? undefined : ledger.stampOf(gone))
    const decision = decide(draft, factsOf(draft, judged, { seen: false, alert: found?.known }))
    return { decision, known: found?.known, full: fullFor(draft, decision) }
  }
}
