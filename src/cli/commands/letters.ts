import { dead, discard, replay } from '../letters.js'
import { collect, exiting, type Program } from '../program.js'

/** Dead letters, and what becomes of them. */
export function addLetters({ ofDestination, io }: Program): void {
  const ofLetters = (name: string, description: string) =>
    ofDestination(name, description)
      .option('-m, --message <id>', 'only this message, by its id or the beginning of it (may be repeated)', collect)
      .option('-r, --reason <text>', 'only those in whose reason this stands')
      .option('--since <duration>', 'only those that died since, such as 2h')

  ofLetters('dead', 'the dead letters of a destination: how many for which reason, and the newest')
    .option('--json', 'print the newest as one line of JSON each')
    .action(exiting((destination, options) => dead(destination, options, io)))

  ofLetters('replay', 'send dead letters again, as new messages behind what is queued')
    .option('--as-was', "as they were, also where the alert's state is newer; else that state is sent")
    .option('--dry-run', 'send nothing, tell how many it would be')
    .option('--json', 'print what came of it as one line of JSON, of a dry run one for each reason')
    .action(exiting((destination, options) => replay(destination, options, io)))

  ofLetters('discard', 'end dead letters for good; without --yes it only tells which')
    .option('--why <text>', 'what others will read beside them')
    .option('--yes', 'do it')
    .option('--json', 'print what came of it as one line of JSON, without --yes one for each reason')
    .action(exiting((destination, options) => discard(destination, options, io)))
}
