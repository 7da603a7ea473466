import { existsSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The file system on which the file `path` lies, or will. */
export interface Disk {
  /** Bytes that this process may still write; undefined: the disk does not answer (EIO …). */
  free(): Promise<number | undefined>
  /**
   * Bytes that were free, and the file itself, as far as `free` has seen: what the file may grow to. The most there was,
   * so that a disk that was full at the start counts again when somebody has made room.
   */
  room(): number
}

export function createDisk(path: string): Disk {
  let room = 0
  return {
    async free() {
      try {
        const { bavail, bsize } = await statfs(dirname(path))
        room = Math.max(room, bavail * bsize + (existsSync(path) ? statSync(path).size : 0))
        return bavail * bsize
      } catch (error) {
        if (error instanceof Error && 'code' in error) return undefined
        throw error
      }
    },
    room: () => room,
  }
}
