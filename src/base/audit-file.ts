import { pino } from 'pino'

/** The audit as a file of its own: JSON lines, for who may not write to the database. */
export interface AuditFile {
  write(line: object): void
  /** Opens it again by its name: another program has moved it away (logrotate). */
  reopen(): void
  close(): void
}

/** The file cannot be written. */
class AuditFileRefused extends Error {
  readonly code = 'audit_file_refused'
  readonly hint: string
  constructor(path: string, cause: Error) {
    super(`the audit cannot be written to ${path}: ${cause.message}`, { cause })
    this.hint = 'log.audit must be a file in a folder that is there and that the relay may write to'
  }
}

/** What operators changed is not for everybody to read. */
const OWNER_ONLY = 0o600

/** Opens the file, and makes it where it is not there. Throws AuditFileRefused; `failed` is told what happens later. */
export function openAuditFile(path: string, failed: (error: Error) => void): AuditFile {
  const file = opened(path).on('error', failed)
  return {
    write: (line) => void file.write(`${JSON.stringify(line)}\n`),
    reopen() {
      try {
        file.reopen()
      } catch (error) {
        failed(error as Error)
      }
    },
    close: () => file.end(),
  }
}

function opened(path: string) {
  try {
    return pino.destination({ dest: path, mode: OWNER_ONLY, append: true, sync: true })
  } catch (error) {
    throw new AuditFileRefused(path, error as Error)
  }
}
