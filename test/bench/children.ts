import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const running = new Set<ChildProcess>()

/** Remembers a process, so that it does not outlive the benchmark. */
export function keep<P extends ChildProcess>(child: P): P {
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

export function killAll(): void {
  for (const child of running) child.kill('SIGKILL')
}

export function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill(signal)
  })
}

/** One of processes/, which says on which port it listens as soon as it does. */
export interface Helper {
  readonly child: ChildProcess
  readonly pid: number
  readonly url: string
  /** What it has counted so far. */
  tell(): Promise<unknown>
}

export async function startHelper(name: 'sink' | 'echo' | 'plain' | 'readers', options: object = {}): Promise<Helper> {
  const program = fileURLToPath(new URL(`./processes/${name}.mjs`, import.meta.url))
  const child = keep(fork(program, [JSON.stringify(options)], { execArgv: [], env: { PATH: process.env.PATH } }))
  const { port } = (await message(child, name)) as { port: number }
  return {
    child,
    pid: child.pid as number,
    url: `http://127.0.0.1:${port}`,
    async tell() {
      const answer = message(child, name)
      child.send('tell')
      return answer
    },
  }
}

function message(child: ChildProcess, name: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error(`${name} ended`))
    child.once('exit', gone)
    child.once('message', (told) => {
      child.off('exit', gone)
      resolve(told)
    })
  })
}

const MICROS_A_TICK = 10_000
const KIB_A_MIB = 1_024

/** CPU time of a process with all its threads, microseconds; Linux counts in steps of 10 ms. */
export function cpuMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * MICROS_A_TICK
}

/** Resident memory in MiB: now, and at most so far. */
export function memoryMib(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1])
  return { now: kib('VmRSS') / KIB_A_MIB, peak: kib('VmHWM') / KIB_A_MIB }
}
