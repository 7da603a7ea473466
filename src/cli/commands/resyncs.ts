import { diff } from '../diff.js'
import { collect, exiting, type Program } from '../program.js'
import { resync } from '../resync.js'

/** What a destination has and should have. */
export function addResyncs({ ofDestination, io }: Program): void {
  ofDestination('resync', 'send a destination what it should have and has not, through the running relay')
    .option('--all', 'send all that it should have, without asking it what it has')
    .option('--from', "the other way: take over the destination's alerts that the relay does not have")
    .option('--since <duration>', 'only alerts of which something was heard since, such as 2h')
    .option('--match <field=pattern>', 'only alerts that fit, such as severity=critical (may be repeated)', collect)
    .option('--dry-run', 'send nothing, count what would be sent')
    .option('--detach', 'begin it and do not wait for its end')
    .option('--stop', 'stop the one that runs')
    .option('--json', 'print what came of it as one line of JSON')
    .action(exiting((destination, options) => resync(destination, options, io)))

  ofDestination(
    'diff',
    'compare the relay with a destination, through the running relay: exit code 0 where they are equal',
  )
    .option('--repair', 'queue what the destination needs')
    .option('--json', 'print each difference as one line of JSON')
    .action(exiting((destination, options) => diff(destination, options, io)))
}
