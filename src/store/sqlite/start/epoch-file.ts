import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'

const count = z.int().min(0)

const epochSchema = z.object({
  /** the id that the database has of itself */
  database: z.string(),
  /** how often a relay has started on it */
  starts: count,
  /** it had all messages up to this number of the journal when this was written */
  has: count,
  /** no number beyond this one was given to a message */
  mark: count,
  /** it was put in another's place, by `restore`; when */
  restored: z.string().optional(),
})

/** What a database had, written beside it: it cannot go back in time with the database. */
export type EpochFile = z.output<typeof epochSchema>

/** Where it stands beside a database. */
export const epochFileOf = (database: string): string => `${database}.epoch`

/** 'damaged': something else stands there. */
export function readEpochFile(path: string): EpochFile | 'absent' | 'damaged' {
  if (!existsSync(path)) return 'absent'
  const read = epochSchema.safeParse(parsed(readFileSync(path, 'utf8')))
  return read.success ? read.data : 'damaged'
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** On disk when it returns, as a whole or not at all. */
export function writeEpochFile(path: string, epoch: EpochFile): void {
  const next = `${path}.new`
  const file = openSync(next, 'w', 0o600)
  try {
    writeSync(file, `${JSON.stringify(epoch)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(next, path)
  syncFolder(dirname(path))
}

/** A new name in a folder is on disk only when the folder is. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
