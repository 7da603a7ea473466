import type { AlertState, Earlier } from './ledger.js'

/** Where an alert stands by the clock: acks and shelvings end, and so do alerts of which nothing was heard for long. */
export interface Standing {
  readonly status: string
  /** closed, or of no interest any more */
  readonly over: boolean
}

const OVER = new Set(['closed', 'expired'])
const HELD = new Set(['ack', 'shelved'])

export const isOver = (status: string): boolean => OVER.has(status)

/** Until when the alert is held back by an ack or a shelving that ends, epoch ms; undefined: it is not, or for ever. */
export const heldUntil = ({ status, statusUntil }: AlertState): number | undefined =>
  HELD.has(status) && statusUntil > 0 ? statusUntil : undefined

/** What the ack or the shelving came after, whatever else has changed since; undefined: it is none, or nobody remembers. */
export function beforeHold({ status, trail }: AlertState): Earlier | undefined {
  const before = status === 'ack' ? trail?.beforeAck : status === 'shelved' ? trail?.beforeShelve : undefined
  return before ?? undefined
}

/** As the housekeeping will have it at `now` (alerta/management/views.py, 9.1.0), also where that is switched off. */
export function standingAt(state: AlertState, now: number): Standing {
  if (isOver(state.status)) return { status: state.status, over: true }
  if (state.timeout > 0 && state.lastReceiveTime + state.timeout * 1_000 < now) return { status: 'expired', over: true }
  const until = heldUntil(state)
  const ended = until !== undefined && until <= now
  return { status: ended ? (beforeHold(state)?.status ?? state.previousStatus) : state.status, over: false }
}
