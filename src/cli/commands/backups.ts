import { backup, restoreFrom } from '../backup.js'
import { exiting, type Program } from '../program.js'

/** The whole database. */
export function addBackups({ command, io }: Program): void {
  command('backup', 'copy the database as it is now, while the relay runs or not')
    .argument('<file>', 'where to; it must not be there yet')
    .option('--json', 'print what was written as one line of JSON')
    .action(exiting((file, options) => backup(file, options, io)))

  command('restore', 'put a backup in the place of the database, while no relay runs; all destinations will be held')
    .argument('<file>', 'what backup has written')
    .option('--json', 'print what was done as one line of JSON')
    .action(exiting((file, options) => restoreFrom(file, options, io)))
}
