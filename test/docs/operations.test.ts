import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { afterEach, expect, test } from 'vitest'
import { backUpDatabase } from '../../src/relay/backups.js'
import { ROOT } from '../house/source.js'
import { serve, stopServing } from '../management/serving.js'
import { blocks, page, section, table } from './pages.js'

const PAGE = page('operations.md')
afterEach(stopServing)

const LEVELS = ['debug', 'info', 'warn', 'error']

const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(join(ROOT, 'src', path), 'utf8'))
const sources = files.join('\n')

/** All calls of `<something>.<name>(…)` in the program, with their arguments. */
function calls(name: RegExp): { readonly method: string; readonly args: readonly ts.Expression[] }[] {
  const found: { method: string; args: readonly ts.Expression[] }[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { expression: owner, name: method } = node.expression
      if (name.test(`${owner.getText()}.${method.text}`)) found.push({ method: method.text, args: node.arguments })
    }
    ts.forEachChild(node, visit)
  }
  for (const text of files) visit(ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true))
  return found
}

/** The texts that an expression may be, where it says so itself. */
function texts(expression: ts.Expression | undefined): string[] {
  if (expression === undefined) return []
  if (ts.isStringLiteral(expression)) return [expression.text]
  if (ts.isConditionalExpression(expression)) return [...texts(expression.whenTrue), ...texts(expression.whenFalse)]
  return []
}

test('every line that the relay can log stands on the page with its level, and no other', () => {
  const logged = calls(/(^|\.)log\.(debug|info|warn|error)$/).flatMap(({ method, args }) =>
    texts(args[1]).map((text) => `${text}: ${method}`),
  )
  const documented = table(PAGE, 'msg', 'level').map(([text, level]) => `${text}: ${level}`)
  expect(documented.toSorted()).toEqual([...new Set(logged)].toSorted())
  expect(documented.every((line) => LEVELS.some((level) => line.endsWith(level)))).toBe(true)
})

test('every counter with a fixed name stands on the page', () => {
  const documented = table(PAGE, 'counter', 'counts').flatMap(([names = '']) => names.split(', '))
  const counted = calls(/(^|\.)counters\.add$/).flatMap(({ args }) =>
    texts(args[0]).flatMap((name) => texts(args[1]).map((label) => `${name}.${label}`)),
  )
  expect(counted.length).toBeGreaterThan(0)
  expect(counted.filter((name) => !documented.join(' ').includes(name))).toEqual([])
})

test('the hints on the page are those that the relay gives', () => {
  // in the outputs, folded to the width of a terminal, and in a table
  const shown = [...PAGE.matchAll(/^hint +(.+(?:\n {8,}.+)*)/gm)].map(([, hint]) =>
    (hint as string).replace(/\s+/g, ' '),
  )
  const listed = table(section(PAGE, 'The URL is wrong'), 'why', 'hint').map(([, hint]) => hint as string)
  const hints = [...shown, ...listed]
  expect(shown.length).toBeGreaterThan(2)
  // names and addresses stand in them
  const fixed = hints.flatMap((hint) => hint.split(/https?:\/\/\S+|\/login/)).map((part) => part.trim())
  expect(fixed.filter((part) => !sources.includes(part.replace(/^,\s*/, '')))).toEqual([])
})

test('a backup made as the page says, while the relay runs, has all that was accepted', async () => {
  const away = { destinations: [{ name: 'away', url: 'http://127.0.0.1:9' }] }
  const relay = await serve(away)
  for (let i = 0; i < 50; i += 1) expect((await relay.alert({ resource: `web${i}` })).status).toBe(201)
  const copy = `${relay.database}.copy`
  expect(section(PAGE, 'Backup')).toContain('$ alerta-relay backup ')
  expect(await backUpDatabase({ database_url: `sqlite:${relay.database}` }, copy)).toMatchObject({ queued: 50 })

  const other = await serve()
  const restored = await other.restart(away, () => copyFileSync(copy, other.database))
  const status = await (await restored.get('/management/status', 'admin')).json()
  expect(status).toMatchObject({ destinations: [{ name: 'away', queued: 50 }] })
})

test('links to sections lead somewhere', () => {
  const anchor = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-')
  const pages = [
    'operations.md',
    'http-api.md',
    'configuration.md',
    'security.md',
    'topologies.md',
    'getting-started.md',
  ]
  const anchors = new Set(
    pages.flatMap((name) =>
      [...page(name).matchAll(/^#{2,} (.*)$/gm)].map(([, heading]) => `${name}#${anchor(heading as string)}`),
    ),
  )
  const links = pages.flatMap((name) =>
    [...page(name).matchAll(/\]\(([\w-]+\.md)?#([\w-]+)\)/g)].map(([, target, to]) => `${target ?? name}#${to}`),
  )
  expect(links).not.toEqual([])
  expect(links.filter((link) => !anchors.has(link))).toEqual([])
})

test('what the log says of a message and of an attempt is explained', () => {
  const lines = section(PAGE, 'Log lines')
  for (const [head, example] of [
    ['field of a message', /"msg":"message refused"/],
    ['field of an attempt', /"msg":"delivery attempted"/],
  ] as const) {
    const line = blocks(PAGE, 'json').find((block) => example.test(block)) ?? '{}'
    const explained = table(lines, head, 'meaning').flatMap(([names = '']) => names.match(/\w+/g) ?? [])
    const others = ['level', 'msg', 'destination', 'limit']
    expect(Object.keys(JSON.parse(line)).filter((name) => ![...explained, ...others].includes(name))).toEqual([])
  }
})
