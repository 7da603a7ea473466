import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { StoreRefused } from '../../contract.js'

const manifestSchema = z.object({
  /** of the backup */
  sha256: z.string(),
  bytes: z.int(),
  /** when it was made, ISO */
  at: z.string(),
  /** of the relay that made it */
  relay: z.string(),
  /** of the database's layout */
  schema: z.int(),
  /** the id that the database has of itself */
  database: z.string(),
  /** messages that wait in its queues */
  queued: z.int(),
})

/** What is written beside a backup. */
export type Manifest = z.output<typeof manifestSchema>

export const manifestOf = (backup: string): string => `${backup}.json`

/** Undefined: there is none, as beside a copy that was made in another way. Throws StoreRefused for something else. */
export function readManifest(backup: string): Manifest | undefined {
  const path = manifestOf(backup)
  if (!existsSync(path)) return undefined
  const read = manifestSchema.safeParse(parsed(readFileSync(path, 'utf8')))
  if (read.success) return read.data
  throw new StoreRefused(
    `${path} is not what backup writes`,
    'take the file that belongs to the backup, or move it away',
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
