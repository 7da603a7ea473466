import { exiting, type Program } from '../program.js'
import { reload } from '../reload.js'
import { schema } from '../schema.js'

/** The relay itself, and its configuration. What loads the whole of it is loaded when it is asked for: other commands are quick. */
export function addRunning({ root, command, io }: Program): void {
  command('serve', 'run the relay (the default)', { isDefault: true })
    .option('--sink <host:port>', 'start a debug sink beside it, to try things out')
    .action(exiting(async (options) => (await import('../serve.js')).serve(options, io)))

  command('check', 'read the configuration, print what is in force, tell every problem')
    .option('--probe', 'ask every destination instead: reachable, TLS, credential, identity, clock')
    .option('--json', 'print each problem and finding as one line of JSON')
    .action(exiting(async (options) => (await import('../check.js')).check(options, io)))

  command('reload', 'let the running relay read its configuration again; a wrong one changes nothing')
    .option('--json', 'print the result as one line of JSON')
    .action(exiting((options) => reload(options, io)))

  root
    .command('schema')
    .description('print the JSON Schema of the configuration file, for editors that complete and check it')
    .action(exiting(() => schema(io)))
}
