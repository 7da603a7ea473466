import { expect, test } from 'vitest'
import { commandsOf } from '../../src/cli/commands/all.js'
import type { Io } from '../../src/cli/io.js'

/** What is said to a command line that cannot be right. */
async function refusalOf(...line: string[]): Promise<string> {
  const nowhere = { write: () => true }
  const io: Io = { stdout: nowhere, stderr: nowhere, env: {}, signal: new AbortController().signal }
  let said = ''
  const { root } = commandsOf(io)
  for (const command of [root, ...root.commands]) {
    command.exitOverride().configureOutput({ writeErr: (text) => (said += text) })
  }
  await expect(root.parseAsync(line, { from: 'user' })).rejects.toThrow()
  return said
}

test('a command that there is not is called so, and the one that may be meant is named', async () => {
  expect(await refusalOf('serv')).toContain("error: unknown command 'serv' (did you mean serve?)")
  expect(await refusalOf('statusses')).toContain("error: unknown command 'statusses' (did you mean status?)")
  expect(await refusalOf('xyz')).toBe("error: unknown command 'xyz'\n(alerta-relay --help tells more)\n")
})

test('what lacks an option points to the help of its command', async () => {
  expect(await refusalOf('hold', 'mom1')).toContain('(alerta-relay hold --help tells more)')
})

test('every command stands in a group of the help', () => {
  const nowhere = { write: () => true }
  const io: Io = { stdout: nowhere, stderr: nowhere, env: {}, signal: new AbortController().signal }
  const help = commandsOf(io).root.helpInformation()
  expect(help).not.toContain('\nCommands:\n')
  expect(help.indexOf('What is going on:')).toBeLessThan(help.indexOf('\n  status '))
  expect(help.indexOf('\n  backup ')).toBeGreaterThan(help.indexOf('The relay, who may use it'))
})
