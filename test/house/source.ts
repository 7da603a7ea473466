import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A source file, parsed: the rules look at code, so words in comments and texts do not trip them. */
export interface Source {
  /** from the project's top, with forward slashes */
  readonly path: string
  readonly text: string
  readonly tree: ts.SourceFile
  /** all nodes of the tree, outermost first */
  readonly nodes: readonly ts.Node[]
}

/** A broken rule, in a form that an editor opens with a click. */
export interface Finding {
  readonly at: string
  readonly what: string
}

export interface Rule {
  readonly name: string
  check(source: Source): readonly Finding[]
  /** files in which it does not hold, each with the reason */
  readonly exceptions?: Readonly<Record<string, string>>
}

export function source(path: string, text: string): Source {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true, kind)
  const nodes: ts.Node[] = []
  const visit = (node: ts.Node): void => {
    nodes.push(node)
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return { path, text, tree, nodes }
}

/** Every TypeScript file, the console's pages included, under `top` ("src", "test"). */
export function sourcesUnder(top: string): readonly Source[] {
  return readdirSync(join(ROOT, top), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => posix.join(top, path))
    .sort()
    .map((path) => source(path, readFileSync(join(ROOT, path), 'utf8')))
}

export function finding(of: Source, node: ts.Node | undefined, what: string): Finding {
  const line = node === undefined ? 1 : of.tree.getLineAndCharacterOfPosition(node.getStart(of.tree)).line + 1
  return { at: `${of.path}:${line}`, what }
}

export interface Import {
  readonly node: ts.Node
  /** as written: "../base/clock.js", "node:fs", "hono" */
  readonly specifier: string
  /** the file a relative one points to, "src/base/clock"; undefined for packages */
  readonly target: string | undefined
  /** `import type`: nothing of it runs */
  readonly isOnlyTypes: boolean
}

/** Static and dynamic imports and re-exports. */
export function importsOf(of: Source): readonly Import[] {
  const found: Import[] = []
  for (const node of of.nodes) {
    const specifier = specifierOf(node)
    if (specifier === undefined) continue
    const target = specifier.startsWith('.')
      ? posix.join(posix.dirname(of.path), specifier).replace(/\.[jt]sx?$/, '')
      : undefined
    found.push({ node, specifier, target, isOnlyTypes: isOnlyTypes(node) })
  }
  return found
}

const isOnlyTypes = (node: ts.Node): boolean =>
  ts.isImportDeclaration(node) && node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword

function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return literal(node.moduleSpecifier)
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return literal(node.arguments[0])
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return literal(node.argument.literal)
  return undefined
}

const literal = (node: ts.Node | undefined): string | undefined =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined
