import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Outcome } from '../model/outcome.js'

/** Whether an attempt's line is worth reading, or says what the one before has said. */
export interface Failing {
  /** True: it is the first of its kind while the destination fails, or it brought something to its end. */
  isNews(outcome: Outcome): boolean
}

/** Different reasons within one outage; beyond, they alternate. */
const MOST_REASONS = 5

/**
 * A destination that is away fails every few seconds for hours: that is told when it begins, with each new reason, and
 * when it is over.
 */
export function createFailing(deps: {
  readonly destination: string
  readonly clock: Pick<Clock, 'monotonic'>
  readonly log: Log
}): Failing {
  const { destination, clock, log } = deps
  const reasons = new Set<string>()
  let failures = 0
  let since = 0

  function over(): void {
    if (failures > 1) {
      log.info({ destination, failures, ms: Math.round(clock.monotonic() - since) }, 'destination answers again')
    }
    failures = 0
    reasons.clear()
  }

  return {
    isNews(outcome) {
      const fails = outcome.kind === 'retry' || outcome.kind === 'unknown' || outcome.kind === 'suspend'
      if (!fails) {
        over()
        return true
      }
      if (failures === 0) since = clock.monotonic()
      failures += 1
      const reason = `${outcome.kind} ${outcome.status} ${outcome.note}`
      if (reasons.has(reason) || reasons.size >= MOST_REASONS) return false
      reasons.add(reason)
      return true
    },
  }
}
