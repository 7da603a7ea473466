import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A place for a relay's database that a test can fill up and make room on again. */
export interface SmallDisk {
  readonly dir: string
  /** Leaves `bytes` of room for the process. */
  leave(bytes: number, pid: number): void
  /** As much room as in the beginning. */
  free(pid: number): void
  end(): void
}

const SIZE = '16m'

/**
 * A file system of its own, where the test may mount one; elsewhere the size of each file is limited (RLIMIT_FSIZE),
 * which fails the relay's writes just as well.
 */
export function createSmallDisk(): SmallDisk {
  const dir = mkdtempSync(join(tmpdir(), 'small-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', dir], { stdio: 'ignore' })
    return mounted(dir)
  } catch {
    return limited(dir)
  }
}

function mounted(dir: string): SmallDisk {
  const ballast = join(dir, 'ballast')
  const free = () => rmSync(ballast, { force: true })
  return {
    dir,
    leave(bytes) {
      free()
      const [, available = ''] = execFileSync('df', ['-B1', '--output=avail', dir], { encoding: 'utf8' }).split('\n')
      writeFileSync(ballast, Buffer.alloc(Number(available) - bytes))
    },
    free,
    end() {
      execFileSync('umount', ['--lazy', dir])
      rmSync(dir, { recursive: true })
    },
  }
}

function limited(dir: string): SmallDisk {
  const limit = (pid: number, size: number | string) => execFileSync('prlimit', [`--pid=${pid}`, `--fsize=${size}:`])
  return {
    dir,
    leave: (bytes, pid) => limit(pid, statSync(join(dir, 'relay.db-wal')).size + bytes),
    free: (pid) => limit(pid, 'unlimited'),
    end: () => rmSync(dir, { recursive: true }),
  }
}
