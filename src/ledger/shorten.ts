import type { HistoryEntry } from '../model/ledger.js'

/**
 * Characters of each text in a history entry. Alerta keeps them whole; here a hundred entries of an alert go into each
 * answer, and a text may have 16 MiB. The alert itself keeps its whole text and value.
 */
const LONGEST_TEXT = 4_096

export function shorten(entry: HistoryEntry): HistoryEntry {
  const { event, value, text, type } = entry
  const isShort = event.length + (value?.length ?? 0) + text.length + type.length <= LONGEST_TEXT
  if (isShort) return entry
  return { ...entry, event: cut(event), value: value && cut(value), text: cut(text), type: cut(type) }
}

function cut(text: string): string {
  if (text.length <= LONGEST_TEXT) return text
  const isHalf = /[\uD800-\uDBFF]/.test(text.charAt(LONGEST_TEXT - 1))
  return text.slice(0, LONGEST_TEXT - (isHalf ? 1 : 0))
}
