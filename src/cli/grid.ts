import { plain } from '../base/plain.js'
import { startThatFits, textWidth } from './text-width.js'

export interface Column<T> {
  readonly head: string
  readonly cell: (row: T) => string
  /** numbers stand right */
  readonly right?: boolean
  /** never narrower, and cut where the text is longer; absent: as wide as its widest text */
  readonly least?: number
  /** left out where the screen is narrower */
  readonly from?: number
  /** a colour, put on when the width is right */
  readonly paint?: (text: string, row: T) => string
}

const GAP = 2

/**
 * A table that fits into `width`: the columns with a `least` share what the others leave; where that is not
 * enough the last ones are left out.
 */
export function grid<T>(rows: readonly T[], all: readonly Column<T>[], width: number): string[] {
  const columns = all.filter(({ from = 0 }) => width >= from)
  const texts = rows.map((row) => columns.map(({ cell }) => plain(cell(row))))
  const widths = columns.map(({ head }, i) => Math.max(head.length, ...texts.map((line) => textWidth(line[i] ?? ''))))
  while (!shrink(widths, columns, width) && widths.length > 1) {
    widths.pop()
    columns.pop()
  }
  const line = (cells: readonly string[], paint: (text: string, i: number) => string) =>
    cells
      .slice(0, columns.length)
      .map((cell, i) => {
        const fitted = cut(cell, widths[i] ?? 0)
        const blank = ' '.repeat(Math.max(0, (widths[i] ?? 0) - textWidth(fitted)))
        const painted = paint(fitted, i)
        return columns[i]?.right === true ? blank + painted : painted + blank
      })
      .join(' '.repeat(GAP))
      .trimEnd()
  const head = line(
    columns.map((column) => column.head),
    (text) => text,
  )
  return [head, ...rows.map((row, n) => line(texts[n] ?? [], (text, i) => columns[i]?.paint?.(text, row) ?? text))]
}

/** False where they do not fit, however narrow. */
function shrink(widths: number[], columns: readonly { readonly least?: number }[], width: number): boolean {
  const total = () => widths.reduce((sum, one) => sum + one, 0) + GAP * (widths.length - 1)
  while (total() > width) {
    let widest: number | undefined
    for (const [i, { least }] of columns.entries()) {
      const own = widths[i] ?? 0
      if (least !== undefined && own > least && own > (widest === undefined ? 0 : (widths[widest] ?? 0))) widest = i
    }
    if (widest === undefined) return false
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return true
}

/** Cut with … where it is longer. */
export const cut = (text: string, width: number): string =>
  textWidth(text) <= width ? text : `${startThatFits(text, width - 1)}…`

/** At blanks, into lines that fit; inside a word only where it is longer than a line. */
export function folded(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ').flatMap((one) => pieces(one, Math.max(2, width)))) {
    const line = lines.at(-1)
    if (line !== undefined && textWidth(line) + 1 + textWidth(word) <= width)
      lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines.map((line) => line.trimEnd())
}

function pieces(word: string, width: number): string[] {
  const found: string[] = []
  let rest = word
  while (textWidth(rest) > width) {
    const piece = startThatFits(rest, width)
    found.push(piece)
    rest = rest.slice(piece.length)
  }
  return [...found, rest]
}
