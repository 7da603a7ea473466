#!/usr/bin/env node
import { randomBytes } from 'node:crypto'
import { Command, type CommandOptions } from 'commander'
import { readVersion } from './base/version.js'
import { check } from './cli/check.js'
import { hold, release, retry, status } from './cli/destinations.js'
import { diff } from './cli/diff.js'
import { hashPassword } from './cli/hash-password.js'
import { importConfig } from './cli/import.js'
import type { Io } from './cli/io.js'
import { dead, discard, replay } from './cli/letters.js'
import { resync } from './cli/resync.js'
import { serve } from './cli/serve.js'
import { stopSignal } from './cli/signals.js'
import { sink } from './cli/sink.js'

const CONFIG_HELP = 'configuration file (YAML); ALERTA_RELAY_CONFIG names it too'
const DEFAULT_CONFIG = process.env.ALERTA_RELAY_CONFIG ?? 'config/relay.yaml'
/** Wrong usage; commander itself would say 1. */
const USAGE = 2

const io: Io = { stdout: process.stdout, stderr: process.stderr, env: process.env, signal: stopSignal() }
const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

const program = new Command('alerta-relay')
  .description('Store-and-forward federation relay for the Alerta monitoring system')
  .version(readVersion())
  .showHelpAfterError('(alerta-relay --help tells more)')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE))

const command = (name: string, description: string, options: CommandOptions = {}) =>
  program.command(name, options).description(description).option('-c, --config <file>', CONFIG_HELP, DEFAULT_CONFIG)
const ofDestination = (name: string, description: string) =>
  command(name, description).argument('<destination>', 'its name in the configuration')
const ofLetters = (name: string, description: string) =>
  ofDestination(name, description)
    .option('-m, --message <id>', 'only this message (may be repeated)', collect)
    .option('-r, --reason <text>', 'only those in whose reason this stands')
    .option('--since <duration>', 'only those that died since, such as 2h')

command('serve', 'run the relay (the default)', { isDefault: true })
  .option('--sink <host:port>', 'start a debug sink beside it, to try things out')
  .action(async (options) => {
    process.exitCode = await serve(options, io)
  })

command('check', 'read the configuration, print what is in force, tell every problem')
  .option('--probe', 'ask every destination too: reachable, TLS, credential, identity, clock', false)
  .action(async (options) => {
    process.exitCode = await check(options, io)
  })

command('status', 'what every destination of the running relay is doing, and why it is not')
  .option('--json', 'print each destination as one line of JSON')
  .action(async (options) => {
    process.exitCode = await status(options, io)
  })

ofDestination('hold', 'send nothing more to a destination; what is queued for it waits, and grows no older')
  .requiredOption('-r, --reason <text>', 'why, for those who find it held')
  .option('--for <duration>', 'release it by itself after so long, such as 2h')
  .action(async (destination, options) => {
    process.exitCode = await hold(destination, options, io)
  })

ofDestination('release', 'end the hold or suspension of a destination').action(async (destination, options) => {
  process.exitCode = await release(destination, options, io)
})

ofDestination('retry', 'try now what waits for its next try').action(async (destination, options) => {
  process.exitCode = await retry(destination, options, io)
})

ofLetters('dead', 'the dead letters of a destination: how many for which reason, and the newest')
  .option('--json', 'print the newest as one line of JSON each')
  .action(async (destination, options) => {
    process.exitCode = await dead(destination, options, io)
  })

ofLetters('replay', 'send dead letters again, as new messages behind what is queued')
  .option('--as-was', "as they were, also where the alert's state is newer; else that state is sent", false)
  .option('--dry-run', 'send nothing, tell how many it would be')
  .action(async (destination, options) => {
    process.exitCode = await replay(destination, options, io)
  })

ofLetters('discard', 'end dead letters for good; without --yes it only tells which')
  .option('--why <text>', 'what others will read beside them')
  .option('--yes', 'do it', false)
  .action(async (destination, options) => {
    process.exitCode = await discard(destination, options, io)
  })

ofDestination('resync', 'send a destination what it should have and has not, through the running relay')
  .option('--all', 'send all that it should have, without asking it what it has')
  .option('--from', "the other way: take over the destination's alerts that the relay does not have")
  .option('--since <duration>', 'only alerts of which something was heard since, such as 2h')
  .option('--match <field=pattern>', 'only alerts that fit, such as severity=critical (may be repeated)', collect)
  .option('--dry-run', 'send nothing, count what would be sent')
  .option('--detach', 'begin it and do not wait for its end')
  .option('--stop', 'stop the one that runs')
  .action(async (destination, options) => {
    process.exitCode = await resync(destination, options, io)
  })

ofDestination(
  'diff',
  'compare the relay with a destination, through the running relay: exit code 0 where they are equal',
)
  .option('--repair', 'queue what the destination needs')
  .option('--json', 'print each difference as one line of JSON')
  .action(async (destination, options) => {
    process.exitCode = await diff(destination, options, io)
  })

program
  .command('sink')
  .description('receive and show whatever is sent, answer like Alerta, misbehave when told to: for debugging')
  .option('-l, --listen <host:port>', 'where to listen', '127.0.0.1:8090')
  .option('--base-url <url>', 'the name it looks for in X-Alerta-Loop (default: the address it listens on)')
  .option('--key <key>', 'want this API key (may be repeated, as the next three)', collect)
  .option('--token <token>', 'want this bearer token', collect)
  .option('--basic <user:password>', 'want this user', collect)
  .option('--hawk <id:secret>', 'want this Hawk credential', collect)
  .option('--keep <count>', 'how many requests to remember', Number)
  .option('--quiet', 'print no requests')
  .option('--json', 'print each request as one line of JSON')
  .action(async (options) => {
    process.exitCode = await sink(options, io)
  })

program
  .command('import')
  .description("make a configuration from an Alerta server's, which is read and never run")
  .argument('<file>', 'its configuration in Python, such as /etc/alertad.conf')
  .option('-o, --out <file>', 'write it there, and its secrets beside it, instead of printing it')
  .option('--force', 'overwrite files that are there')
  .action((file, options) => {
    process.exitCode = importConfig(file, options, () => randomBytes(24).toString('hex'), io)
  })

program
  .command('hash-password')
  .description('read a password from standard input, print its hash for auth.users')
  .action(async () => {
    process.exitCode = await hashPassword(process.stdin, io)
  })

await program.parseAsync()
