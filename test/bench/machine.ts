import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'

/** What was measured on. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGib: number
  readonly system: string
  readonly node: string
  /** of one append of 4 kB */
  readonly fdatasyncMs: Sync
}

export interface Sync {
  readonly p50: number
  readonly p99: number
  /** how many one after the other */
  readonly aSecond: number
}

const APPENDS = 1_000
const BLOCK = 4_096
const GIB = 2 ** 30

export function describeMachine(dir: string): Machine {
  const [first] = cpus()
  return {
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / GIB),
    system: `${systemName()}, Linux ${release()}`,
    node: process.version,
    fdatasyncMs: fdatasyncMs(dir),
  }
}

function systemName(): string {
  const told = readFileSync('/etc/os-release', 'utf8')
  return /^PRETTY_NAME="?(.*?)"?$/m.exec(told)?.[1] ?? 'unknown'
}

/** The disk's own limit: how long it takes to have 4 kB more of a file in it for good. */
export function fdatasyncMs(dir: string): Sync {
  const path = join(dir, 'fdatasync')
  const file = openSync(path, 'w')
  const block = Buffer.alloc(BLOCK, 1)
  const took = Array.from({ length: APPENDS }, () => {
    writeSync(file, block)
    const since = performance.now()
    fdatasyncSync(file)
    return performance.now() - since
  }).toSorted((a, b) => a - b)
  closeSync(file)
  rmSync(path)
  const ms = took.reduce((sum, one) => sum + one, 0)
  return { p50: took[APPENDS / 2] ?? 0, p99: took[(APPENDS * 99) / 100] ?? 0, aSecond: (APPENDS * 1_000) / ms }
}
