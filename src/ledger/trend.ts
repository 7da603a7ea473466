import { levelOf, type Severities } from '../model/alert.js'
import type { Trend } from '../model/ledger.js'

/** No change also where one of the two is in nobody's map: a peer may have another. */
export function trendOf(previous: string, current: string, severities: Severities): Trend {
  const [before, now] = [levelOf(severities, previous), levelOf(severities, current)]
  if (before === undefined || now === undefined || before === now) return 'noChange'
  return now < before ? 'moreSevere' : 'lessSevere'
}
