import { CannotRead } from './cannot-read.js'
import { expression, setKey, update } from './changes.js'
import { createScope } from './evaluate.js'
import { type Assigned, attempt, giveUp, type Reader, type Unread } from './reader.js'
import { children } from './scope.js'
import type { PythonFile, SyntaxNode } from './syntax.js'
import { truth } from './values.js'

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
    // the very same list or dictionary under all of the names
    const shared = attempt(node, reader, () => reader.scope.of(first))
    for (const [target] of targets) {
      if (target?.name === 'VariableName') reader.names.set(reader.scope.source(target), shared)
      else setTarget(target as SyntaxNode, first, node, reader)
    }
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

function splitAt(nodes: readonly SyntaxNode[], name: string): SyntaxNode[][] {
  const groups: SyntaxNode[][] = [[]]
  for (const node of nodes) {
    if (node.name === name) groups.push([])
    else groups.at(-1)?.push(node)
  }
  return groups
}
