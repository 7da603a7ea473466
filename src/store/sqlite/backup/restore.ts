import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import type { Clock } from '../../../base/clock.js'
import { StoreRefused } from '../../contract.js'
import { asRefusal } from '../faults.js'
import { lockDatabase } from '../lock.js'
import { MIGRATIONS } from '../migrations/migrations.js'
import { epochFileOf, readEpochFile, syncFolder, writeEpochFile } from '../start/epoch-file.js'
import { realPath, restoringOf } from '../store.js'
import { sha256Of } from './checksum.js'
import { readManifest } from './manifest.js'
import { sync } from './sync.js'

export interface RestoreOptions {
  readonly backup: string
  /** of the database */
  readonly path: string
  readonly clock: Clock
  /** ISO */
  readonly at: string
}

export interface Restored {
  /** messages that wait in its queues */
  readonly queued: number
  /** where the database is now that was there before; undefined: there was none */
  readonly aside: string | undefined
  /** whether the backup was compared with what backup wrote beside it */
  readonly compared: boolean
}

/** Checks whether a process works on the database. */
const LOCK_WAIT_MS = 500

/**
 * Puts a backup in the database's place, while no relay runs. The next start holds all destinations, for what waits in
 * it may have been delivered since. Throws StoreRefused, and then all is as it was.
 */
export async function restore({ backup, path: given, clock, at }: RestoreOptions): Promise<Restored> {
  if (!existsSync(backup)) throw new StoreRefused(`there is no file ${backup}`, 'give the file that backup has written')
  let unlock: (() => void) | undefined
  let path = given
  try {
    mkdirSync(dirname(given), { recursive: true, mode: 0o700 })
    path = realPath(given)
    unlock = await lockDatabase(path, LOCK_WAIT_MS, clock, 'stop the relay first, and start it again afterwards')
    const compared = await isAsMade(backup)
    const next = restoringOf(path)
    copyFileSync(backup, next)
    const { queued, filed } = checked(next, backup)
    sync(next)
    syncFolder(dirname(path))
    const aside = setAside(path, at)
    markRestored(path, { at, filed })
    renameSync(next, path)
    syncFolder(dirname(path))
    return { queued, aside, compared }
  } catch (error) {
    rmSync(restoringOf(path), { force: true })
    throw asRefusal(path, error)
  } finally {
    unlock?.()
  }
}

async function isAsMade(backup: string): Promise<boolean> {
  const manifest = readManifest(backup)
  if (manifest === undefined) return false
  if ((await sha256Of(backup)) === manifest.sha256) return true
  throw new StoreRefused(
    `${backup} is not the file that backup wrote: its SHA-256 is another one`,
    'it was damaged or changed since: take another backup',
  )
}

interface Checked {
  /** messages that wait in it */
  readonly queued: number
  /** it knows that there was an epoch file beside it */
  readonly filed: boolean
}

/** Of the copy, so that nothing is written beside the backup. */
function checked(copy: string, backup: string): Checked {
  const db = new Database(copy)
  try {
    const version = db.pragma('user_version', { simple: true }) as number
    if (version < 1 || !hasTables(db)) {
      throw new StoreRefused(`${backup} is not a relay's database`, 'give the file that backup has written')
    }
    if (version > MIGRATIONS.length) {
      throw new StoreRefused(
        `${backup} has version ${version}, this relay knows up to ${MIGRATIONS.length}`,
        'it was written by a newer alerta-relay: restore it with that version',
      )
    }
    const found = db.pragma('integrity_check(1)', { simple: true })
    if (found !== 'ok') throw new StoreRefused(`${backup} is damaged: ${String(found)}`, 'take another backup')
    // a copy that was made with the file's log: one file is left
    db.pragma('journal_mode = DELETE')
    const queued = db.prepare<[], number>('SELECT count(*) FROM outbox').pluck().get() as number
    return { queued, filed: hasEpoch(db) && db.prepare('SELECT filed FROM epoch').pluck().get() === 1 }
  } finally {
    db.close()
  }
}

const hasTables = (db: Database.Database): boolean =>
  db.prepare(`SELECT count(*) FROM sqlite_master WHERE name IN ('message', 'outbox', 'destination')`).pluck().get() ===
  3

/** One from before there were epoch files has none. */
const hasEpoch = (db: Database.Database): boolean =>
  db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'epoch'`).pluck().get() !== undefined

/** With what of it stands in its log. */
function setAside(path: string, at: string): string | undefined {
  if (!existsSync(path)) return undefined
  const aside = `${path}.before-${at.replace(/[-:]|\.\d+/g, '')}`
  if (existsSync(aside)) throw new StoreRefused(`${aside} is there already`, 'move it away, or wait a second')
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${aside}${suffix}`)
  }
  return aside
}

/** However little has come in since, or however old it is: the next start knows it for what it is. */
function markRestored(path: string, { at, filed }: { readonly at: string; readonly filed: boolean }): void {
  const epoch = readEpochFile(epochFileOf(path))
  if (typeof epoch !== 'string') writeEpochFile(epochFileOf(path), { ...epoch, restored: at })
  // else it would be taken for one that has just been upgraded; one that knows of its file is missed and held as a copy
  else if (!filed) writeEpochFile(epochFileOf(path), { database: '', starts: 0, has: 0, mark: 0, restored: at })
}
