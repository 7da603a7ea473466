import { CannotRead } from './cannot-read.js'
import { children, type Scope } from './scope.js'
import type { SyntaxNode } from './syntax.js'
import type { Value } from './values.js'

/** What a name stands for at the end of the file; `line` is that of the last assignment. */
export type Assigned =
  | { readonly line: number; readonly value: Value }
  | { readonly line: number; readonly unreadable: string }

/** A statement that does something to the settings that is not known without running it. */
export interface Unread {
  /** todo: it may bring settings; note: it hardly does */
  readonly level: 'todo' | 'note'
  readonly line: number
  readonly message: string
}

/** A file while it is read from top to bottom. */
export interface Reader {
  readonly scope: Scope
  readonly names: Map<string, Assigned>
  readonly unread: Unread[]
}

/** Every name that a statement assigns, however deep inside, is unreadable from here on. */
export function giveUp(node: SyntaxNode, reader: Reader, message: string): void {
  const { scope, names, unread } = reader
  const line = scope.line(node)
  const touched = new Set<string>()
  const cursor = node.cursor()
  do {
    const { node: inner } = cursor
    if (
      ['AssignStatement', 'UpdateStatement', 'ForStatement', 'WithStatement'].includes(inner.name) ||
      inner === node
    ) {
      for (const target of targetsOf(inner)) touched.add(scope.source(target))
    }
  } while (cursor.next() && cursor.from < node.to)
  for (const name of touched) names.set(name, { line, unreadable: message })
  if (touched.size === 0) unread.push({ level: 'note', line, message: 'a statement that is not done here' })
}

function targetsOf(statement: SyntaxNode): SyntaxNode[] {
  const parts = children(statement)
  const end = parts.findLastIndex(({ name }) => ['AssignOp', 'UpdateOp', 'in'].includes(name))
  return parts
    .slice(0, Math.max(end, 0))
    .flatMap((part) => (part.name === 'MemberExpression' ? children(part).slice(0, 1) : [part]))
    .filter(({ name }) => name === 'VariableName')
}

export function attempt(statement: SyntaxNode, { scope }: Reader, value: () => Value): Assigned {
  const line = scope.line(statement)
  try {
    return { line, value: value() }
  } catch (error) {
    if (!(error instanceof CannotRead)) throw error
    return { line: error.line ?? line, unreadable: error.message }
  }
}
