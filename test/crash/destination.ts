import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { freePort } from '../support/ports.js'
import type { Journal } from './journal.js'

/** One request as a destination wrote it down before it answered. */
export interface Receipt {
  /** the message's number, from X-Request-ID */
  readonly n: number
  /** what it answered, or was about to when it was killed */
  readonly status: number
  /** the alert's id in the path of an action or delete; "-" elsewhere */
  readonly id: string
  /** the number as it stands in the body; "-" for a delete */
  readonly text: string
  /** of an alert: its own number, and those of what was folded into it */
  readonly tags: readonly number[]
}

export interface DestinationSetting {
  readonly name: string
  /** answers 400 to every message whose number is a multiple of it */
  readonly refuseEvery: number
  /** how long it takes at most before, and again after, it writes down a request */
  readonly thinkMs: number
}

/** A destination in a process of its own. */
export interface Destination {
  readonly name: string
  readonly url: string
  start(): Promise<void>
  /** kill -9 */
  kill(): Promise<void>
  /** the credential that it wants */
  readonly auth?: object
  /** When nothing more is coming: waits until nothing is queued there either, and ends it. */
  finish(drainMs: number): Promise<Found>
}

export interface Found {
  /** in the order in which they came */
  readonly receipts: readonly Receipt[]
  /** of a destination that is a relay */
  readonly journal?: Journal
}

const running = new Set<ChildProcess>()
/** For afterEach: no process outlives its test. */
export function killDestinations(): void {
  for (const child of running) child.kill('SIGKILL')
}

/** Runs receiver.ts, whose log and compiled form are in `folder`. */
export async function createDestination(
  folder: string,
  { name, refuseEvery, thinkMs }: DestinationSetting,
): Promise<Destination> {
  const port = await freePort()
  const program = compiled(folder)
  const log = join(folder, `${name}.log`)
  const setting = JSON.stringify({ name, port, log, refuseEvery, thinkMs })
  let child: ChildProcess | undefined

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null) throw new Error(`${name} has ended by itself`)
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
    child = undefined
  }

  return {
    name,
    url: `http://127.0.0.1:${port}`,
    async start() {
      const started = spawn(process.execPath, [program, setting], { stdio: ['ignore', 'pipe', 'inherit'], env: {} })
      child = started
      running.add(started)
      const ended = once(started, 'exit').then(() => running.delete(started))
      const up = await Promise.race([once(started.stdout as NodeJS.ReadableStream, 'data'), ended])
      if (up === true) throw new Error(`${name} did not start`)
    },
    kill,
    async finish() {
      await kill()
      const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []
      return { receipts: lines.filter(Boolean).map(toReceipt) }
    },
  }
}

function toReceipt(line: string): Receipt {
  const [n, status, id = '', text = '', tags = ''] = line.split(' ')
  return { n: Number(n), status: Number(status), id, text, tags: tags.split(',').filter(Boolean).map(Number) }
}

/** The receiver as JavaScript: the oldest Node that the project supports runs no TypeScript. */
function compiled(folder: string): string {
  const program = join(folder, 'receiver.mjs')
  if (existsSync(program)) return program
  const source = readFileSync(fileURLToPath(new URL('receiver.ts', import.meta.url)), 'utf8')
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext }
  writeFileSync(program, ts.transpileModule(source, { compilerOptions }).outputText)
  return program
}
