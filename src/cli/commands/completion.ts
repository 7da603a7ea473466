import { readdirSync, readFileSync } from 'node:fs'
import tab from '@bomb.sh/tab/commander'
import { parse } from 'yaml'
import { z } from 'zod'
import { defaultConfig, type Program } from '../program.js'

/** What of a configuration names its destinations; whatever else may be wrong with it. */
const named = z.looseObject({ destinations: z.array(z.looseObject({ name: z.string() })) })

/** Arguments and options that name a destination, or a file. */
const DESTINATIONS = new Set(['destination'])
const FILES = new Set(['config', 'out', 'alert.json', 'file'])

/**
 * For bash a script of our own: the library's needs the package bash-completion, and evaluates what stands on the command
 * line, with whatever commands in it. Words that end in a slash may go on.
 */
const BASH = `# bash completion for alerta-relay
_alerta_relay() {
  local word rest
  COMPREPLY=()
  while IFS=$'\\t' read -r word rest; do
    [[ $word == :* ]] && continue
    [[ $word == */ ]] && compopt -o nospace
    COMPREPLY+=("$word")
  done < <("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _alerta_relay alerta-relay
`

/** `alerta-relay completion <shell>`. Called when all other commands are there: it knows those. */
export function addCompletion({ root, io }: Program): void {
  const completions = tab(root, { completionCommandName: 'completion' })
  for (const { arguments: given, options } of completions.commands.values()) {
    for (const [name, one] of [...given, ...options]) {
      if (DESTINATIONS.has(name)) one.handler = destinations
      if (FILES.has(name)) one.handler = files
    }
  }
  root.commands
    .find((command) => command.name() === 'completion')
    ?.description('print a script that completes commands, options, names of destinations and files')
    .addHelpText(
      'after',
      `\nExamples:\n  source <(alerta-relay completion bash)\n  alerta-relay completion bash > /etc/bash_completion.d/alerta-relay\n  source <(alerta-relay completion zsh)\n  alerta-relay completion fish > ~/.config/fish/completions/alerta-relay.fish\n`,
    )
    .action((shell: string) => {
      if (shell === 'bash') io.stdout.write(BASH)
      else completions.setup(root.name(), root.name(), shell)
    })

  function destinations(complete: Complete): void {
    for (const name of destinationsIn(configOf(process.argv) ?? defaultConfig(io))) complete(name, 'destination')
  }
}

type Complete = (value: string, description: string) => void

/** The adapter tells shells to offer no files of their own. */
function files(complete: Complete): void {
  const word = process.argv.at(-1) ?? ''
  const folder = word.slice(0, word.lastIndexOf('/') + 1)
  for (const entry of entriesOf(folder || '.')) complete(`${folder}${entry}`, '')
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).map((one) => `${one.name}${one.isDirectory() ? '/' : ''}`)
  } catch {
    return [] // it is not there: nothing can be offered
  }
}

/** `--config x`, `--config=x` or `-c x` among the words that stand there already. */
function configOf(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === '--config' || word === '-c')
  if (at !== -1) return words[at + 1]
  return words.find((word) => word.startsWith('--config='))?.slice('--config='.length)
}

function destinationsIn(path: string): readonly string[] {
  try {
    return named.parse(parse(readFileSync(path, 'utf8'))).destinations.map(({ name }) => name)
  } catch {
    return [] // nothing can be offered, and a message would stand in the middle of the command line
  }
}
