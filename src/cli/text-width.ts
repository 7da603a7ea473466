/** Stands on the character before it. */
const MARK = /^[\p{Mn}\p{Me}]$/u
/** Takes two columns of a terminal: East Asian characters and emoji (Unicode TR 11, TR 51). */
const WIDE =
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]$/u
const LATIN = /^[\x20-\xff]*$/

/** How many columns of a terminal a text without control characters takes. */
export function textWidth(text: string): number {
  if (LATIN.test(text)) return text.length
  let width = 0
  for (const char of text) width += charWidth(char)
  return width
}

const charWidth = (char: string): number => (MARK.test(char) ? 0 : WIDE.test(char) ? 2 : 1)

/** As much of its beginning as fits. */
export function startThatFits(text: string, width: number): string {
  if (LATIN.test(text)) return text.slice(0, Math.max(0, width))
  let left = width
  let end = 0
  for (const char of text) {
    left -= charWidth(char)
    if (left < 0) break
    end += char.length
  }
  return text.slice(0, end)
}
