import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../house/source.js'

export const page = (name: string): string => readFileSync(join(ROOT, 'docs', name), 'utf8')

/** The part of a page under a heading of the second level. */
export function section(text: string, heading: string): string {
  const found = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))
  if (found === undefined) throw new Error(`there is no section "${heading}"`)
  return found
}

/** The fenced blocks of a language; '' for those without one. */
export const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)]
    .filter(([, found]) => found === language)
    .map(([, , block]) => block as string)

/** The cells of the table whose head begins with these words, row by row; code marks around a whole cell are taken off. */
export function table(text: string, ...head: string[]): string[][] {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => head.every((word, i) => cells(line)[i] === word))
  if (start === -1) throw new Error(`there is no table "${head.join(' | ')}"`)
  const rows = lines.slice(start + 2)
  const end = rows.findIndex((line) => !line.startsWith('|'))
  return rows.slice(0, end === -1 ? rows.length : end).map(cells)
}

const cells = (line: string): string[] =>
  line
    .replace(/\\\|/g, '\0')
    .split('|')
    .slice(1, -1)
    .map((cell) =>
      cell
        .replaceAll('\0', '|')
        .trim()
        .replace(/^`([^`]*)`$/, '$1'),
    )
