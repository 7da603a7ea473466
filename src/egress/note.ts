/** Long enough for any message of Alerta's; the note is kept for every delivery. */
const MAX_NOTE_CHARS = 300

/** Control, format and line-separating characters: they could rewrite a terminal or a log line. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** A peer's text made fit for a note: one line, bounded, nothing in it that acts. */
export function toNote(text: string): string {
  const line = text
    .slice(0, 4 * MAX_NOTE_CHARS)
    .replace(/\s+/g, ' ')
    .replace(UNSAFE, '\ufffd')
    .trim()
  const chars = [...line]
  return chars.length <= MAX_NOTE_CHARS ? line : `${chars.slice(0, MAX_NOTE_CHARS - 1).join('')}…`
}
