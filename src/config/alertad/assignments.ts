import { CannotRead } from './cannot-read.js'
import { createScope } from './evaluate.js'
import { children, type Scope } from './scope.js'
import type { PythonFile, SyntaxNode } from './syntax.js'
import { isDict, isList, literal, truth, type Value } from './values.js'

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

export interface Assignments {
  readonly names: ReadonlyMap<string, Assigned>
  readonly unread: readonly Unread[]
  /** names that later lines make something of */
  readonly used: ReadonlySet<string>
}

/**
 * What the names of a configuration file stand for, read from top to bottom without running it: assignments, `+=`,
 * .append, .extend and .update of what is known, assignments to a key, del, and `if` whose condition is known. A name
 * that anything else assigns is unreadable, with the reason.
 */
export function readAssignments(file: PythonFile): Assignments {
  const names = new Map<string, Assigned>()
  const unread: Unread[] = []
  const used = new Set<string>()
  const scope = createScope(file, (name, line) => {
    used.add(name)
    const assigned = names.get(name)
    if (assigned === undefined) throw new CannotRead(`uses ${name}, which is not assigned above`, line)
    if ('unreadable' in assigned) throw new CannotRead(`uses ${name}, which could not be read`, line)
    return assigned.value
  })
  const reader = { scope, names, unread }
  for (const statement of children(file.tree.topNode)) readStatement(statement, reader)
  return { names, unread, used }
}

interface Reader {
  readonly scope: Scope
  readonly names: Map<string, Assigned>
  readonly unread: Unread[]
}

function readStatement(node: SyntaxNode, reader: Reader): void {
  switch (node.name) {
    case 'StatementGroup':
    case 'Body':
      for (const inner of children(node)) readStatement(inner, reader)
      return
    case 'AssignStatement':
      return assign(node, reader)
    case 'UpdateStatement':
      return update(node, reader)
    case 'ExpressionStatement':
      return expression(node, reader)
    case 'IfStatement':
      return choose(node, reader)
    case 'DeleteStatement':
      return remove(node, reader)
    case 'ImportStatement':
      return imported(node, reader)
    case 'PassStatement':
    case 'FunctionDefinition':
    case 'ClassDefinition':
    case ';':
    case ':':
      return
    default:
      return giveUp(node, reader, 'is worked out by a piece of program')
  }
}

/** `a = b = value`, `a: str = value`, `a, b = 1, 2`, `a['key'] = value`. */
function assign(node: SyntaxNode, reader: Reader): void {
  const parts = children(node).filter(({ name }) => name !== 'TypeDef')
  const sides = splitAt(parts, 'AssignOp')
  const value = sides.at(-1)
  const targets = sides.slice(0, -1)
  const [first] = value ?? []
  if (value?.length === 1 && first !== undefined && targets.every((target) => target.length === 1)) {
    for (const [target] of targets) setTarget(target as SyntaxNode, first, node, reader)
  } else if (targets.length === 1) {
    setEach(targets[0] ?? [], value ?? [], node, reader)
  } else if (targets.length > 0) giveUp(node, reader, 'is assigned in a way that is not read')
}

function setTarget(target: SyntaxNode, value: SyntaxNode, statement: SyntaxNode, reader: Reader): void {
  const { scope, names } = reader
  if (target.name === 'VariableName') {
    names.set(
      scope.source(target),
      attempt(statement, reader, () => scope.of(value)),
    )
  } else if (target.name === 'MemberExpression') {
    setKey(target, value, statement, reader)
  } else if (children(target).length > 0 && children(value).length > 0) {
    setEach(children(target).slice(1, -1), children(value).slice(1, -1), statement, reader)
  } else giveUp(statement, reader, 'is assigned in a way that is not read')
}

/** Of `a, b = 1, 2`, or of a tuple without its brackets on one side only: `a = 1, 2`. */
function setEach(
  targets: readonly SyntaxNode[],
  values: readonly SyntaxNode[],
  statement: SyntaxNode,
  reader: Reader,
): void {
  const [left, right] = [targets, values].map((side) => side.filter(({ name }) => name !== ','))
  const [only] = left ?? []
  const { scope, names } = reader
  if (left?.length === 1 && only?.name === 'VariableName' && right !== undefined) {
    const items = () => right.map((item) => scope.of(item))
    const line = scope.line(statement)
    names.set(
      scope.source(only),
      attempt(statement, reader, () => ({ kind: 'list', items: items(), line })),
    )
  } else if (left !== undefined && left.length === right?.length) {
    for (const [i, target] of left.entries()) setTarget(target, right[i] as SyntaxNode, statement, reader)
  } else giveUp(statement, reader, 'is assigned in a way that is not read')
}

function setKey(target: SyntaxNode, value: SyntaxNode, statement: SyntaxNode, reader: Reader): void {
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
function update(node: SyntaxNode, reader: Reader): void {
  const [target, operator, value] = children(node)
  if (target?.name !== 'VariableName' || operator === undefined || reader.scope.source(operator) !== '+=') {
    return giveUp(node, reader, 'is changed in a way that is not read')
  }
  change(target, node, reader, (before) => extended(before, reader.scope.of(value)))
}

function extended(before: Value, more: Value): Value {
  if (isList(before) && isList(more)) return { ...before, items: [...before.items, ...more.items] }
  if (typeof before === 'number' && typeof more === 'number') return before + more
  throw new CannotRead('is changed in a way that is not read')
}

/** `a.append(b)`, `a.extend(b)`, `a.update(b)`; a text by itself is a comment, and other calls change nothing of ours. */
function expression(node: SyntaxNode, reader: Reader): void {
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
        return extended(before, value)
      case 'update':
        if (isDict(before) && isDict(value))
          return { ...before, entries: new Map([...before.entries, ...value.entries]) }
        break
      default:
    }
    throw new CannotRead('is changed in a way that is not read')
  })
}

function change(target: SyntaxNode, statement: SyntaxNode, reader: Reader, next: (before: Value) => Value): void {
  const { scope, names } = reader
  names.set(
    scope.source(target),
    attempt(statement, reader, () => next(scope.of(target))),
  )
}

/** Walks the branch that is taken; where the environment decides, all that any branch assigns is unreadable. */
function choose(node: SyntaxNode, reader: Reader): void {
  const parts = children(node)
  for (const [i, part] of parts.entries()) {
    if (part.name !== 'Body') continue
    const keyword = parts.slice(0, i).findLast(({ name }) => ['if', 'elif', 'else'].includes(name))?.name
    const condition = parts[i - 1]
    const holds = keyword === 'else' ? true : known(condition, reader)
    if (holds === undefined) return giveUp(node, reader, 'depends on a condition that is not known here')
    if (holds) return readStatement(part, reader)
  }
}

function known(condition: SyntaxNode | undefined, { scope }: Reader): boolean | undefined {
  try {
    return truth(scope.of(condition))
  } catch (error) {
    if (error instanceof CannotRead) return undefined
    throw error
  }
}

function remove(node: SyntaxNode, { scope, names }: Reader): void {
  for (const target of children(node)) if (target.name === 'VariableName') names.delete(scope.source(target))
}

/** Modules bring no settings, unless all their names are taken: then they are another part of the configuration. */
function imported(node: SyntaxNode, { scope, unread }: Reader): void {
  if (!children(node).some(({ name }) => name === '*')) return
  unread.push({
    level: 'todo',
    line: scope.line(node),
    message: 'takes settings from another file; import that file too',
  })
}

/** Every name that a statement assigns, however deep inside, is unreadable from here on. */
function giveUp(node: SyntaxNode, reader: Reader, message: string): void {
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

function attempt(statement: SyntaxNode, { scope }: Reader, value: () => Value): Assigned {
  const line = scope.line(statement)
  try {
    return { line, value: value() }
  } catch (error) {
    if (!(error instanceof CannotRead)) throw error
    return { line: error.line ?? line, unreadable: error.message }
  }
}

function splitAt(nodes: readonly SyntaxNode[], name: string): SyntaxNode[][] {
  const groups: SyntaxNode[][] = [[]]
  for (const node of nodes) {
    if (node.name === name) groups.push([])
    else groups.at(-1)?.push(node)
  }
  return groups
}
