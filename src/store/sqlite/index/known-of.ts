import type { AboutAlert } from '../../../model/message.js'
import type { AlertIndex, IndexedAlert } from './alert-index.js'
import type { Ledger, LedgerEntry } from './ledger.js'

export interface Known {
  readonly entry: LedgerEntry | undefined
  /** the newest alert with this key that was deleted, where that matters */
  readonly gone: number | undefined
}

/** What the ledger has of a draft's alert. For a reception, what housekeeping took off the lists is gone as if it were deleted. */
export const createKnownOf =
  ({ index, ledger }: { readonly index: Pick<AlertIndex, 'gone'>; readonly ledger: Pick<Ledger, 'read'> }) =>
  (draft: AboutAlert, found: IndexedAlert | undefined): Known => {
    if (found === undefined) {
      return { entry: undefined, gone: draft.kind === 'alert' ? index.gone(draft.alert)[0] : undefined }
    }
    const entry = ledger.read(found.id)
    const isOff = draft.kind === 'alert' && entry?.cleared === true
    return isOff ? { entry: undefined, gone: found.id } : { entry, gone: undefined }
  }
