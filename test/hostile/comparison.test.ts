import ts from 'typescript'
import { expect, test } from 'vitest'
import { finding, type Rule, source, sourcesUnder } from '../house/source.js'

/** What may be done with a secret where senders are judged: everything else could take longer for a better guess. */
const TAKERS = ['digest', 'digestOf', 'update', 'verify']

const isReveal = (node: ts.Node): node is ts.CallExpression =>
  ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'reveal'

const nameOf = (called: ts.Expression): string =>
  ts.isPropertyAccessExpression(called) ? called.name.text : called.getText()

function isSafe(call: ts.CallExpression): boolean {
  // or what stands in its place where there is none
  const isAlternative =
    ts.isBinaryExpression(call.parent) && call.parent.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken
  const { parent } = isAlternative ? call.parent : call
  if (ts.isCallExpression(parent)) return TAKERS.includes(nameOf(parent.expression))
  // for HMACs, of which libraries compare the results in constant time: of login tokens and sessions, and Hawk's own
  if (ts.isVariableDeclaration(parent)) return parent.name.getText() === 'hmacKey'
  return ts.isPropertyAssignment(parent) && parent.name.getText() === 'key'
}

/** A secret is taken out of its wrapping only into a digest, an HMAC, argon2 or Hawk: never next to what a sender sent. */
const noPlainComparison: Rule = {
  name: 'secrets are never compared as texts',
  check: (of) =>
    of.path.startsWith('src/auth/') && of.path !== 'src/auth/sign.ts'
      ? of.nodes.filter(isReveal).flatMap((node) => (isSafe(node) ? [] : [finding(of, node, node.parent.getText())]))
      : [],
}

test('how long an answer takes says nothing about how much of a key was right', () => {
  expect(sourcesUnder('src').flatMap(noPlainComparison.check)).toEqual([])
})

test('the secrets of senders are looked at in as many places as is known', () => {
  const places = sourcesUnder('src').filter(({ path, nodes }) => path.startsWith('src/auth/') && nodes.some(isReveal))
  expect(places.map(({ path }) => path)).toEqual([
    'src/auth/hawk-check.ts',
    'src/auth/login-token.ts',
    'src/auth/password-check.ts',
    'src/auth/secret-index.ts',
    'src/auth/session.ts',
    'src/auth/sign.ts',
  ])
})

test.each([
  'if (entry.secret.reveal() === presented) admit()',
  'const known = entry.secret.reveal()',
  'new Set([key.reveal()]).has(presented)',
  'presented.startsWith(key.reveal())',
  'compare(key.reveal(), presented)',
  'const known = entry.secret?.reveal() ?? other',
])('a comparison like %j is found', (text) => {
  expect(noPlainComparison.check(source('src/auth/a.ts', text))).not.toEqual([])
})

test.each([
  'index.get(digest(entry.secret.reveal()))',
  'verify(hash.reveal(), password)',
  'const c = { key: s.reveal() }',
  "createHmac('sha256', k).update(hash.reveal())",
  'const hmacKey = s.reveal()',
])('%j is none', (text) => {
  expect(noPlainComparison.check(source('src/auth/a.ts', text))).toEqual([])
})
