import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { createProgram, type Program } from '../../src/cli/program.js'
import { ROOT } from '../house/source.js'

/** Every `alerta-relay …` that the documentation and the program's own texts tell people to type. */

const COMMANDS = join(ROOT, 'src/cli/commands')

async function wholeProgram(): Promise<Command> {
  const program = createProgram({ env: {} } as Program['io'])
  for (const file of readdirSync(COMMANDS)) {
    const group = (await import(join(COMMANDS, file))) as Record<string, unknown>
    for (const [name, add] of Object.entries(group)) {
      if (name.startsWith('add') && typeof add === 'function') add(program)
    }
  }
  return program.root
}

const textsUnder = (folder: string, end: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(end))
    .map((path) => readFileSync(join(ROOT, folder, path), 'utf8'))

const NAME = String.raw`(?:alerta-relay|node (?:\S*/)?dist/main\.js)`

/** In a page: at the beginning of a line or of a code mark, to its end or to what a shell does with it. */
const IN_PAGES = new RegExp(String.raw`(?:^\s*(?:\$ )?|\`)${NAME} ([a-z-][^\n\`|>#;&)]*)`, 'gm')
/** In the program: in a text, to the end of it. */
const IN_PROGRAM = new RegExp(String.raw`['"\`]${NAME} ([a-z-][^\n\`'"|>#;&)]*)`, 'gm')

const typedIn = (text: string, where: RegExp): readonly string[] =>
  [...text.matchAll(where)].map(([, typed]) => (typed as string).replace(/'[^']*'|"[^"]*"/g, 'text').trim())

/** Which words follow the name where it is spoken of: "alerta-relay cannot run". */
const PROSE: ReadonlySet<string> = new Set(['by', 'cannot', 'console'])

/** What is wrong with it; undefined: it can be typed so. */
function fault(root: Command, typed: string): string | undefined {
  const [first = '', ...rest] = typed.split(/\s+/)
  if (PROSE.has(first)) return undefined
  const named = (group: Command, name: string) => group.commands.find((one) => one.name() === name)
  let command = first.startsWith('-') ? root : named(root, first)
  if (command === undefined) return `no command ${first}`
  const sub = named(command, rest[0] ?? '')
  if (sub !== undefined) command = sub
  const known = command.options.flatMap(({ long, short }) => [long, short])
  const options = [first, ...rest].flatMap((word) => /^\[?(--?[a-z][a-z-]*)/.exec(word)?.[1] ?? [])
  const unknown = options.filter((option) => !known.includes(option) && option !== '--help' && option !== '-h')
  return unknown.length === 0 ? undefined : `${command.name()} has no ${unknown.join(', ')}`
}

const PAGES = [readFileSync(join(ROOT, 'README.md'), 'utf8'), ...textsUnder('docs', '.md')]

test('every command that the documentation names can be typed as it stands there', async () => {
  const root = await wholeProgram()
  const typed = PAGES.flatMap((text) => typedIn(text, IN_PAGES))
  expect(typed.length).toBeGreaterThan(50)
  expect(typed.flatMap((one) => fault(root, one) ?? [])).toEqual([])
})

test('so can what the program itself tells people to type', async () => {
  const root = await wholeProgram()
  const typed = textsUnder('src', '.ts').flatMap((text) => typedIn(text, IN_PROGRAM))
  expect(typed.length).toBeGreaterThan(10)
  expect(typed.flatMap((one) => fault(root, one) ?? [])).toEqual([])
})

test('every command of the program stands in the documentation', async () => {
  const root = await wholeProgram()
  const pages = PAGES.join('\n')
  const names = root.commands.map((one) => one.name()).filter((name) => name !== 'help' && name !== 'complete')
  expect(names.filter((name) => !new RegExp(`(alerta-relay|dist/main\\.js|\`) ?${name}\\b`).test(pages))).toEqual([])
})

test('a command that is not there, or an option that it has not, is found', async () => {
  const root = await wholeProgram()
  expect(fault(root, 'hold mom1 --because text')).toBe('hold has no --because')
  expect(fault(root, 'stop mom1 --yes')).toBe('no command stop')
  expect(fault(root, 'key create --scopes write')).toBeUndefined()
})
