import { parser } from '@lezer/python'
import { takeApart } from './string-literal.js'

type Tree = ReturnType<typeof parser.parse>
export type SyntaxNode = Tree['topNode']

/** A parsed Python file; nothing of it has been run. */
export interface PythonFile {
  readonly text: string
  readonly tree: Tree
  lineOf(node: SyntaxNode): number
}

export interface Mistake {
  /** counted from 1 */
  readonly line: number
  readonly message: string
}

export type ParsedPython =
  | { readonly ok: true; readonly file: PythonFile }
  | { readonly ok: false; readonly mistake: Mistake }

/** Python 3. Messages never quote the file, for it may hold secrets where the mistake is. */
export function parsePython(given: string): ParsedPython {
  const text = given.replace(/^\uFEFF/, '')
  const tree = parser.parse(text)
  const lineAt = lineFinder(text)
  // after the first mistake the parser guesses, and what it finds then may be none
  let first: { at: number; message: string } | undefined
  const add = (at: number, message: string): void => {
    if (first === undefined || at < first.at) first = { at, message }
  }
  const cursor = tree.cursor()
  do {
    const { node } = cursor
    if (isText(node) && isOpen(text.slice(node.from, node.to))) add(node.from, 'a text that begins here does not end')
    else if (node.type.isError) {
      const bracket = openBracket(node)
      if (bracket !== undefined)
        add(bracket.from, `the bracket ${bracket.name} that opens here is not closed, or a comma is missing in it`)
      else add(node.from, `is no valid Python at column ${node.from - lineStart(text, node.from) + 1}`)
    } else if (node.parent?.name === 'Script' && indented(text, node)) {
      add(node.from, 'is indented, and nothing above it opens a block')
    }
  } while (cursor.next())
  if (first !== undefined) return { ok: false, mistake: { line: lineAt(first.at), message: first.message } }
  return { ok: true, file: { text, tree, lineOf: ({ from }) => lineAt(from) } }
}

const isText = ({ name }: SyntaxNode): boolean => name === 'String' || name === 'FormatString'

const isOpen = (source: string): boolean => /^[a-zA-Z]*['"]/.test(source) && takeApart(source) === undefined

const BRACKETS: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' }

/** The bracket around a mistake that has no partner. */
function openBracket(error: SyntaxNode): SyntaxNode | undefined {
  for (let around = error.parent; around !== null; around = around.parent) {
    const first = around.firstChild
    const closing = first === null ? undefined : BRACKETS[first.name]
    if (first !== null && closing !== undefined && around.lastChild?.name !== closing) return first
  }
  return undefined
}

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1

function indented(text: string, node: SyntaxNode): boolean {
  if (node.name === 'Comment') return false
  const before = text.slice(lineStart(text, node.from), node.from)
  return before !== '' && before.trim() === ''
}

/** Counts lines by a table: files of configuration are read from top to bottom many times. */
function lineFinder(text: string): (at: number) => number {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
  return (at) => {
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] as number) <= at) low = middle
      else high = middle
    }
    return low + 1
  }
}
