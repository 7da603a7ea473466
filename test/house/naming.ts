import { basename } from 'node:path'
import ts from 'typescript'
import { finding, type Rule } from './source.js'

/** Words that say nothing about what is inside. */
const EMPTY_WORDS = new Set(
  ['util', 'helper', 'common', 'manager', 'service', 'handler', 'shared', 'misc', 'impl'].flatMap((word) => [
    word,
    `${word}s`,
  ]),
)

export const tellingNames: Rule = {
  name: 'file and folder names are kebab-case and say what is inside',
  check(of) {
    const parts = of.path.replace(/\.(d|test)?\.?tsx?$/, '').split('/')
    return parts.flatMap((part) => {
      if (!/^[a-z0-9]+([-.][a-z0-9]+)*$/.test(part)) return [finding(of, undefined, `${part} is not kebab-case`)]
      const empty = part.split(/[-.]/).find((word) => EMPTY_WORDS.has(word))
      return empty === undefined ? [] : [finding(of, undefined, `"${empty}" says nothing about what is inside`)]
    })
  },
}

export const noDefaultExports: Rule = {
  name: 'exports have names',
  check(of) {
    // a declaration file describes another's package; the test runner reads its configuration's default export
    if (of.path.endsWith('.d.ts') || basename(of.path) === 'vitest.config.ts') return []
    return of.nodes.filter(isDefaultExport).map((node) => finding(of, node, 'default export'))
  },
}

/** `export default x`, the keyword of `export default function`, `export { x as default }` */
const isDefaultExport = (node: ts.Node): boolean =>
  ts.isExportAssignment(node) ||
  node.kind === ts.SyntaxKind.DefaultKeyword ||
  (ts.isExportSpecifier(node) && node.name.text === 'default')

export const noBarrels: Rule = {
  name: 'no file only passes on what others export',
  check(of) {
    const passesOn = (node: ts.Node) => ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined
    const all = of.tree.statements.find(
      (node) => passesOn(node) && (node as ts.ExportDeclaration).exportClause === undefined,
    )
    if (all !== undefined) return [finding(of, all, 'export * from')]
    const rest = of.tree.statements.filter((node) => !ts.isImportDeclaration(node))
    return rest.length > 0 && rest.every(passesOn) ? [finding(of, rest[0], 'only re-exports')] : []
  },
}
