import { hold, release, retry } from '../destinations.js'
import { skip } from '../moves.js'
import { exiting, type Program } from '../program.js'

const JSON_HELP = 'print the destination as it is then as one line of JSON'

/** Hold, release and retry of destinations. */
export function addDestinations({ ofDestination, io }: Program): void {
  ofDestination('hold', 'send nothing more to a destination; what is queued for it waits, and grows no older')
    .requiredOption('-r, --reason <text>', 'why, for those who find it held')
    .option('--for <duration>', 'release it by itself after so long, such as 2h')
    .option('--json', JSON_HELP)
    .addHelpText('after', '\nExample:\n  alerta-relay hold mom1 --reason "upgrade of mom1" --for 2h\n')
    .action(exiting((destination, options) => hold(destination, options, io)))

  ofDestination('release', 'end the hold or suspension of a destination')
    .option('--skip', 'of a suspension: bury the message that caused it; without --yes it only tells which')
    .option('--yes', 'do it')
    .option('--json', JSON_HELP)
    .action(exiting((destination, options) => (options.skip ? skip : release)(destination, options, io)))

  ofDestination('retry', 'try now what waits for its next try')
    .option('--json', JSON_HELP)
    .action(exiting((destination, options) => retry(destination, options, io)))
}
