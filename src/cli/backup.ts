import { resolve } from 'node:path'
import { type DatabasePlace, databaseIn } from '../config/database-place.js'
import { formatProblem } from '../config/problem.js'
import { backUpDatabase, restoreDatabase } from '../relay/backups.js'
import { StoreRefused } from '../store/contract.js'
import { CommandFailed } from './command-failed.js'
import type { ExitCode, Io } from './io.js'
import { reportingFailure } from './resync.js'

interface BackupOptions {
  /** path of the configuration file */
  readonly config: string
  /** one line of JSON */
  readonly json?: boolean
}

/** `alerta-relay backup <file>`: a copy of the database as it is now, beside a running relay or without one. */
export async function backup(file: string, { config, json }: BackupOptions, io: Io): Promise<ExitCode> {
  return reporting('backup', io, async () => {
    const to = resolve(file)
    const made = await backUpDatabase(placeOf(config, io), to)
    if (json === true) io.stdout.write(`${JSON.stringify({ file: to, ...made })}\n`)
    else io.stdout.write(`${to}: ${made.bytes} bytes, ${made.queued} messages wait in it\nsha256 ${made.sha256}\n`)
    return 0
  })
}

/** `alerta-relay restore <file>`: puts a backup in the database's place, while no relay runs. */
export async function restoreFrom(file: string, { config, json }: BackupOptions, io: Io): Promise<ExitCode> {
  return reporting('restore', io, async () => {
    const from = resolve(file)
    const done = await restoreDatabase(placeOf(config, io), from)
    if (json === true) {
      io.stdout.write(`${JSON.stringify({ file: from, ...done })}\n`)
      return 0
    }
    const compared = done.compared ? 'its SHA-256 is right' : 'there is no manifest beside it to compare it with'
    io.stdout.write(`${from} is the database now; ${compared}\n`)
    if (done.aside !== undefined) io.stdout.write(`what was there before is ${done.aside}\n`)
    io.stdout.write(
      `${done.queued} messages wait in it; the next start holds all destinations until you release them\n`,
    )
    return 0
  })
}

function placeOf(config: string, { env }: Io): Extract<DatabasePlace, { ok: true }> {
  const loaded = databaseIn(config, env)
  if (loaded.ok) return loaded
  const problems = loaded.problems.map((problem) => `\n  ${formatProblem(problem)}`)
  throw new CommandFailed(`${config} cannot be used:${problems.join('')}`, 2)
}

/** What it writes is nobody else's business. */
async function reporting(name: string, io: Io, run: () => Promise<ExitCode>): Promise<ExitCode> {
  process.umask(0o077)
  return reportingFailure(name, io, async () => {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof StoreRefused)) throw error
      throw new CommandFailed(`${error.message}\n  hint: ${error.hint}`, 1, { cause: error })
    }
  })
}
