import { call, member } from './calls.js'
import { CannotRead } from './cannot-read.js'
import { entriesOf, itemsOf } from './collections.js'
import { limitedList, limitedText } from './limits.js'
import { binary, unary } from './operators.js'
import { children, type Names, type Scope } from './scope.js'
import { takeApart, unescaped } from './string-literal.js'
import type { PythonFile, SyntaxNode } from './syntax.js'
import { isText, type Text, type TextPart, text, truth, type Value } from './values.js'

/** Deeper than any configuration is nested; each level costs stack. */
const DEEPEST = 100

/**
 * Tells values of expressions without running anything: literals, lists, tuples, sets and dictionaries, dict(…), names
 * assigned above, + - * / // %, comparisons, and, or, not, x if y else z, f-strings of plain names, indexes, and the
 * environment (os.environ, os.getenv), which stays a reference by name. All else cannot be read.
 */
export function createScope(file: PythonFile, names: Names): Scope {
  let depth = 0
  const scope: Scope = {
    names,
    source: (node) => file.text.slice(node.from, node.to),
    line: (node) => file.lineOf(node),
    cannot: (node, message) => new CannotRead(message, file.lineOf(node)),
    of(node) {
      if (node === null || node === undefined) throw new CannotRead('is incomplete')
      if (depth >= DEEPEST) throw scope.cannot(node, 'is nested too deep')
      depth += 1
      try {
        return evaluate(node, scope)
      } finally {
        depth -= 1
      }
    },
  }
  return scope
}

function evaluate(node: SyntaxNode, scope: Scope): Value {
  switch (node.name) {
    case 'None':
      return null
    case 'Boolean':
      return scope.source(node) === 'True'
    case 'Number':
      return numberOf(node, scope)
    case 'String':
      return stringOf(node, scope)
    case 'FormatString':
      return formatString(node, scope)
    case 'ContinuedString':
      return limitedText(
        children(node).flatMap((part) => textOf(part, scope).parts),
        node,
        scope,
      )
    case 'ParenthesizedExpression':
      return scope.of(children(node)[1])
    case 'VariableName':
      return scope.names(scope.source(node), scope.line(node))
    case 'ArrayExpression':
    case 'TupleExpression':
    case 'SetExpression':
      return limitedList(itemsOf(node, scope), node, scope)
    case 'DictionaryExpression':
      return { kind: 'dict', entries: entriesOf(node, scope), line: scope.line(node) }
    case 'UnaryExpression':
      return unary(node, scope)
    case 'BinaryExpression':
      return binary(node, scope)
    case 'ConditionalExpression':
      return conditional(node, scope)
    case 'CallExpression':
      return call(node, scope)
    case 'MemberExpression':
      return member(node, scope)
    default:
      throw scope.cannot(node, 'is worked out by a piece of program')
  }
}

function textOf(node: SyntaxNode, scope: Scope): Text {
  const value = scope.of(node)
  if (!isText(value)) throw scope.cannot(node, 'is not a text where a text is needed')
  return value
}

function numberOf(node: SyntaxNode, scope: Scope): number {
  const value = Number(scope.source(node).replaceAll('_', ''))
  if (Number.isNaN(value)) throw scope.cannot(node, 'is a number of a kind that is not read')
  return value
}

function stringOf(node: SyntaxNode, scope: Scope): Value {
  const source = scope.source(node)
  const { prefix = '', from = 0, to = 0 } = takeApart(source) ?? {}
  if (prefix.includes('b')) throw scope.cannot(node, "is bytes (b'…'), not a text")
  const inner = source.slice(from, to)
  return text(prefix.includes('r') ? inner : unescaped(inner))
}

/** `{name}` and the text between; what shapes a value ({x:>5}, {x!r}) is not read. */
function formatString(node: SyntaxNode, scope: Scope): Value {
  const source = scope.source(node)
  const { from = 0, to = 0, prefix = '' } = takeApart(source) ?? {}
  const parts: TextPart[] = []
  let at = from
  const plain = (until: number) => {
    const inner = source.slice(at, until).replaceAll('{{', '{').replaceAll('}}', '}')
    parts.push(prefix.includes('r') ? inner : unescaped(inner))
  }
  for (const replacement of children(node).filter(({ name }) => name === 'FormatReplacement')) {
    const [, inner, end] = children(replacement)
    if (inner === undefined || end?.name !== '}') throw scope.cannot(replacement, 'shapes a value inside a text')
    plain(replacement.from - node.from)
    parts.push(...shown(inner, scope))
    at = replacement.to - node.from
  }
  plain(to)
  return limitedText(parts, node, scope)
}

function shown(node: SyntaxNode, scope: Scope): readonly TextPart[] {
  const value = scope.of(node)
  if (isText(value)) return value.parts
  if (typeof value === 'number') return [String(value)]
  throw scope.cannot(node, 'puts something into a text that is neither text nor number')
}

function conditional(node: SyntaxNode, scope: Scope): Value {
  const [yes, , condition, , no] = children(node)
  const holds = truth(scope.of(condition))
  if (holds === undefined) throw scope.cannot(node, 'depends on the environment')
  return scope.of(holds ? yes : no)
}
