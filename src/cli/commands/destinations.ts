import { hold, release, retry, status } from '../destinations.js'
import { exiting, type Program } from '../program.js'

/** What destinations do, and their hold and release. */
export function addDestinations({ command, ofDestination, io }: Program): void {
  command('status', 'what every destination of the running relay is doing, and why it is not')
    .option('--json', 'print each destination as one line of JSON')
    .action(exiting((options) => status(options, io)))

  ofDestination('hold', 'send nothing more to a destination; what is queued for it waits, and grows no older')
    .requiredOption('-r, --reason <text>', 'why, for those who find it held')
    .option('--for <duration>', 'release it by itself after so long, such as 2h')
    .action(exiting((destination, options) => hold(destination, options, io)))

  ofDestination('release', 'end the hold or suspension of a destination').action(
    exiting((destination, options) => release(destination, options, io)),
  )

  ofDestination('retry', 'try now what waits for its next try').action(
    exiting((destination, options) => retry(destination, options, io)),
  )
}
