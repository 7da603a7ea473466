import { Command, type CommandOptions } from 'commander'
import { readVersion } from '../base/version.js'
import type { ExitCode, Io } from './io.js'

const CONFIG_HELP = 'configuration file (YAML); ALERTA_RELAY_CONFIG names it too'
/** Wrong usage; commander itself would say 1. */
const USAGE = 2

/** What the commands are put together with. */
export interface Program {
  readonly root: Command
  readonly io: Io
  /** a command about the relay of a configuration file, the option of which it has */
  command(name: string, description: string, options?: CommandOptions): Command
  /** one about a destination, its first argument */
  ofDestination(name: string, description: string): Command
}

export function createProgram(io: Io): Program {
  const root = new Command('alerta-relay')
    .description('Store-and-forward federation relay for the Alerta monitoring system')
    .version(readVersion())
    .showHelpAfterError('(alerta-relay --help tells more)')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE))
  const defaultConfig = io.env.ALERTA_RELAY_CONFIG ?? 'config/relay.yaml'
  const command: Program['command'] = (name, description, options = {}) =>
    root.command(name, options).description(description).option('-c, --config <file>', CONFIG_HELP, defaultConfig)
  return {
    root,
    io,
    command,
    ofDestination: (name, description) =>
      command(name, description).argument('<destination>', 'its name in the configuration'),
  }
}

/** Of an option that may be repeated. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

/** The action of a command: its result becomes the exit code of the process. */
export const exiting =
  <A extends unknown[]>(run: (...args: A) => ExitCode | Promise<ExitCode>) =>
  async (...args: A): Promise<void> => {
    process.exitCode = await run(...args)
  }
