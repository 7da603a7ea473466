import { list } from '../list.js'
import { exiting, type Program } from '../program.js'
import { show } from '../show.js'
import { trace } from '../trace.js'
import { why } from '../why.js'

/** What happened to a message and to an alert. */
export function addStories({ command, io }: Program): void {
  command('list', 'messages that came in, the newest first, and where each went')
    .option('-d, --destination <name>', 'only those for this destination')
    .option(
      '-s, --state <state>',
      'only those that are queued, sending, delivered, dead, suppressed, superseded, folded, discarded or skipped',
    )
    .option(
      '-k, --kind <kind>',
      'only alert, action, delete, heartbeat, status, tag, untag, attributes, note or webhook',
    )
    .option('-a, --alert <id>', 'only those about this alert; 8 characters of an id are enough')
    .option('--resource <name>', 'only those about alerts of this resource')
    .option('--event <name>', 'only those about alerts with this event')
    .option('--environment <name>', 'only those about alerts of this environment')
    .option('-t, --text <text>', 'only those in whose body this stands')
    .option(
      '--since <time>',
      'only those accepted since: a duration such as 2h, or a time such as 2026-11-21T19:00:00Z',
    )
    .option('--until <time>', 'only those accepted until then')
    .option('-n, --limit <count>', 'at most so many (500)', '50')
    .option('--cursor <cursor>', 'go on where the list before ended')
    .option('--json', 'print each message as one line of JSON')
    .addHelpText('after', '\nExample: alerta-relay list --destination mom1 --state dead --since 2h')
    .action(exiting((options) => list(options, io)))

  command('show', 'one message: where it went and why, and every attempt to deliver it')
    .argument('<message>', 'its id, or the beginning of it')
    .option('--body', 'print its body too: it holds whatever its sender has put there')
    .option('--json', 'print it as one line of JSON')
    .action(exiting((message, options) => show(message, options, io)))

  command('trace', "an alert's whole story, here and at the relays beyond that may be asked")
    .argument('<alert>', 'one of its ids; 8 characters of it are enough')
    .option('--here', 'ask no other relay')
    .option('--json', 'print what each relay tells as one line of JSON')
    .action(exiting((alert, options) => trace(alert, options, io)))

  command('why', 'whether a destination should have an alert, has it, what waits, and what helps')
    .argument('<alert>', 'one of its ids; 8 characters of it are enough')
    .argument('<destination>', 'its name in the configuration')
    .option('--json', 'print it as one line of JSON')
    .addHelpText('after', '\nExample: alerta-relay why 4f0c1e71 mom1')
    .action(exiting((alert, destination, options) => why(alert, destination, options, io)))
}
