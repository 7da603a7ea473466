import { readFileSync } from 'node:fs'

/** A row of a table in docs/compatibility.md. */
export interface Row {
  /** what it is about: the code spans of its first cell; * is any text */
  readonly names: readonly string[]
  /** the other cells, as written */
  readonly cells: readonly string[]
}

const page = readFileSync(new URL('../../docs/compatibility.md', import.meta.url), 'utf8')

/** The rows of the table under a heading of the page; throws where there is none. */
export function rowsUnder(heading: string): readonly Row[] {
  const section = page.split(/^#+ /m).find((text) => text.startsWith(`${heading}\n`))
  const [, , ...lines] = (section ?? '').split('\n').filter((line) => line.startsWith('|'))
  if (lines.length === 0) throw new Error(`docs/compatibility.md has no table under "${heading}"`)
  return lines.map((line) => {
    const [first = '', ...cells] = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim())
    return { names: codeIn(first), cells }
  })
}

/** The headings right below a heading of the page. */
export function headingsUnder(heading: string): readonly string[] {
  const [, section = ''] = page.split(`\n## ${heading}\n`)
  return [...(section.split(/^## /m)[0] ?? '').matchAll(/^### (.*)$/gm)].map((match) => match[1] as string)
}

export const isAbout = (row: Row, name: string): boolean =>
  row.names.some((pattern) => new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`).test(name))

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** `code` in a cell. */
export const codeIn = (cell: string): readonly string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string)

/** "texts" in a cell. */
export const quotedIn = (cell: string): readonly string[] =>
  [...cell.matchAll(/"([^"]+)"/g)].map((match) => match[1] as string)

/** The status that a cell begins with. */
export const statusIn = (cell: string): number => Number(/^\d{3}\b/.exec(cell)?.[0])
