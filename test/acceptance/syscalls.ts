import { spawnSync } from 'node:child_process'

/** What the relay asked of the system for one message, as positions in the trace; -1: not seen. */
export interface Steps {
  /** its row went into the write-ahead log */
  readonly logged: number
  /** the log was made durable after that */
  readonly durable: number
  /** its sender was answered 2xx */
  readonly answered: number
  /** it left for a destination; -1: it did not */
  readonly forwarded: number
}

/** The system calls that show it; of each enough is printed to hold a database page. */
export const STRACE = [
  'strace',
  '-D', // traced from beside: the process id stays that of the relay
  '-ff',
  '-y',
  ...['-s', '4200'],
  ...['-e', 'trace=write,writev,sendto,sendmsg,pwrite64,fsync,fdatasync'],
]

/** Finds the steps of the message with this request id in a trace of the relay's main thread. */
export function stepsOf(requestId: string, trace: readonly string[]): Steps {
  const logged = trace.findIndex((line) => /^pwrite64\(\d+<[^>]*-wal>/.test(line) && line.includes(requestId))
  const durable = trace.findIndex((line, at) => at > logged && /^f(data)?sync\(\d+<[^>]*-wal>\)\s+= 0$/.test(line))
  const onSocket = (start: string) =>
    trace.findIndex(
      (line) => SOCKET.test(line) && line.includes(start) && line.toLowerCase().includes(`: ${requestId}\\r`),
    )
  const answered = onSocket('"HTTP/1.1 20')
  const forwarded = Math.max(...['"POST ', '"PUT ', '"DELETE '].map(onSocket))
  return { logged, durable: logged === -1 ? -1 : durable, answered, forwarded }
}

const SOCKET = /^(write|writev|sendto|sendmsg)\(\d+<(socket|TCP):/

/** Makes sure that strace is there: installs Debian's package where that is allowed, else says what is missing. */
export function needStrace(): void {
  if (works()) return
  if (process.getuid?.() === 0) {
    const quiet = { stdio: 'ignore', timeout: 120_000 } as const
    const install = ['install', '-y', '--no-install-recommends', 'strace']
    if (spawnSync('apt-get', install, quiet).status !== 0) {
      spawnSync('apt-get', ['update'], quiet)
      spawnSync('apt-get', install, quiet)
    }
  }
  if (!works())
    throw new Error('this test needs strace and leave to trace a process; on Debian: apt-get install strace')
}

const works = (): boolean => spawnSync('strace', ['-e', 'trace=none', process.execPath, '--version']).status === 0
