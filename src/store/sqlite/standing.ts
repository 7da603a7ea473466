import type { AlertState, Applied } from '../../model/ledger.js'
import type { Draft } from '../../model/message.js'

/** When something was first accepted by a relay, and by which message: of two that are equally old the later id wins. */
export interface Since {
  /** epoch ms */
  readonly stamp: number
  readonly by: string
}

/** Since when the parts of a state hold: receptions tell the severity, actions mostly the status. */
export interface Registers {
  readonly status: Since
  /** the newest reception, or action that set the severity */
  readonly severity: Since
  /** since when it is as bad as it is: an ack is for a severity, an earlier one does not cover it */
  readonly worse: Since
}

/**
 * How a write stands to what the ledger knows. `newest`: applied; `beside`: a reception that is newer than the last one,
 * while the status was changed since: its severity is applied, the status stays. `older`: relayed, not applied.
 * `outdated`: so much older that relaying it would undo what everybody knows.
 */
export type Standing = 'newest' | 'beside' | 'older' | 'outdated'

type AboutAlert = Exclude<Draft, { kind: 'heartbeat' }>

/** Clocks of relays may be so far apart, and ways so long: within it nothing is held back. */
const OUTDATED_MS = 30_000

export function standingOf(draft: AboutAlert, now: Since, applied: Applied | undefined, known: KnownState): Standing {
  const { registers, state } = known
  if (draft.kind !== 'delete' && applied?.changed !== true) return 'newest'
  const telling = draft.kind === 'delete' || draft.kind === 'alert' || applied?.state.severity !== state.severity
  if (telling && !isLater(now, registers.severity)) return older(now, registers.severity)
  if (draft.kind === 'action' && draft.action === 'ack' && !isLater(now, registers.worse)) {
    return older(now, registers.worse)
  }
  if (isLater(now, registers.status)) return 'newest'
  return draft.kind === 'alert' ? 'beside' : older(now, registers.status)
}

export interface KnownState {
  readonly registers: Registers
  readonly state: AlertState
}

/** The registers after a write that was applied; `known` undefined: it was the first. */
export function registersAfter(
  draft: AboutAlert,
  now: Since,
  applied: Pick<Applied, 'state'>,
  known: KnownState | undefined,
): Registers {
  if (known === undefined) return { status: now, severity: now, worse: now }
  const { state } = applied
  const { registers } = known
  const other = state.severity !== known.state.severity
  const latestIf = (touched: boolean, then: Since): Since => (touched && isLater(now, then) ? now : then)
  return {
    status: latestIf(state.status !== known.state.status, registers.status),
    severity: latestIf(draft.kind === 'alert' || other, registers.severity),
    worse: latestIf(other && state.trendIndication === 'moreSevere', registers.worse),
  }
}

/** A newer severity under a status that is newer still. */
export const besides = ({ state }: Applied, earlier: AlertState): AlertState =>
  state.status === 'closed'
    ? state
    : {
        ...state,
        status: earlier.status,
        previousStatus: earlier.previousStatus,
        statusUntil: earlier.statusUntil,
        ...(earlier.trail === undefined ? {} : { trail: earlier.trail }),
      }

export const sinceOf = (draft: AboutAlert, stamp: number): Since => ({ stamp, by: draft.messageId })

const isLater = (now: Since, then: Since): boolean =>
  now.stamp > then.stamp || (now.stamp === then.stamp && now.by >= then.by)

const older = (now: Since, then: Since): Standing => (then.stamp - now.stamp > OUTDATED_MS ? 'outdated' : 'older')
