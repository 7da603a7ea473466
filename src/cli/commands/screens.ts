import { explain } from '../explain.js'
import { exiting, type Program } from '../program.js'
import { queue } from '../queue.js'
import { senders } from '../senders.js'
import { status } from '../status.js'
import { tail } from '../tail.js'
import { top } from '../top.js'

const EXAMPLES = (...lines: readonly string[]): string => `\nExamples:\n${lines.map((line) => `  ${line}\n`).join('')}`
const ONE = 'its name in the configuration; absent: all'

/** What answers: is anything stuck, where, since when, why, what happens next. */
export function addScreens({ command, io }: Program): void {
  command('status', 'is anything stuck, where, since when and why: the relay and its destinations on one screen')
    .argument('[destination]', `${ONE}, on one screen`)
    .option('--all', 'the well ones too, however many there are')
    .option('--json', 'print each destination as one line of JSON')
    .addHelpText(
      'after',
      EXAMPLES(
        'alerta-relay status',
        'alerta-relay status mom1                          # everything about one, and what can be done',
        `alerta-relay status --json | jq -r 'select(.trouble) | .name'`,
      ),
    )
    .action(exiting((destination, options) => status(destination, options, io)))

  command('queue', 'how much waits where and for how long; of one destination, its lanes')
    .argument('[destination]', ONE)
    .option('--json', 'print each destination as one line of JSON')
    .addHelpText(
      'after',
      EXAMPLES('alerta-relay queue', 'alerta-relay queue mom1                           # which lanes hold it up'),
    )
    .action(exiting((destination, options) => queue(destination, options, io)))

  command('top', 'the status, live; q quits')
    .option('-i, --interval <duration>', 'how often to look', '2s')
    .option('--json', 'print each destination as one line of JSON, once')
    .addHelpText('after', EXAMPLES('alerta-relay top', 'alerta-relay top --interval 10s'))
    .action(exiting((options) => top(options, io)))

  command('tail', 'what the relay does, while it does it')
    .option('-d, --destination <name>', 'only what is about this destination')
    .option('-a, --alert <id>', 'only what is about this alert; the beginning of its id is enough')
    .option('-m, --message <id>', 'only this message')
    .option('-l, --level <level>', 'only lines of this level (debug, info, warn, error) and worse')
    .option('-g, --grep <text>', 'only lines in which this text stands')
    .option('-n, --lines <count>', 'begin with so many of the newest', '10')
    .option('--after <id>', 'begin after this event, the id of which --json shows')
    .option('--json', 'print each event as one line of JSON')
    .addHelpText(
      'after',
      EXAMPLES(
        'alerta-relay tail',
        'alerta-relay tail --destination mom1 --level warn',
        'alerta-relay tail --alert 0c2f1a2b --json',
      ),
    )
    .action(exiting((options) => tail(options, io)))

  command('senders', 'who sends how much, and who is refused and why')
    .option('--json', 'print each sender as one line of JSON')
    .addHelpText('after', EXAMPLES('alerta-relay senders'))
    .action(exiting((options) => senders(options, io)))

  command('explain', 'who would get an alert that came in now, and why not; nothing is sent')
    .argument('<alert.json>', 'a file with the JSON of a POST /alert, - for standard input, or the id of an alert')
    .option('--loop <header>', 'the X-Alerta-Loop with which it would come')
    .option('--json', 'print each destination as one line of JSON')
    .addHelpText(
      'after',
      EXAMPLES(
        'alerta-relay explain alert.json',
        'alerta-relay explain 0c2f1a2b                     # if it came in again',
        `echo '{"resource":"web01","event":"NodeDown","environment":"Production"}' | alerta-relay explain -`,
      ),
    )
    .action(exiting((alert, options) => explain(alert, options, io)))
}
