import Database from 'better-sqlite3'
import { StoreRefused, StoreUnavailable } from '../contract.js'

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/**
 * A page that does not say what it must: what hangs on it is lost, the rest of the database may be whole. The
 * transaction that met it can do nothing more.
 */
export const isDamage = (error: unknown): boolean =>
  error instanceof Database.SqliteError && error.code.startsWith('SQLITE_CORRUPT')

/** Reads; throws StoreUnavailable where the database does not let itself be read. */
export function reading<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof Database.SqliteError)) throw cause
    throw new StoreUnavailable(`the store cannot read: ${cause.message}`, { cause })
  }
}

/** What an operator can do about a database that does not open, by the codes of SQLite and of the system. */
const HINTS: readonly (readonly [codes: RegExp, hint: string])[] = [
  [/^(SQLITE_(READONLY|PERM|AUTH)|EACCES|EPERM|EROFS)/, 'the relay must be able to write the file and its folder'],
  [
    /^(SQLITE_CANTOPEN|ENOTDIR|EEXIST|EISDIR|ENOENT|ELOOP)/,
    'check database_url: its folder must exist or can be made, and be writable',
  ],
  [/^(SQLITE_FULL|ENOSPC|EDQUOT)/, 'make room on the disk'],
  [
    /^SQLITE_(NOTADB|CORRUPT)/,
    'the file is damaged or is something else: put it aside, and restore a copy if there is one',
  ],
  [/^(SQLITE_(IOERR|PROTOCOL|NOLFS)|EIO|EFBIG)/, 'the disk does not do what is asked: look into the log of the system'],
  [/^SQLITE_(BUSY|LOCKED)/, 'another program has it locked: end it, or wait for it'],
]

/** A failure to open the database as what the operator can act on; what is nobody's fault but ours stays as it is. */
export function asRefusal(path: string, error: unknown): unknown {
  const cause = error instanceof StoreUnavailable ? error.cause : error
  const code = codeOf(cause)
  const hint = HINTS.find(([codes]) => code !== undefined && codes.test(code))?.[1]
  if (hint === undefined || error instanceof StoreRefused) return error
  return new StoreRefused(`cannot open ${path}: ${(cause as Error).message} (${code})`, hint, { cause: error })
}
