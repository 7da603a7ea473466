import { unreachable } from '../base/unreachable.js'
import type { Delivery, Progress, Settlement } from '../model/delivery.js'
import { inWords, is5xx, type Outcome, type Probe } from '../model/outcome.js'
import type { Backoff } from './backoff.js'

/** What an outcome means for the destination, beside the delivery. */
export type Effect =
  | { readonly kind: 'success' }
  | { readonly kind: 'fault' }
  | { readonly kind: 'busy'; readonly untilMs: number | undefined }
  | { readonly kind: 'died'; readonly reason: string; readonly scoped: boolean }
  | { readonly kind: 'suspend'; readonly why: string; readonly hint: string; readonly probe: Probe }
  /** it says nothing about the destination */
  | { readonly kind: 'none' }

export interface Conclusion {
  readonly settlement: Settlement
  readonly effect: Effect
}

export interface Context {
  readonly now: number
  readonly backoff: Backoff
  /** epoch ms of the destination's last success, by another lane or a probe; 0: none */
  readonly lastWellAt: number
  readonly poisonAfterMs: number
  /** the destination is suspended and this delivery is its probe */
  readonly head: boolean
  /** the relay stops: the attempt was cut off */
  readonly cutOff: boolean
}

/** A 5xx so often on one item, while others pass, is the item's own fault. */
const POISON_ANSWERS = 4
/** After good probes the same delivery may suspend its destination so often, then it dies. */
const SUSPENSIONS = 2
/** An action's alert may still be on its way there in another lane. */
const NOT_FOUND_UNKNOWN = 3
/** What could be done about it was done: once more, for the peer may have been about to forget it. */
const NOT_FOUND_LOST = 1

/** It was answered with 5xx before, and the destination was well since: another one is its own fault. */
export const wasWellSince = ({ progress }: Delivery, lastWellAt: number): boolean =>
  progress.faults > 0 && lastWellAt > progress.lastFaultAt

/** Whether it matters, for the blame of this outcome, that the destination is well apart from this item. */
export function wantsProof(delivery: Delivery, outcome: Outcome, { lastWellAt }: Context): boolean {
  const { progress } = delivery
  return is5xx(outcome) && progress.faults > 0 && !wasWellSince(delivery, lastWellAt)
}

/** How the delivery ends or goes on, and what it says about the destination. */
export function conclude(delivery: Delivery, outcome: Outcome, context: Context): Conclusion {
  if (context.cutOff && (outcome.kind === 'unknown' || outcome.kind === 'retry')) {
    const unknowns = delivery.progress.unknowns + (outcome.kind === 'unknown' ? 1 : 0)
    const settlement = { ...snoozed(delivery, outcome.note), progress: { ...delivery.progress, unknowns } }
    return { settlement, effect: { kind: 'none' } }
  }
  const conclusion = byOutcome(delivery, outcome, context)
  const { settlement, effect } = conclusion
  if (!context.head || settlement.to !== 'dead' || (effect.kind === 'died' && effect.scoped)) return conclusion
  // A queue that is suspended is kept whole: its head is tried, not buried.
  return {
    settlement: snoozed(delivery, outcome.note),
    effect: { kind: 'suspend', why: inWords(outcome), hint: 'the head of the queue is refused', probe: 'head' },
  }
}

/** Back in the queue with the attempt given back. */
export const snoozed = (delivery: Delivery, note: string): Extract<Settlement, { to: 'queued' }> => ({
  to: 'queued',
  notBefore: 0,
  spent: false,
  progress: delivery.progress,
  status: null,
  note,
})

export const superseded = (note: string): Settlement => ({ to: 'superseded', status: null, note })

/** A heartbeat says "alive now": past its own timeout it would tell a lie. */
export function isStale({ message: { kind, timeout, acceptedAt } }: Delivery, now: number): boolean {
  return kind === 'heartbeat' && timeout !== null && timeout > 0 && now > acceptedAt + timeout * 1_000
}

/** One clause per outcome. */
function byOutcome(delivery: Delivery, outcome: Outcome, context: Context): Conclusion {
  const { status, note } = outcome
  const { now, backoff } = context
  const { progress, attempt } = delivery
  const end = (to: 'delivered' | 'suppressed' | 'dead', alias?: string): Settlement => ({
    to,
    status,
    note: note !== '' ? note : to === 'dead' ? `status ${status}` : null,
    ...(alias === undefined ? {} : { alias }),
  })
  const again = (waitMs: number, changed: Partial<Progress>, spent = true): Settlement => ({
    to: 'queued',
    notBefore: now + waitMs,
    spent,
    progress: { ...progress, ...changed },
    status,
    note,
  })

  switch (outcome.kind) {
    case 'delivered':
      return { settlement: end('delivered', outcome.alias), effect: { kind: 'success' } }
    case 'suppressed':
      return { settlement: end('suppressed'), effect: { kind: 'success' } }
    case 'dead':
      return {
        settlement: end('dead'),
        // a credential that may not even send alerts is of no use: that must stop the destination
        effect: { kind: 'died', reason: note, scoped: outcome.cause === 'scope' && delivery.message.kind !== 'alert' },
      }
    case 'unknown':
      return {
        settlement: again(backoff.wait(attempt), { unknowns: progress.unknowns + 1 }),
        effect: { kind: 'fault' },
      }
    case 'retry': {
      if (outcome.fault === 'busy') {
        const untilMs = outcome.afterMs === undefined ? undefined : now + backoff.retryAfter(outcome.afterMs)
        return { settlement: again(0, {}), effect: { kind: 'busy', untilMs } }
      }
      if (!is5xx(outcome)) return { settlement: again(backoff.wait(attempt), {}), effect: { kind: 'fault' } }
      return blame(delivery, outcome, context)
    }
    case 'suspend': {
      if (outcome.probe === 'request' && progress.suspensions >= SUSPENSIONS) {
        return { settlement: end('dead'), effect: { kind: 'died', reason: note, scoped: false } }
      }
      const suspensions = progress.suspensions + 1
      return {
        settlement: again(0, { suspensions }, false),
        effect: { kind: 'suspend', why: inWords(outcome), hint: outcome.hint, probe: outcome.probe },
      }
    }
    case 'not found': {
      const later = (n: number, changed: Partial<Progress>): Conclusion => ({
        settlement: again(backoff.wait(n), changed),
        effect: { kind: 'success' },
      })
      if (outcome.alert === 'expected') return later(attempt, {})
      const isLost = outcome.alert === 'lost again'
      const notFound = progress.notFound + 1
      if (notFound <= (isLost ? NOT_FOUND_LOST : NOT_FOUND_UNKNOWN)) return later(notFound, { notFound })
      if (isLost) {
        const reason = `the alert is not known there any more: ${note}`
        return { settlement: { to: 'dead', status, note: reason }, effect: { kind: 'died', reason, scoped: false } }
      }
      return { settlement: { to: 'suppressed', status, note: 'unknown there' }, effect: { kind: 'success' } }
    }
    default:
      return unreachable(outcome)
  }
}

/** A 5xx is the item's fault when it comes again and again while others pass; else everybody's, and counts anew. */
function blame(
  delivery: Delivery,
  { status, note }: Outcome,
  { now, backoff, lastWellAt, poisonAfterMs }: Context,
): Conclusion {
  const { progress, attempt } = delivery
  const first = !wasWellSince(delivery, lastWellAt)
  const faults = first ? 1 : progress.faults + 1
  const firstFaultAt = first ? now : progress.firstFaultAt
  if (faults >= POISON_ANSWERS && now - firstFaultAt >= poisonAfterMs) {
    const reason = `${note}, ${faults} times while others passed`
    return { settlement: { to: 'dead', status, note: reason }, effect: { kind: 'died', reason, scoped: false } }
  }
  const changed = { ...progress, faults, firstFaultAt, lastFaultAt: now }
  const settlement: Settlement = {
    ...snoozed(delivery, note),
    notBefore: now + backoff.wait(attempt),
    spent: true,
    progress: changed,
    status,
  }
  return { settlement, effect: { kind: 'fault' } }
}
