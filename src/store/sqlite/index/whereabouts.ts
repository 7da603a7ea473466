import { statSync } from 'node:fs'
import { StoreUnavailable } from '../../contract.js'

/**
 * Asserts that the files we write are the ones that stand at their path. A file that was moved away or deleted takes
 * writes as before, and all of them are lost with the process. Throws StoreUnavailable.
 */
export function createWhereabouts(path: string): () => void {
  const files = [path, `${path}-wal`]
  const known = files.map(numberOf)
  return () => {
    for (const [i, file] of files.entries()) {
      if (numberOf(file) !== known[i]) throw new StoreUnavailable(`${file} was moved or deleted while it was in use`)
    }
  }
}

/** Device and inode; undefined: nothing is there. */
function numberOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false })
  return found && `${found.dev}:${found.ino}`
}
