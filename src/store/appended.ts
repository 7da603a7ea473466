import type { Heartbeat } from '../model/heartbeat.js'
import type { AlertState, HistoryEntry, Note } from '../model/ledger.js'
import type { Budget } from './contract.js'

/** An alert as the ledger has it now. */
export interface Current {
  readonly state: AlertState
  /** newest first */
  readonly history: readonly HistoryEntry[]
}

/** The same for an answer: nobody needs to understand the entries of its history. */
export interface CurrentAsKept {
  readonly state: AlertState
  /** newest first, each a HistoryEntry as JSON; none where nobody asked (see Draft) */
  readonly history: readonly string[]
}

export type Appended =
  | {
      readonly kind: 'accepted'
      readonly queued: readonly string[]
      readonly skipped: number
      /** it is older than what is known of its alert: noted in the history, and neither applied nor relayed */
      readonly outdated?: true
      /** of the skipped: those whose queue is full, and that are resynced when it is empty */
      readonly full: readonly string[]
      /** of a message that is an alert */
      readonly current: CurrentAsKept | undefined
      /** of a message that adds or changes one, about an alert that is known */
      readonly note?: Note | undefined
      /** of a message that is one, as it is kept */
      readonly heartbeat?: Heartbeat
    }
  /** `alertId`: of the first reception; both where they are still known */
  | {
      readonly kind: 'copy'
      readonly by: 'message id' | 'content'
      readonly alertId: string | undefined
      readonly current: CurrentAsKept | undefined
      readonly note?: Note | undefined
      readonly heartbeat?: Heartbeat
    }
  | { readonly kind: 'refused'; readonly destination: string; readonly limit: keyof Budget }
  /** the credential is bound to customers, and the alert is not known to be theirs */
  | { readonly kind: 'not theirs' }
  /** the alert was deleted */
  | { readonly kind: 'gone' }
  /** several alerts have an id that begins so */
  | { readonly kind: 'ambiguous' }
  /** the alert has no such note */
  | { readonly kind: 'no such note' }
