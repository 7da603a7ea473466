import { CannotRead } from './cannot-read.js'
import { limitedList, limitedText } from './limits.js'
import { attempt, giveUp, type Reader } from './reader.js'
import { children } from './scope.js'
import type { SyntaxNode } from './syntax.js'
import { isDict, isList, isText, literal, type Value } from './values.js'

/** `a['key'] = value`. */
export function setKey(target: SyntaxNode, value: SyntaxNode, statement: SyntaxNode, reader: Reader): void {
  const [of, bracket, key] = children(target)
  if (of?.name !== 'VariableName' || bracket?.name !== '[') {
    return giveUp(statement, reader, 'is assigned in a way that is not read')
  }
  change(of, statement, reader, (before) => {
    const name = literal(reader.scope.of(key))
    if (!isDict(before) || name === undefined) throw new CannotRead('is changed in a way that is not read')
    return { ...before, entries: new Map([...before.entries, [name, reader.scope.of(value)]]) }
  })
}

/** `a += b`. */
export function update(node: SyntaxNode, reader: Reader): void {
  const [target, operator, value] = children(node)
  if (target?.name !== 'VariableName' || operator === undefined || reader.scope.source(operator) !== '+=') {
    return giveUp(node, reader, 'is changed in a way that is not read')
  }
  change(target, node, reader, (before) => extended(before, reader.scope.of(value), node, reader))
}

function extended(before: Value, more: Value, node: SyntaxNode, { scope }: Reader): Value {
  if (isList(before) && isList(more)) return limitedList([...before.items, ...more.items], node, scope)
  if (isText(before) && isText(more)) return limitedText([...before.parts, ...more.parts], node, scope)
  if (typeof before === 'number' && typeof more === 'number') return before + more
  throw new CannotRead('is changed in a way that is not read')
}

/** `a.append(b)`, `a.extend(b)`, `a.update(b)`; a text by itself is a comment, and other calls change nothing of ours. */
export function expression(node: SyntaxNode, reader: Reader): void {
  const [call] = children(node)
  if (call?.name !== 'CallExpression') return
  const [callee, list] = children(call)
  const [target, , method] = callee?.name === 'MemberExpression' ? children(callee) : []
  if (target?.name !== 'VariableName' || method === undefined || !reader.names.has(reader.scope.source(target))) {
    reader.unread.push({ level: 'note', line: reader.scope.line(node), message: 'a call that is not done here' })
    return
  }
  change(target, node, reader, (before) => {
    const [, argument, end] = list === undefined ? [] : children(list)
    if (end?.name !== ')') throw new CannotRead('is changed in a way that is not read')
    const value = reader.scope.of(argument)
    switch (reader.scope.source(method)) {
      case 'append':
        if (isList(before)) return { ...before, items: [...before.items, value] }
        break
      case 'extend':
        return extended(before, value, node, reader)
      case 'update':
        if (isDict(before) && isDict(value))
          return { ...before, entries: new Map([...before.entries, ...value.entries]) }
        break
      default:
    }
    throw new CannotRead('is changed in a way that is not read')
  })
}

/** Lists and dictionaries are changed in place: under every name that they have. */
function change(target: SyntaxNode, statement: SyntaxNode, reader: Reader, next: (before: Value) => Value): void {
  const { scope, names } = reader
  const name = scope.source(target)
  const known = names.get(name)
  const changed = attempt(statement, reader, () => next(scope.of(target)))
  names.set(name, changed)
  if (known === undefined || 'unreadable' in known || !(isList(known.value) || isDict(known.value))) return
  for (const [other, assigned] of names) {
    if ('value' in assigned && assigned.value === known.value) names.set(other, changed)
  }
}
