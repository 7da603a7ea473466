import Database from 'better-sqlite3'
import type { Clock } from '../../base/clock.js'
import { StoreRefused } from '../contract.js'

const POLL_MS = 100

/**
 * One process per database, by an exclusive lock on a file beside it that the system releases when its holder dies.
 * A second process waits up to `waitMs`, then is refused. Returns the release.
 */
export async function lockDatabase(path: string, waitMs: number, clock: Clock): Promise<() => void> {
  const lock = new Database(`${path}.lock`, { timeout: 0 })
  const deadline = clock.monotonic() + waitMs
  for (;;) {
    try {
      lock.exec('BEGIN EXCLUSIVE')
      return () => lock.close()
    } catch (cause) {
      const busy = cause instanceof Database.SqliteError && cause.code.startsWith('SQLITE_BUSY')
      if (busy && clock.monotonic() < deadline) {
        await clock.until(clock.now() + POLL_MS)
        continue
      }
      lock.close()
      if (!busy) throw cause
      throw new StoreRefused(
        `another process works on ${path}`,
        'one relay per database: stop the other one, or give this one its own database_url',
        { cause },
      )
    }
  }
}
