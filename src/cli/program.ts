import { Command, type CommandOptions, Option } from 'commander'
import { readVersion } from '../base/project.js'
import type { ExitCode, Io } from './io.js'

const CONFIG_HELP = 'configuration file (YAML); ALERTA_RELAY_CONFIG names it too'
/** Wrong usage; commander itself would say 1. */
const USAGE = 2

/** What the commands are put together with. */
export interface Program {
  readonly root: Command
  readonly io: Io
  /** a command about the relay of a configuration file, the option of which it has; below `group` where there is one */
  command(name: string, description: string, options?: CommandOptions, group?: Command): Command
  /** one about a destination, its first argument */
  ofDestination(name: string, description: string): Command
}

export const defaultConfig = ({ env }: Pick<Io, 'env'>): string => env.ALERTA_RELAY_CONFIG ?? 'config/relay.yaml'

export function createProgram(io: Io): Program {
  const root = new Command('alerta-relay')
    .description('Store-and-forward federation relay for the Alerta monitoring system')
    .version(readVersion())
    .showHelpAfterError('(alerta-relay --help tells more)')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE))
    .hook('preSubcommand', refuseUnknown)
    .configureHelp({ minWidthToWrap: NARROW, subcommandTerm: termOf })
  const command: Program['command'] = (name, description, options = {}, group = root) => {
    const made = group.command(name, options).description(description)
    const path = group === root ? name : `${group.name()} ${name}`
    made.showHelpAfterError(`(${root.name()} ${path} --help tells more)`)
    made.option('-c, --config <file>', CONFIG_HELP, defaultConfig(io))
    return WITHOUT_RELAY.has(name) ? made : reaching(made, io)
  }
  return {
    root,
    io,
    command,
    ofDestination: (name, description) =>
      command(name, description).argument('<destination>', 'its name in the configuration'),
  }
}

/** The right column of the help is folded down to here. */
const NARROW = 20

/** All of them have options: to say so would only push the texts aside. */
const termOf = (command: Command): string =>
  [
    command.name(),
    ...command.registeredArguments.map((one) => (one.required ? `<${one.name()}>` : `[${one.name()}]`)),
  ].join(' ')

/** Else what is no command would be taken for an argument of the default one. */
function refuseUnknown(root: Command): void {
  const [word = '-'] = root.args
  const names = root.commands.map((command) => command.name())
  if (word.startsWith('-') || names.includes(word)) return
  const meant = names.find((name) => name.startsWith(word) || word.startsWith(name))
  root.error(`error: unknown command '${word}'${meant === undefined ? '' : ` (did you mean ${meant}?)`}`)
}

/** What does not ask the running relay. */
const WITHOUT_RELAY: ReadonlySet<string> = new Set(['serve', 'check', 'backup', 'restore'])

/** Adds the options that stand for environment variables of the same meaning (way.ts). */
function reaching(command: Command, io: Io): Command {
  return command
    .addOption(new Option('--url <url>', 'the relay to ask, over HTTP; ALERTA_RELAY_URL names it too'))
    .addOption(new Option('--key-file <file>', 'where the key for it stands; ALERTA_RELAY_KEY may be the key itself'))
    .addOption(new Option('--insecure', 'send the key over plain http too'))
    .hook('preAction', () => {
      const { url, keyFile, insecure } = command.opts()
      // whoever names a configuration means the relay of this machine
      if (command.getOptionValueSource('config') === 'cli') delete io.env.ALERTA_RELAY_URL
      if (url !== undefined) io.env.ALERTA_RELAY_URL = url
      if (keyFile !== undefined) io.env.ALERTA_RELAY_KEY_FILE = keyFile
      if (insecure === true) io.env.ALERTA_RELAY_INSECURE = 'true'
    })
}

/** Of an option that may be repeated. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

/** The action of a command: its result becomes the exit code of the process. */
export const exiting =
  <A extends unknown[]>(run: (...args: A) => ExitCode | Promise<ExitCode>) =>
  async (...args: A): Promise<void> => {
    process.exitCode = await run(...args)
  }
