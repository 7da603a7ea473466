import { unreachable } from '../base/unreachable.js'
import type { AlertState, Applied, Note, StillTold } from '../model/ledger.js'
import type { AboutAlert, Draft } from '../model/message.js'
import { applyAction } from './apply-action.js'
import { applyAlert } from './apply-alert.js'
import { applyDetails } from './apply-details.js'
import { applyNote } from './apply-note.js'
import { applyStatus } from './apply-status.js'
import { merge } from './merge.js'
import type { LedgerOptions } from './options.js'
import { shorten } from './shorten.js'

type AlertDraft = Extract<Draft, { kind: 'alert' }>
/** All that may happen to an alert between its receptions and its delete. */
type ChangeDraft = Exclude<AboutAlert, { kind: 'alert' | 'delete' }>

/** The alert's state after a message, as Alerta 9.1.0 would have it. Pure; never throws for what passed ingress. */
export interface Ledger {
  /** `state`: of the alert that it repeats or correlates with, undefined where it is a new one */
  apply(draft: AlertDraft, state: AlertState | undefined): Applied
  /** `note`: that the draft is about, as it is; undefined: there is none */
  apply(draft: ChangeDraft, state: AlertState, note?: Note): Applied
  /** What another relay made of it, of which the parts in `told` still count, put into what we made of it. */
  merge(draft: AlertDraft | ChangeDraft, applied: Applied, told: StillTold, earlier: AlertState | undefined): Applied
}

export const createLedger = (options: LedgerOptions): Ledger => ({
  apply: (draft: AlertDraft | ChangeDraft, state: AlertState | undefined, note?: Note) =>
    // the signatures above see to it that there is one
    shortened(
      draft.kind === 'alert' ? applyAlert(draft, state, options) : change(draft, state as AlertState, note, options),
    ),
  merge: (draft, applied, told, earlier) => shortened(merge(draft, applied, told, earlier, options)),
})

const shortened = (applied: Applied): Applied =>
  applied.entry === undefined ? applied : { ...applied, entry: shorten(applied.entry) }

function change(draft: ChangeDraft, state: AlertState, note: Note | undefined, options: LedgerOptions): Applied {
  switch (draft.kind) {
    case 'action':
      return applyAction(draft, state, options)
    case 'status':
      return applyStatus(draft, state, options)
    case 'tag':
    case 'untag':
    case 'attributes':
      return applyDetails(draft, state)
    case 'note':
      return applyNote(draft, state, note)
    default:
      return unreachable(draft)
  }
}
