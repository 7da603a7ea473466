import { iso } from '../base/clock.js'
import type { AlertState, HistoryEntry, Note } from '../model/ledger.js'

/** An alert of the ledger as Alerta's API shows it, the history oldest first (alerta/models/alert.py: serialize). */
export function shownAlert(
  { state, history }: { readonly state: AlertState; readonly history: readonly HistoryEntry[] },
  baseUrl: string,
): Readonly<Record<string, unknown>> {
  const { previousStatus: _, statusUntil: __, trail: ___, ...alert } = state
  return {
    ...alert,
    href: hrefOf(state.id, baseUrl),
    receiveTime: iso(state.receiveTime),
    lastReceiveTime: iso(state.lastReceiveTime),
    updateTime: iso(state.updateTime),
    history: history.toReversed().map((entry) => shownEntry(entry, baseUrl)),
  }
}

/** A note as Alerta's API shows it (alerta/models/note.py: serialize). */
export const shownNote = (note: Note, baseUrl: string): Readonly<Record<string, unknown>> => {
  const { alert, createTime, updateTime, ...rest } = note
  return {
    ...rest,
    href: `${baseUrl}/note/${encodeId(note.id)}`,
    type: 'alert',
    createTime: iso(createTime),
    updateTime: updateTime === null ? null : iso(updateTime),
    related: { alert },
    _links: { alert: hrefOf(alert, baseUrl) },
  }
}

const shownEntry = (entry: HistoryEntry, baseUrl: string) => ({
  ...entry,
  href: hrefOf(entry.id, baseUrl),
  updateTime: iso(entry.updateTime),
})

export const hrefOf = (id: string, baseUrl: string): string => `${baseUrl}/alert/${encodeId(id)}`

/** Through a Buffer, for an id may hold half a surrogate pair, on which encodeURIComponent throws. */
export const encodeId = (id: string): string => encodeURIComponent(Buffer.from(id).toString())
