import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Returns when a file's content is on disk. */
export function sync(path: string): void {
  const file = openSync(path, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
