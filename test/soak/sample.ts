import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import type { RelayProcess } from '../acceptance/relay.js'

/** What the relay uses at one moment. */
export interface Sample {
  /** seconds since the start */
  readonly at: number
  /** messages answered 2xx so far */
  readonly answered: number
  /** resident memory, MiB */
  readonly memory: number
  /** MiB */
  readonly wal: number
  readonly database: number
  /** open file descriptors */
  readonly descriptors: number
  /** deliveries, all destinations together */
  readonly queued: number
  /** seconds since the acceptance of the oldest of them */
  readonly oldest: number
}

const MIB = 2 ** 20

export async function takeSample(
  relay: Pick<RelayProcess, 'pid' | 'status'>,
  database: string,
  { at, answered }: Pick<Sample, 'at' | 'answered'>,
): Promise<Sample> {
  const { destinations } = await relay.status()
  const ages = destinations.map((one) => (one as { oldestAgeSeconds?: number | null }).oldestAgeSeconds ?? 0)
  return {
    at,
    answered,
    memory: residentKib(relay.pid) / 1_024,
    wal: sizeOf(`${database}-wal`) / MIB,
    database: sizeOf(database) / MIB,
    descriptors: readdirSync(`/proc/${relay.pid}/fd`).length,
    queued: destinations.reduce((sum, { queued }) => sum + queued, 0),
    oldest: Math.max(...ages),
  }
}

function residentKib(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  if (line === null) throw new Error(`no VmRSS of process ${pid}: the soak needs Linux`)
  return Number(line[1])
}

const sizeOf = (path: string): number => (existsSync(path) ? statSync(path).size : 0)

const COLUMNS = ['at', 'answered', 'memory', 'wal', 'database', 'descriptors', 'queued', 'oldest'] as const
const HEADS = ['s', 'answered', 'RSS MiB', 'WAL MiB', 'db MiB', 'fds', 'queued', 'oldest s']
const WIDTH = 10

export const heading = HEADS.map((head) => head.padStart(WIDTH)).join('')

/** A line of the table. */
export const line = (sample: Sample): string =>
  COLUMNS.map((column) => String(Math.round(sample[column])).padStart(WIDTH)).join('')
