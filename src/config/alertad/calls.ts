import { commaSeparated, unpacked } from './collections.js'
import { limitedList } from './limits.js'
import { children, knownText, type Scope } from './scope.js'
import type { SyntaxNode } from './syntax.js'
import { isDict, isList, isText, literal, onlyVariable, text, truth, type Value } from './values.js'

interface Arguments {
  readonly given: readonly SyntaxNode[]
  readonly named: ReadonlyMap<string, Value>
}

/** The calls that a configuration may have without being a program; they are recognised by name, nothing is called. */
export function call(node: SyntaxNode, scope: Scope): Value {
  const [callee, list] = children(node)
  if (callee === undefined || list === undefined) throw scope.cannot(node, 'is incomplete')
  const name = scope.source(callee).replace(/\s/g, '')
  if (ENVIRONMENT_GETTERS.includes(name)) return fromEnvironment(list, scope)
  if (callee.name === 'MemberExpression') return method(callee, list, scope)
  switch (name) {
    case 'dict':
      return dictOf(list, scope)
    case 'list':
    case 'tuple':
    case 'set':
      return listOf(list, scope)
    case 'str':
      return asText(only(list, scope), node, scope)
    case 'int':
    case 'float':
      return asNumber(only(list, scope), node, scope)
    case 'bool':
      return asBoolean(only(list, scope), node, scope)
    default:
      throw scope.cannot(node, `calls ${/^[\w.]{1,40}$/.test(name) ? name : 'something'}(…), which is not done here`)
  }
}

const ENVIRONMENT_GETTERS = ['os.environ.get', 'os.getenv', 'environ.get', 'getenv']
const ENVIRONMENTS = ['os.environ', 'environ']

/** os.environ['NAME'], and x[0] or x['key'] of what is known. */
export function member(node: SyntaxNode, scope: Scope): Value {
  const [of, bracket, index] = children(node)
  if (of === undefined || bracket?.name !== '[' || index === undefined)
    throw scope.cannot(node, 'is not a value that is known here')
  if (ENVIRONMENTS.includes(scope.source(of))) return text({ variable: variableName(index, scope) })
  const whole = scope.of(of)
  const key = scope.of(index)
  const found =
    isList(whole) && typeof key === 'number'
      ? whole.items.at(key)
      : isDict(whole)
        ? whole.entries.get(literal(key) ?? '')
        : undefined
  if (found === undefined) throw scope.cannot(node, 'names a part that is not there')
  return found
}

function fromEnvironment(list: SyntaxNode, scope: Scope): Value {
  const { given } = argumentsOf(list, scope)
  const [name, other] = given
  if (name === undefined) throw scope.cannot(list, 'names no variable of the environment')
  const variable = variableName(name, scope)
  const value = other === undefined ? null : scope.of(other)
  if (value === null) return text({ variable })
  const fallback = typeof value === 'object' ? literal(value) : shownScalar(value)
  if (fallback === undefined || /[}]/.test(fallback)) throw scope.cannot(list, 'depends on the environment')
  return text({ variable, fallback })
}

function variableName(node: SyntaxNode, scope: Scope): string {
  const name = knownText(node, scope)
  if (!/^[A-Za-z_]\w*$/.test(name)) throw scope.cannot(node, 'names a variable of the environment that cannot be one')
  return name
}

function dictOf(list: SyntaxNode, scope: Scope): Value {
  const { given, named } = argumentsOf(list, scope)
  const before = given.flatMap((argument) => [...unpacked(argument, list, scope)])
  return { kind: 'dict', entries: new Map([...before, ...named]), line: scope.line(list) }
}

function listOf(list: SyntaxNode, scope: Scope): Value {
  const { given } = argumentsOf(list, scope)
  const value = given[0] === undefined ? undefined : scope.of(given[0])
  if (value !== undefined && !isList(value)) throw scope.cannot(list, 'makes a list of something that is none')
  return value ?? { kind: 'list', items: [], line: scope.line(list) }
}

function argumentsOf(list: SyntaxNode, scope: Scope): Arguments {
  const given: SyntaxNode[] = []
  const named = new Map<string, Value>()
  for (const group of commaSeparated(list)) {
    const [first, second, third] = group
    if (first?.name === '**') for (const [key, value] of unpacked(second, list, scope)) named.set(key, value)
    else if (second?.name === 'AssignOp' && first !== undefined) named.set(scope.source(first), scope.of(third))
    else if (group.length === 1 && first !== undefined) given.push(first)
    else throw scope.cannot(list, 'is worked out by a piece of program')
  }
  return { given, named }
}

function only(list: SyntaxNode, scope: Scope): Value {
  const [argument] = argumentsOf(list, scope).given
  return scope.of(argument)
}

const shownScalar = (value: boolean | number): string =>
  typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value)

function asText(value: Value, node: SyntaxNode, scope: Scope): Value {
  if (isText(value)) return value
  if (typeof value === 'number' || typeof value === 'boolean') return text(shownScalar(value))
  throw scope.cannot(node, 'makes a text of something that is none')
}

/** A number from the environment stays a text here: the relay reads it as its kind of number. */
function asNumber(value: Value, node: SyntaxNode, scope: Scope): Value {
  if (typeof value === 'number' || onlyVariable(value) !== undefined) return value
  const number = Number(literal(value)?.trim() || Number.NaN)
  if (Number.isNaN(number)) throw scope.cannot(node, 'makes a number of something that is none')
  return number
}

function asBoolean(value: Value, node: SyntaxNode, scope: Scope): boolean {
  const holds = truth(value)
  if (holds === undefined) throw scope.cannot(node, 'depends on the environment')
  return holds
}

/** Methods of texts. */
function method(callee: SyntaxNode, list: SyntaxNode, scope: Scope): Value {
  const [of, , name] = children(callee)
  const known = of === undefined ? undefined : literal(scope.of(of))
  const told = argumentsOf(list, scope).given.map((argument) => knownText(argument, scope))
  const [first] = told
  if (known !== undefined && name !== undefined) {
    switch (scope.source(name)) {
      case 'split':
        return limitedList(
          split(known, first).map((item) => text(item)),
          list,
          scope,
        )
      case 'strip':
        if (first === undefined) return text(known.trim())
        break
      case 'lower':
        return text(known.toLowerCase())
      case 'upper':
        return text(known.toUpperCase())
      default:
    }
  }
  throw scope.cannot(callee, known === undefined ? 'depends on the environment' : 'is worked out by a piece of program')
}

const split = (whole: string, separator: string | undefined): string[] =>
  separator === undefined || separator === ''
    ? whole.split(/\s+/).filter((word) => word !== '')
    : whole.split(separator)
