import type { Receipt } from './destination.js'
import type { Journalled } from './journal.js'
import type { Sent } from './sent.js'

/**
 * Within a lane a destination gets messages in the order of their acceptance. The same one again is no disorder: it is
 * the head that is tried again. A message that was accepted twice may stand at either of its places.
 */
export function auditOrder(
  got: readonly Pick<Receipt, 'n'>[],
  rows: ReadonlyMap<number, readonly Journalled[]>,
  byNumber: ReadonlyMap<number, Sent>,
  name: string,
): string[] {
  const faults: string[] = []
  const reached = new Map<string, number>()
  for (const { n } of got) {
    const lane = byNumber.get(n)?.lane
    if (lane === undefined) continue
    const at = reached.get(lane) ?? 0
    const place = rows.get(n)?.find(({ seq }) => seq >= at)
    if (place === undefined) faults.push(`out of order: ${n} of ${lane} at ${name}`)
    else reached.set(lane, place.seq)
  }
  return faults
}
