import { check } from '../check.js'
import { exiting, type Program } from '../program.js'
import { serve } from '../serve.js'

/** The relay itself, and its configuration. */
export function addRunning({ command, io }: Program): void {
  command('serve', 'run the relay (the default)', { isDefault: true })
    .option('--sink <host:port>', 'start a debug sink beside it, to try things out')
    .action(exiting((options) => serve(options, io)))

  command('check', 'read the configuration, print what is in force, tell every problem')
    .option('--probe', 'ask every destination too: reachable, TLS, credential, identity, clock', false)
    .action(exiting((options) => check(options, io)))
}
