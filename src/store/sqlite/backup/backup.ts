import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { StoreRefused } from '../../contract.js'
import { asRefusal } from '../faults.js'
import { MIGRATIONS } from '../migrations/migrations.js'
import { syncFolder } from '../start/epoch-file.js'
import { sha256Of } from './checksum.js'
import { type Manifest, manifestOf } from './manifest.js'
import { sync } from './sync.js'

export interface BackupOptions {
  /** of the database */
  readonly path: string
  /** where the backup goes */
  readonly to: string
  /** of the relay */
  readonly version: string
  /** ISO */
  readonly at: string
}

/**
 * Copies the database as it is at this moment, whether a relay works on it or not: over a connection of its own, which
 * reads and takes no part in what is written meanwhile. On disk when it resolves, with its manifest beside it. Throws
 * StoreRefused.
 */
export async function backUp({ path, to, version, at }: BackupOptions): Promise<Manifest> {
  if (!existsSync(path)) throw new StoreRefused(`there is no database at ${path}`, 'look at database_url')
  for (const file of [to, manifestOf(to)]) {
    if (existsSync(file))
      throw new StoreRefused(`${file} is there already`, 'a backup overwrites nothing: give another name')
  }
  const part = `${to}.part`
  rmSync(part, { force: true })
  try {
    const known = copy(path, part)
    sync(part)
    const manifest = { sha256: await sha256Of(part), bytes: statSync(part).size, at, relay: version, ...known }
    writeFileSync(manifestOf(to), `${JSON.stringify(manifest, null, 2)}\n`, { flag: 'wx', mode: 0o600 })
    sync(manifestOf(to))
    renameSync(part, to)
    syncFolder(dirname(to))
    return manifest
  } catch (error) {
    rmSync(part, { force: true })
    throw asRefusal(to, error)
  }
}

function copy(path: string, part: string): Pick<Manifest, 'schema' | 'database' | 'queued'> {
  const db = new Database(path, { fileMustExist: true })
  try {
    const schema = db.pragma('user_version', { simple: true }) as number
    if (schema !== MIGRATIONS.length) {
      throw new StoreRefused(
        `the database has version ${schema}, this relay ${MIGRATIONS.length}`,
        'run backup with the relay that works on the database',
      )
    }
    db.prepare('VACUUM INTO ?').run(part)
  } finally {
    db.close()
  }
  // what is in the copy, not what has come in since
  const made = new Database(part, { readonly: true })
  try {
    const database = made.prepare<[], string>('SELECT id FROM epoch').pluck().get() as string
    const queued = made.prepare<[], number>('SELECT count(*) FROM outbox').pluck().get() as number
    return { schema: made.pragma('user_version', { simple: true }) as number, database, queued }
  } finally {
    made.close()
  }
}
