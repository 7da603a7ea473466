import { randomBytes } from 'node:crypto'
import { collect, exiting, type Program } from '../program.js'

/** What needs no relay. */
export function addTools({ root, io }: Program): void {
  root
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
    .action(exiting(async (options) => (await import('../sink.js')).sink(options, io)))

  root
    .command('import')
    .description("make a configuration from an Alerta server's, which is read and never run")
    .argument('<file>', 'its configuration in Python, such as /etc/alertad.conf')
    .option('-o, --out <file>', 'write it there, and its secrets beside it, instead of printing it')
    .option('--force', 'overwrite files that are there')
    .action(
      exiting(async (file, options) => {
        const { importConfig } = await import('../import.js')
        return importConfig(file, options, () => randomBytes(24).toString('hex'), io)
      }),
    )

  root
    .command('hash-password')
    .description('read a password from standard input, print its hash for auth.users')
    .action(exiting(async () => (await import('../hash-password.js')).hashPassword(process.stdin, io)))
}
