import { isNormal } from '../model/alert.js'
import { type AlertState, type Applied, type HistoryEntry, STATE_ACTIONS } from '../model/ledger.js'
import type { Draft } from '../model/message.js'
import { act } from './machine.js'
import type { LedgerOptions } from './options.js'
import { earlierOf, longerTrail } from './trail.js'

type ActionDraft = Extract<Draft, { kind: 'action' }>

/** The status that holds for a time only, by the action that brings it about. */
const HELD: Readonly<Record<string, string>> = { ack: 'ack', shelve: 'shelved' }

/** What an operator's action makes of its alert; one that Alerta refuses with 409 leaves it as it was. */
export function applyAction(draft: ActionDraft, state: AlertState, options: LedgerOptions): Applied {
  const { action, acceptedAt } = draft
  const earlier = earlierOf(state, action)
  const move = act({ ...state, previousStatus: earlier.status }, action, options)
  if (move.kind === 'refused') return { state, entry: undefined, changed: false, refused: move.why }

  const { severity, status } = move
  const timeout = timeoutOf(draft, state, earlier.timeout, options)
  const entry: HistoryEntry = {
    id: state.id,
    event: state.event,
    severity,
    status,
    value: state.value,
    text: draft.text,
    type: STATE_ACTIONS.has(action) ? action : 'action', // Alerta's word for all others
    updateTime: acceptedAt,
    user: draft.credential,
    timeout,
  }
  const changed = severity !== state.severity || status !== state.status
  const next: AlertState = {
    ...state,
    severity,
    status,
    previousSeverity: severity === state.severity ? state.previousSeverity : state.severity,
    updateTime: acceptedAt,
    statusUntil: heldUntil(draft, state, status, timeout),
    ...trailAfter(draft, state, entry),
  }
  const ofNormal = status !== state.status && severity === state.severity && isNormal(severity, options)
  return { state: next, entry, changed, refused: undefined, ...(ofNormal ? { ofNormal } : {}) }
}

function trailAfter({ ranOut }: ActionDraft, state: AlertState, entry: HistoryEntry) {
  const remembered = longerTrail(state, entry)
  return ranOut ? { ...remembered, trail: { ...remembered.trail, ranOut } } : remembered
}

/** Seconds. As in Alerta 0 and none are the same: the default then counts. */
function timeoutOf(draft: ActionDraft, state: AlertState, earlier: number | null, options: LedgerOptions): number {
  switch (draft.action) {
    case 'ack':
      return draft.timeout || options.ackTimeoutS
    case 'unack':
      return draft.timeout || earlier || options.ackTimeoutS
    case 'shelve':
      return draft.timeout || options.shelveTimeoutS
    case 'unshelve':
      return draft.timeout || earlier || options.shelveTimeoutS
    case 'timeout':
      return draft.timeout || earlier || state.timeout
    default:
      return draft.timeout || state.timeout
  }
}

function heldUntil(draft: ActionDraft, state: AlertState, status: string, timeout: number): number {
  if (draft.action === 'timeout') return 0
  if (status === state.status) return state.statusUntil
  return HELD[draft.action] === status && timeout > 0 ? draft.acceptedAt + timeout * 1_000 : 0
}
