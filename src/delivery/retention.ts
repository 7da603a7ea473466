import type { Config } from '../config/schema.js'
import type { Retention } from '../store/contract.js'

/** A peer may send a message again as long as it keeps it, and a day more for clocks. */
const SEEN_EXTRA_MS = 86_400_000

/** How long what is configured is kept. */
export function retentionOf({
  limits,
  retention,
}: Pick<Config, 'limits' | 'retention'>): Omit<Retention, 'now' | 'limit'> {
  const seenMs = limits.max_age + SEEN_EXTRA_MS
  return {
    settledMs: retention.settled,
    deadMs: retention.dead,
    // what is still queued needs its alert's marks
    alertMs: Math.max(retention.alerts, seenMs),
    seenMs,
    auditMs: retention.audit,
  }
}
