import ts from 'typescript'
import { finding, importsOf, type Rule, type Source } from './source.js'

type Area = 'src' | 'test'

interface Ban {
  readonly name: string
  readonly areas: readonly Area[]
  /** where the thing belongs */
  readonly home?: RegExp
  /** what a node does that it must not; undefined: nothing */
  what(node: ts.Node): string | undefined
  readonly exceptions?: Readonly<Record<string, string>>
}

const ban = ({ name, areas, home, what, exceptions = {} }: Ban): Rule => ({
  name,
  exceptions,
  check: (of) =>
    inAreas(of, areas) && home?.test(of.path) !== true
      ? of.nodes.flatMap((node) => {
          const found = what(node)
          return found === undefined ? [] : [finding(of, node, found)]
        })
      : [],
})

const inAreas = (of: Source, areas: readonly Area[]): boolean => areas.some((area) => of.path.startsWith(`${area}/`))

/** "process.exit" for that very expression; undefined for any other node. */
function dotted(node: ts.Node): string | undefined {
  if (!ts.isPropertyAccessExpression(node) || !ts.isIdentifier(node.expression)) return undefined
  return `${node.expression.text}.${node.name.text}`
}

/** The name of a variable that is used, not of a property or of a declaration. */
function used(node: ts.Node): string | undefined {
  if (!ts.isIdentifier(node)) return undefined
  const { parent } = node
  const names =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    ((ts.isPropertyAssignment(parent) || ts.isMethodSignature(parent) || ts.isPropertySignature(parent)) &&
      parent.name === node)
  return names ? undefined : node.text
}

const oneOf = (names: readonly string[], found: string | undefined): string | undefined =>
  found !== undefined && names.includes(found) ? found : undefined

export const noExit = ban({
  name: 'only the command line ends the process',
  areas: ['src'],
  home: /^src\/(main\.ts|cli\/)/,
  what: (node) => oneOf(['process.exit', 'process.abort', 'process.kill'], dotted(node)),
})

export const noConsole = ban({
  name: 'only the command line and the sink print',
  areas: ['src'],
  home: /^src\/(cli|sink)\//,
  what: (node) => (dotted(node)?.startsWith('console.') ? dotted(node) : undefined),
})

const isPresentDate = (node: ts.Node): boolean =>
  ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0

export const noOwnTime = ban({
  name: 'time comes from the clock that is handed in',
  areas: ['src'],
  // a browser has no one to hand it in: its pages have a clock of their own
  home: /^src\/(base\/|console\/app\/clock\.ts)/,
  what: (node) =>
    oneOf(['Date.now', 'performance.now'], dotted(node)) ??
    oneOf(['setTimeout', 'setInterval'], used(node)) ??
    (isPresentDate(node) ? 'new Date()' : undefined),
})

export const noOwnChance = ban({
  name: 'chance is handed in',
  areas: ['src'],
  what: (node) => oneOf(['Math.random', 'crypto.randomUUID'], dotted(node)) ?? oneOf(['randomUUID'], used(node)),
  exceptions: {
    'src/relay.ts': 'hands it to those who need it',
    'src/model/ids.ts': 'is what is handed in',
  },
})

export const noSleeps = ban({
  name: 'tests wait for a condition, they do not sleep',
  areas: ['test'],
  what: (node) => oneOf(['setTimeout', 'setInterval'], used(node)),
  exceptions: {
    'test/support/wait.ts': 'looks again and again until a condition holds',
    'test/crash/receiver.ts': 'a destination takes time before it answers, in a process of its own',
    'test/acceptance/crashes.test.ts': 'strikes at moments that have nothing to do with what the relay is doing',
  },
})

const RUNNERS = ['test', 'it', 'describe', 'suite', 'bench']
const LEFT_OUT = ['only', 'skip', 'skipIf', 'runIf', 'todo', 'fails']

export const noLeftOutTests = ban({
  name: 'every test runs',
  areas: ['test'],
  what(node) {
    if (!ts.isPropertyAccessExpression(node) || !LEFT_OUT.includes(node.name.text)) return undefined
    const root = node.expression.getText().split(/[.(]/)[0] ?? ''
    return RUNNERS.includes(root) ? `${root}.${node.name.text}` : undefined
  },
})

export const noMocks = ban({
  name: 'tests use small fakes, no mocks and no snapshots',
  areas: ['test'],
  what(node) {
    if (!ts.isPropertyAccessExpression(node)) return undefined
    if (/^to(Match|Throw)\w*Snapshot$/.test(node.name.text)) return node.name.text
    return oneOf(['vi.mock', 'vi.fn', 'vi.spyOn', 'vi.hoisted', 'vi.stubGlobal', 'vi.useFakeTimers'], dotted(node))
  },
  exceptions: {
    'test/delivery/breaker.test.ts': 'opossum takes its time from the timers of the process',
    'test/delivery/health.test.ts': 'the same',
    'test/model/world.ts': 'the same',
  },
})

export const noAny = ban({
  name: 'nothing is of type any',
  areas: ['src', 'test'],
  what: (node) => (node.kind === ts.SyntaxKind.AnyKeyword ? 'any' : undefined),
})

const isNothing = (body: ts.ConciseBody): boolean =>
  ts.isBlock(body) ? body.statements.length === 0 : ['undefined', 'null', 'void 0'].includes(body.getText())

export const noSwallowedErrors = ban({
  name: 'no error is swallowed',
  areas: ['src'],
  what(node) {
    if (ts.isCatchClause(node) && node.block.statements.length === 0) return 'an empty catch'
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined
    const [first] = node.arguments
    const swallows = node.expression.name.text === 'catch' && first !== undefined && ts.isArrowFunction(first)
    return swallows && isNothing(first.body) ? 'a .catch that does nothing' : undefined
  },
})

const SQL =
  /\b(select\s[\s\S]*\sfrom\s|insert\s+(or\s+\w+\s+)?into\s|update\s+\w+\s+set\s|delete\s+from\s|pragma\s|(create|drop|alter)\s+(unique\s+)?(table|index|trigger|view)\b|begin\s+(immediate|exclusive|deferred)\b)/i

const isText = (node: ts.Node): node is ts.LiteralLikeNode =>
  ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)

export const noSqlOutside = ban({
  name: 'SQL stays inside a store engine',
  areas: ['src'],
  home: /^src\/store\/[^/]+\//,
  what: (node) => (isText(node) && SQL.test(node.text) ? 'SQL' : undefined),
})

export const noTimerImports: Rule = {
  name: 'no timers by import',
  check: (of) =>
    importsOf(of)
      .filter(({ specifier }) => /^(node:)?timers(\/promises)?$/.test(specifier))
      .map(({ node, specifier }) => finding(of, node, specifier)),
}
