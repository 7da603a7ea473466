import { unreachable } from '../../../base/unreachable.js'
import { MOVE_COUNTS, type MoveCounts, type Moved, type QueueSlice } from '../../moves.js'
import { isFull } from '../outbox/budget-check.js'
import type { EndDelivery } from '../outbox/end-delivery.js'
import type { QueueState } from '../outbox/queues.js'
import type { Heartbeats } from '../upkeep/heartbeats.js'
import type { Tx } from '../writer.js'
import { MOVED_TO, type Placing } from './place.js'
import type { Waiting, Walk } from './waiting.js'

export interface MoveDeps {
  readonly walk: Walk
  readonly placing: Placing
  readonly endDelivery: EndDelivery
  readonly heartbeats: Heartbeats
}

type Fate = Exclude<keyof MoveCounts, 'covered'>

/**
 * Puts a slice of one queue behind another. Each delivery becomes a new reception: the window of the other queue has
 * advanced past the old number, and what waits or went there since must not be overtaken (docs/decisions/0002-outbox-layout.md).
 */
export function createMove({ walk, placing, endDelivery, heartbeats }: MoveDeps) {
  function fateOf(to: QueueState, delivery: Waiting, newest: Map<number, number>, now: number): Fate {
    if (isOver(delivery, now)) return 'outdated'
    if (!to.takes.has(delivery.kind)) return 'notTaken'
    if (placing.cameFrom(to, delivery)) return 'passed'
    if (placing.has(to, delivery)) return 'alreadyThere'
    return placing.isOld(to, delivery, newest) ? 'asNow' : 'moved'
  }

  const isOver = ({ kind, lane, seq, timeout, accepted_at }: Waiting, now: number): boolean =>
    kind === 'heartbeat' &&
    (heartbeats.laterThan({ lane, seq }) !== undefined || accepted_at + (timeout ?? 0) * 1_000 < now)

  return (tx: Tx, from: QueueState, to: QueueState, { dryRun, now, ...slice }: QueueSlice): Moved => {
    const counts = Object.fromEntries(MOVE_COUNTS.map((name) => [name, 0])) as Record<keyof MoveCounts, number>
    const sentNow = new Set<number>()
    const newest = new Map<number, number>()
    let full = false
    const end = ({ seq, bytes }: Waiting, note: string, by?: number) => {
      const ending = { state: 'discarded', note, status: null, tried: undefined, bytes, by } as const
      endDelivery(tx, from, seq, ending, now)
    }

    function settle(delivery: Waiting, fate: Fate): void {
      switch (fate) {
        case 'notTaken':
        case 'passed':
          return
        case 'outdated':
          return end(delivery, 'a heartbeat whose time is over')
        case 'alreadyThere':
          return end(delivery, `${MOVED_TO}${to.name}, which has or had it`)
        case 'moved':
          return end(delivery, `${MOVED_TO}${to.name}`, placing.asItWas(tx, to, delivery, from, now))
        case 'asNow': {
          const sent = placing.asNow(tx, to, delivery.alert as number, now)
          if (sent) counts.asNow += 1
          return end(delivery, `${MOVED_TO}${to.name} as the state of its alert, of which it has newer`)
        }
        default:
          return unreachable(fate)
      }
    }

    const { next, inFlight } = walk(from, slice, (delivery) => {
      const fate = fateOf(to, delivery, newest, now)
      const adds = fate === 'moved' || fate === 'asNow'
      full = adds && isFull(to, delivery.bytes)
      if (full) return false
      if (fate === 'asNow') {
        counts.covered += 1
        if (dryRun && !sentNow.has(delivery.alert as number)) counts.asNow += 1
        sentNow.add(delivery.alert as number)
      } else counts[fate] += 1
      if (!dryRun) settle(delivery, fate)
      return true
    })
    return { ...counts, next, inFlight, full }
  }
}
