import type { AlertState, Applied } from '../model/ledger.js'
import type { Draft } from '../model/message.js'
import { applyAction } from './apply-action.js'
import { applyAlert } from './apply-alert.js'
import type { LedgerOptions } from './options.js'

/** The alert's state after a message, as Alerta 9.1.0 would have it. Pure; never throws for what passed ingress. */
export interface Ledger {
  /** `state`: of the alert that it repeats or correlates with, undefined where it is a new one */
  apply(draft: Extract<Draft, { kind: 'alert' }>, state: AlertState | undefined): Applied
  apply(draft: Extract<Draft, { kind: 'action' }>, state: AlertState): Applied
}

export const createLedger = (options: LedgerOptions): Ledger => ({
  apply: (draft: Extract<Draft, { kind: 'alert' | 'action' }>, state: AlertState | undefined) => {
    if (draft.kind === 'alert') return applyAlert(draft, state, options)
    return applyAction(draft, state as AlertState, options) // the signatures above see to it
  },
})
