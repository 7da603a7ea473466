import type { Scope } from './scope.js'
import type { SyntaxNode } from './syntax.js'
import { type List, type Text, type TextPart, text, type Value } from './values.js'

/** More than any configuration has: without these A = A + A, forty times, would fill the memory. */
const MOST_ITEMS = 10_000
const LONGEST_TEXT = 1_000_000

export function limitedList(items: readonly Value[], node: SyntaxNode, scope: Scope): List {
  if (items.length > MOST_ITEMS) throw scope.cannot(node, `has more than ${MOST_ITEMS} items`)
  return { kind: 'list', items, line: scope.line(node) }
}

export function limitedText(parts: readonly TextPart[], node: SyntaxNode, scope: Scope): Text {
  const length = parts.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 1), 0)
  if (length > LONGEST_TEXT || parts.length > MOST_ITEMS) throw scope.cannot(node, 'is too long')
  return text(...parts)
}
