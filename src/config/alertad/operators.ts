import { limitedList, limitedText } from './limits.js'
import { children, type Scope } from './scope.js'
import type { SyntaxNode } from './syntax.js'
import { isList, isText, literal, onlyVariable, text, truth, type Value } from './values.js'

/** -x, +x, not x. */
export function unary(node: SyntaxNode, scope: Scope): Value {
  const [operator, operand] = children(node)
  const value = scope.of(operand)
  const sign = operator === undefined ? '' : scope.source(operator)
  if (sign === 'not') return !decided(value, node, scope)
  if (typeof value !== 'number') throw scope.cannot(node, 'is a sign before something that is no number')
  return sign === '-' ? -value : value
}

export function binary(node: SyntaxNode, scope: Scope): Value {
  const [left, operator, right] = children(node)
  const sign = operator === undefined ? '' : scope.source(operator)
  if (sign === 'or') return either(left, right, node, scope)
  if (sign === 'and') return decided(scope.of(left), node, scope) ? scope.of(right) : scope.of(left)
  const [a, b] = [scope.of(left), scope.of(right)]
  if (sign === '==' || sign === '!=') return isSame(a, b, node, scope) === (sign === '==')
  if (typeof a === 'number' && typeof b === 'number') return arithmetic(sign, a, b, node, scope)
  if (sign === '+' && isText(a) && isText(b)) return limitedText([...a.parts, ...b.parts], node, scope)
  if (sign === '+' && isList(a) && isList(b)) return limitedList([...a.items, ...b.items], node, scope)
  throw scope.cannot(node, 'is worked out by a piece of program')
}

/** `os.environ.get('X') or 'default'` is our ${X:-default}. */
function either(left: SyntaxNode | undefined, right: SyntaxNode | undefined, node: SyntaxNode, scope: Scope): Value {
  const first = scope.of(left)
  const holds = truth(first)
  if (holds !== undefined) return holds ? first : scope.of(right)
  const variable = onlyVariable(first)
  const fallback = literal(scope.of(right))
  if (variable === undefined || fallback === undefined) throw scope.cannot(node, 'depends on the environment')
  return text({ variable: variable.variable, fallback: variable.fallback || fallback })
}

function decided(value: Value, node: SyntaxNode, scope: Scope): boolean {
  const holds = truth(value)
  if (holds === undefined) throw scope.cannot(node, 'depends on the environment')
  return holds
}

function isSame(a: Value, b: Value, node: SyntaxNode, scope: Scope): boolean {
  const plain = (value: Value) => (isText(value) ? literal(value) : value)
  const [first, second] = [plain(a), plain(b)]
  const comparable = (value: unknown) => value === null || (value !== undefined && typeof value !== 'object')
  if (!comparable(first) || !comparable(second)) throw scope.cannot(node, 'depends on the environment')
  return first === second
}

function arithmetic(sign: string, a: number, b: number, node: SyntaxNode, scope: Scope): number {
  switch (sign) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '//':
      return Math.floor(a / b)
    case '%':
      return a - b * Math.floor(a / b)
    case '**':
      return a ** b
    default:
      throw scope.cannot(node, 'is worked out by a piece of program')
  }
}
