import type { CannotRead } from './cannot-read.js'
import type { SyntaxNode } from './syntax.js'
import { literal, type Value } from './values.js'

/** What a name stands for so far; throws CannotRead where that is not known. */
export type Names = (name: string, line: number) => Value

/** What the parts of the evaluation need of each other. */
export interface Scope {
  /** Throws CannotRead. */
  of(node: SyntaxNode | null | undefined): Value
  source(node: SyntaxNode): string
  line(node: SyntaxNode): number
  cannot(node: SyntaxNode, message: string): CannotRead
  readonly names: Names
}

/** All parts of a node but comments. */
export function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'Comment') found.push(child)
  }
  return found
}

/** Keys of dictionaries and names of variables must be known here. */
export function knownText(node: SyntaxNode, scope: Scope): string {
  const known = literal(scope.of(node))
  if (known === undefined) throw scope.cannot(node, 'is not a plain text where one is needed')
  return known
}
