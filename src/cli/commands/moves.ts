import { exportQueue, importQueue } from '../exports.js'
import { discardQueued, move } from '../moves.js'
import { exiting, type Program } from '../program.js'

/** Whole queues. */
export function addMoves({ ofDestination, io }: Program): void {
  const ofQueue = (name: string, description: string) =>
    ofDestination(name, description)
      .option('--lane <lane>', 'only this lane, as queue shows it: environment/resource')
      .option('--alert <id>', 'only what is about this alert')
      .option('--older-than <duration>', 'only what was accepted longer ago, such as 2h')
      .option('--yes', 'do it')
      .option('--json', 'print what came of it as one line of JSON')

  ofQueue('move', 'queue for another destination what is queued for this one; without --yes it only tells how much')
    .argument('<to>', 'the other destination')
    .option('--dry-run', 'only tell how much, as without --yes')
    .action(exiting((from, to, { dryRun, yes, ...rest }) => move(from, to, { ...rest, yes: yes && !dryRun }, io)))

  ofQueue('discard-queued', 'end what is queued without sending it; without --yes it only tells how much')
    .option('--why <text>', 'what others will read beside it')
    .action(exiting((destination, options) => discardQueued(destination, options, io)))

  ofDestination('export', 'write what is queued for a destination to standard output, as JSON lines')
    .option('--dead', 'its dead letters instead')
    .action(exiting((destination, options) => exportQueue(destination, options, io)))

  ofDestination('import-queue', 'take in what export has written, for this destination; twice does no harm')
    .option('-f, --file <file>', 'the export; standard input by default')
    .option('--strict', 'stop at the first part with a line that cannot be used')
    .option('--json', 'print what became of the lines as one line of JSON')
    .action(exiting((destination, options) => importQueue(destination, options, io)))
}
