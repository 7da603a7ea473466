import Database from 'better-sqlite3'
import type { Clock } from '../../base/clock.js'
import { StoreRefused } from '../contract.js'

const POLL_MS = 100
const ONE_EACH = 'one relay per database: stop the other one, or give this one its own database_url'

/**
 * One process per database, by an exclusive lock on a file beside it that the system releases when its holder dies.
 * A second process waits up to `waitMs`, then is refused with this hint. Returns the release.
 */
export async function lockDatabase(path: string, waitMs: number, clock: Clock, hint = ONE_EACH): Promise<() => void> {
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
      throw new StoreRefused(`another process works on ${path}`, hint, { cause })
    }
  }
}
