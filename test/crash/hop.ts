import type { Receipt } from './destination.js'
import type { Ended, Journalled } from './journal.js'
import { type Rules, type Sent, wants } from './sent.js'

export interface Tally {
  /** deliveries that were owed: message × destination */
  owed: number
  delivered: number
  dead: number
  superseded: number
  folded: number
  /** more receipts than one, because the relay or the destination died in the attempt */
  doubledAfterUnknown: number
  /** more receipts than one, because a sender got no answer and sent again what had been accepted */
  doubledBySender: number
}

export const newTally = (): Tally => ({
  ...{ owed: 0, delivered: 0, dead: 0, superseded: 0, folded: 0, doubledAfterUnknown: 0, doubledBySender: 0 },
})

/** How often a destination took a message, and how often it refused it. */
export interface Count {
  readonly taken: number
  readonly refused: number
}
const NONE: Count = { taken: 0, refused: 0 }

/** The way from one relay to one destination. */
export interface Hop {
  readonly name: string
  readonly rules: Rules
  readonly rows: ReadonlyMap<number, readonly Journalled[]>
  /** by seq */
  readonly ended: ReadonlyMap<number, Ended>
  readonly counts: ReadonlyMap<number, Count>
  /** the position of each lane's last message */
  readonly newest: ReadonlyMap<string, number>
  /** the other side knows a message id again: it takes each message once, whatever happened on the way */
  readonly knowsIds: boolean
}

/** What went wrong with the deliveries of one hop; counts them. */
export function auditHop(hop: Hop, sent: readonly Sent[], tally: Tally): readonly string[] {
  return sent.flatMap((one) => {
    const own = hop.rows.get(one.n) ?? []
    const ends = own.flatMap(({ seq }) => hop.ended.get(seq) ?? [])
    const count = hop.counts.get(one.n) ?? NONE
    const found = wants(hop.rules, one) ? judge(hop, { one, own, ends, count }, tally) : judgeUnwanted(ends, count)
    return found.map((what) => `${what}: ${one.kind} ${one.n} of ${one.lane} at ${hop.name}`)
  })
}

interface Facts {
  readonly one: Sent
  readonly own: readonly Journalled[]
  readonly ends: readonly Ended[]
  readonly count: Count
}

function judge(hop: Hop, { one, own, ends, count }: Facts, tally: Tally): string[] {
  if (own.length === 0) return count.taken > 0 ? ['delivered but not journalled'] : []
  tally.owed += 1
  if (ends.length === 0) return ['lost: it has no end']
  const having = (state: string): number => ends.filter((end) => end.state === state).length
  const [delivered, dead] = [having('delivered'), having('dead')]
  const [superseded, folded] = [having('superseded'), having('folded')]
  tally.delivered += delivered > 0 ? 1 : 0
  tally.dead += dead > 0 ? 1 : 0
  tally.superseded += superseded > 0 && delivered === 0 ? 1 : 0
  tally.folded += folded > 0 && delivered === 0 ? 1 : 0
  tally.doubledBySender += Math.max(0, Math.min(count.taken, delivered) - 1)
  tally.doubledAfterUnknown += Math.max(0, count.taken - Math.max(1, delivered))

  const faults: string[] = []
  if (delivered + dead + superseded + (hop.rules.fold ? folded : 0) < ends.length)
    faults.push(`ended as ${ends.map(({ state }) => state)}`)
  if (count.taken < delivered) faults.push(`lost: ${delivered} times "delivered", ${count.taken} times received`)
  if (dead > 0 && count.refused === 0) faults.push('a dead letter that was never refused')
  if (superseded > 0 && !mayBeSuperseded(hop, one, own, delivered)) faults.push('superseded by nothing')
  const unknowns = ends.reduce((sum, end) => sum + end.unknowns, 0)
  if (count.taken > (hop.knowsIds ? own.length : delivered + unknowns)) {
    faults.push(`doubled without reason: received ${count.taken}, delivered ${delivered}, unknown ${unknowns}`)
  }
  return faults
}

/** By a later heartbeat of its origin, if only by its own repeat. */
const mayBeSuperseded = ({ newest }: Hop, one: Sent, own: readonly Journalled[], delivered: number): boolean =>
  one.kind === 'heartbeat' && (delivered > 0 || own.every(({ seq }) => seq < (newest.get(one.lane) ?? 0)))

const judgeUnwanted = (ends: readonly Ended[], count: Count): string[] =>
  ends.length > 0 || count.taken + count.refused > 0 ? ['went where it should not go'] : []

export function countReceipts(got: readonly Pick<Receipt, 'n' | 'status'>[]): ReadonlyMap<number, Count> {
  const counts = new Map<number, Count>()
  for (const { n, status } of got) {
    const { taken, refused } = counts.get(n) ?? NONE
    counts.set(n, status < 300 ? { taken: taken + 1, refused } : { taken, refused: refused + 1 })
  }
  return counts
}
