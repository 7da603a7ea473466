import { LEVELS } from '../../base/log.js'
import { audit } from '../audit.js'
import { createKey, listKeys, revokeKey, rotateKey } from '../keys.js'
import { logLevel } from '../log-level.js'
import { collect, exiting, type Program } from '../program.js'
import { send } from '../send.js'

/** Who may come in, who did what, what is logged, and whether it gets through. */
export function addOperators(program: Program): void {
  addKeys(program)
  const { command, io } = program

  command('audit', 'who changed what, when and from where; oldest first')
    .option('--since <duration>', 'only since then, such as 2h')
    .option('--who <text>', 'only by those in whose name this stands')
    .option('--command <name>', 'only this command')
    .option('--limit <count>', 'the newest so many (1000 by default)')
    .option('--json', 'print each change as one line of JSON')
    .action(exiting((options) => audit(options, io)))

  command('log', 'what level the log of the running relay has; with a level, change it')
    .argument('[level]', LEVELS.join(', '))
    .option('--for <duration>', 'back to the configured level by itself after so long, such as 10m')
    .option('--json', 'print it as one line of JSON')
    .action(exiting((level, options) => logLevel(level, options, io)))

  command('send', 'send a test alert through the running relay, to see where it goes; or an action on an alert')
    .argument('[file]', 'an alert as JSON, such as a sender would post')
    .option('--resource <text>', 'alerta-relay by default')
    .option('--event <text>', 'TestAlert by default')
    .option('--environment <text>', 'Production by default')
    .option('--severity <severity>', 'informational by default')
    .option('--service <text>', 'may be repeated', collect)
    .option('--text <text>', 'what it says')
    .option('--action <action>', 'such as ack or close, in the place of an alert; with --id')
    .option('--id <id>', 'the alert that --action is about')
    .option('--wait [duration]', 'show what each destination answered; 30s by default')
    .option('--json', 'print the result as one line of JSON')
    .action(exiting((file, options) => send(file, options, io)))
}

/** `key create` and so on: one word more than other commands. */
function addKeys({ root, command, io }: Program): void {
  const keys = root.command('key').description('API keys that work at once, beside those of the configuration')
  const within = (group: typeof keys, name: string, description: string) => command(name, description, {}, group)

  within(keys, 'create', 'make a key; its secret is printed this one time, alone on standard output')
    .requiredOption('--scopes <scopes>', 'what it may do, such as write:alerts,write:heartbeats')
    .option('--customers <customers>', 'bind it to these customers')
    .option('--text <text>', 'what it is for; logs call it so')
    .option('--expires <duration>', 'ends by itself after so long, such as 90d')
    .option('--peer', 'it is for another relay')
    .option('--json', 'print it as one line of JSON')
    .action(exiting((options) => createKey(options, io)))

  within(keys, 'list', 'the keys, when they end and when they were last used; never their secrets')
    .option('--json', 'print each key as one line of JSON')
    .action(exiting((options) => listKeys(options, io)))

  within(keys, 'revoke', 'end a key at once and for good')
    .argument('<key>', 'its id or the beginning of it, its text, or how it begins')
    .action(exiting((key, options) => revokeKey(key, options, io)))

  within(keys, 'rotate', 'make another key with the same rights; the old one works a while longer')
    .argument('<key>', 'its id or the beginning of it, its text, or how it begins')
    .option('--overlap <duration>', 'for how long the old one works (1d by default)')
    .option('--json', 'print it as one line of JSON')
    .action(exiting((key, options) => rotateKey(key, options, io)))
}
