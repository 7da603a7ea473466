import type { Clock } from '../base/clock.js'
import type { Counters } from '../base/counters.js'
import type { Log } from '../base/log.js'
import type { Meter } from '../base/meter.js'
import type { Delivery, Settlement } from '../model/delivery.js'
import type { Outcome } from '../model/outcome.js'
import { createFailing } from './failing.js'

export interface ReportDeps {
  readonly destination: string
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly meter: Meter
}

/** Tells log and counters of an attempt that is over and written. `ms`: how long it took. */
export type Report = (delivery: Delivery, outcome: Outcome, settlement: Settlement, ms: number) => void

export function createReport(deps: ReportDeps): Report {
  const { destination, clock, log, counters, meter } = deps
  const failing = createFailing(deps)
  return ({ message, attempt }, outcome, settlement, ms) => {
    const facts = {
      message: message.messageId,
      kind: message.kind,
      alert: message.alertId,
      destination,
      attempt,
      outcome: outcome.kind,
      status: outcome.status,
      note: outcome.note,
      to: settlement.to,
      ms,
      ageMs: clock.now() - message.acceptedAt,
    }
    if (failing.isNews(outcome) || settlement.to !== 'queued') log.info(facts, 'delivery attempted')
    else log.debug(facts, 'delivery attempted')
    counters.add(`attempt.${outcome.kind}`, destination)
    meter.attempted(destination, ms)
  }
}
