import type { Receipt } from './destination.js'
import type { Hop } from './hop.js'
import type { Journalled } from './journal.js'
import type { Sent } from './sent.js'

/**
 * What was folded is made up for: the next message about the alert is a repeat with the same severity that was
 * delivered, or folded too, and the tags of all have arrived.
 */
export function auditFolds(
  messages: readonly Journalled[],
  byNumber: ReadonlyMap<number, Sent>,
  { name, ended }: Pick<Hop, 'name' | 'ended'>,
  got: readonly Pick<Receipt, 'status' | 'tags'>[],
): string[] {
  const arrived = new Set(got.filter(({ status }) => status < 300).flatMap(({ tags }) => tags))
  const faults: string[] = []
  /** by alert: what waits to be made up for */
  const waiting = new Map<string, Sent>()
  for (const { seq, n } of messages) {
    const one = byNumber.get(n)
    if (one === undefined || one.kind === 'heartbeat') continue
    const alert = `${one.lane} ${one.event}`
    const folded = waiting.get(alert)
    const state = ended.get(seq)?.state
    if (folded !== undefined) {
      const follows = one.kind === 'alert' && one.severity === folded.severity
      if (!follows || (state !== 'delivered' && state !== 'folded')) faults.push(about('folded into nothing', folded))
    }
    waiting.delete(alert)
    if (state !== 'folded') continue
    waiting.set(alert, one)
    if (!arrived.has(n)) faults.push(about('its tags were lost in the fold', one))
  }
  return [...faults, ...[...waiting.values()].map((one) => about('folded into nothing', one))]

  function about(what: string, { kind, n, lane }: Sent): string {
    return `${what}: ${kind} ${n} of ${lane} at ${name}`
  }
}
