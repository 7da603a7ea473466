import { expect, test } from 'vitest'
import { commandsOf } from '../../src/cli/commands/all.js'
import type { Io } from '../../src/cli/io.js'

/** What each command's help says, by its name. */
function helps(): ReadonlyMap<string, { readonly help: string; readonly flags: readonly string[] }> {
  const nowhere = { write: () => true }
  const io: Io = { stdout: nowhere, stderr: nowhere, env: {}, signal: new AbortController().signal }
  const program = commandsOf(io)
  return new Map(
    program.root.commands.map((command) => {
      let help = ''
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
      const flags = command.options.flatMap(({ short, long }) => [short, long]).filter((flag) => flag !== undefined)
      return [command.name(), { help, flags }]
    }),
  )
}

/** They have nothing to show, or print nothing of their own. */
const WITHOUT_EXAMPLES = ['schema', 'hash-password', 'key', 'complete']
const WITHOUT_JSON = [...WITHOUT_EXAMPLES, 'serve', 'export', 'import', 'completion']

test('every command shows how it is used, with options that it has', () => {
  for (const [name, { help, flags }] of helps()) {
    const examples = /\nExamples?:\s([\s\S]*)$/.exec(help)?.[1] ?? ''
    if (!WITHOUT_EXAMPLES.includes(name)) expect(examples, name).toContain(`alerta-relay ${name}`)
    const used = [...examples.matchAll(new RegExp(`alerta-relay ${name}( [^|&>#\\n]*)?`, 'g'))].flatMap(
      ([, rest = '']) => rest.match(/(?<= )--?[a-z][a-z-]*/g) ?? [],
    )
    expect(used.filter((flag) => !flags.includes(flag), name)).toEqual([])
  }
})

test('every command that tells something can tell it as JSON', () => {
  const without = [...helps()].filter(([, { flags }]) => !flags.includes('--json')).map(([name]) => name)
  expect(without.filter((name) => !WITHOUT_JSON.includes(name))).toEqual([])
})
