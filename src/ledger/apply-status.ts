import type { AlertState, Applied, HistoryEntry } from '../model/ledger.js'
import type { Draft } from '../model/message.js'
import type { LedgerOptions } from './options.js'
import { longerTrail } from './trail.js'

type StatusDraft = Extract<Draft, { kind: 'status' }>

/** The status as it is told, whatever Alerta's machine would say (alerta/models/alert.py: from_status, 9.1.0). */
export function applyStatus(draft: StatusDraft, state: AlertState, { timeoutS }: LedgerOptions): Applied {
  const { status, text, acceptedAt, credential } = draft
  // as in Alerta 0 and none are the same, and the alert itself lives as long from now on
  const timeout = draft.timeout || timeoutS
  const { id, event, severity, value } = state
  const entry: HistoryEntry = {
    ...{ id, event, severity, status, value, text, type: 'status', updateTime: acceptedAt, user: credential, timeout },
  }
  const changed = status !== state.status
  const next: AlertState = {
    ...state,
    status,
    timeout,
    updateTime: acceptedAt,
    statusUntil: changed ? 0 : state.statusUntil,
    ...longerTrail(state, entry),
  }
  return { state: next, entry, changed, refused: undefined }
}
