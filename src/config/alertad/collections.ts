import { children, knownText, type Scope } from './scope.js'
import type { SyntaxNode } from './syntax.js'
import { isDict, isList, type Value } from './values.js'

/** The items of [a, *b, c], (a, b) and {a, b}. */
export function itemsOf(node: SyntaxNode, scope: Scope): Value[] {
  const items: Value[] = []
  for (const group of commaSeparated(node)) {
    const [first, second] = group
    if (first?.name === '*' && second !== undefined) items.push(...spread(second, scope))
    else if (group.length === 1) items.push(scope.of(first))
    else throw scope.cannot(node, 'is worked out by a piece of program')
  }
  return items
}

function spread(node: SyntaxNode, scope: Scope): readonly Value[] {
  const value = scope.of(node)
  if (!isList(value)) throw scope.cannot(node, 'is not a list where one is needed')
  return value.items
}

/** The entries of {'a': 1, **b}. */
export function entriesOf(node: SyntaxNode, scope: Scope): Map<string, Value> {
  const entries = new Map<string, Value>()
  for (const group of commaSeparated(node)) {
    const [first, second, third] = group
    if (first?.name === '**') for (const [key, value] of unpacked(second, node, scope)) entries.set(key, value)
    else if (second?.name === ':') entries.set(keyOf(first, scope), scope.of(third))
    else throw scope.cannot(node, 'is worked out by a piece of program')
  }
  return entries
}

/** SEVERITY_MAP has names for keys, other dictionaries may have numbers. */
function keyOf(node: SyntaxNode | undefined, scope: Scope): string {
  const value = scope.of(node)
  return typeof value === 'number' ? String(value) : knownText(node as SyntaxNode, scope)
}

export function unpacked(node: SyntaxNode | undefined, around: SyntaxNode, scope: Scope): ReadonlyMap<string, Value> {
  const value = scope.of(node)
  if (!isDict(value)) throw scope.cannot(node ?? around, 'is not a dictionary where one is needed')
  return value.entries
}

/** What stands between brackets and commas; nothing for the comma at the end. */
export function commaSeparated(node: SyntaxNode): SyntaxNode[][] {
  const groups: SyntaxNode[][] = [[]]
  for (const child of children(node).slice(1, -1)) {
    if (child.name === ',') groups.push([])
    else groups.at(-1)?.push(child)
  }
  return groups.filter((group) => group.length > 0)
}
