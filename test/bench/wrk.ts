import { spawn, spawnSync } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { keep } from './children.js'

/** What is sent; the body says the rest (post.lua). */
export interface Load {
  readonly connections: number
  readonly seconds: number
  /** the number of the first alert */
  readonly first: number
  /** the Authorization header */
  readonly auth?: string
  /** a file with one such header for each request, in order */
  readonly signatures?: string
  /** over how many resources the alerts cycle */
  readonly distinct?: number
  /** length of rawData, by which bodies become large */
  readonly pad?: number
  /** 1: a new connection for each request */
  readonly close?: 1
  /** every so manieth alert is one of a single resource */
  readonly hot?: number
}

/** What wrk counted and measured. */
export interface Pressed {
  readonly requests: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** what went wrong; empty: nothing */
  readonly faults: readonly string[]
}

interface Told {
  readonly requests: number
  readonly durationUs: number
  readonly p50Us: number
  readonly p99Us: number
  readonly maxUs: number
  readonly status: number
  readonly connect: number
  readonly read: number
  readonly write: number
  readonly timeout: number
}

/** Longer than the relay holds a sender back at worst. */
const TIMEOUT_S = 30

/** Reads the line that post.lua prints at its end; throws where there is none. */
export function readPressed(output: string): Pressed {
  const line = /^figures (\{.*\})$/m.exec(output)?.[1]
  if (line === undefined) throw new Error(`wrk said nothing of what it measured: ${output}`)
  const told = JSON.parse(line) as Told
  const fault = (count: number, what: string) => (count === 0 ? [] : [`${count} ${what}`])
  return {
    requests: told.requests,
    seconds: told.durationUs / 1e6,
    p50Ms: told.p50Us / 1e3,
    p99Ms: told.p99Us / 1e3,
    maxMs: told.maxUs / 1e3,
    faults: [
      ...fault(told.status, 'answers that were not 2xx'),
      ...fault(told.connect, 'connections refused'),
      ...fault(told.read + told.write, 'connections broken'),
      ...fault(told.timeout, `answers later than ${TIMEOUT_S} s`),
      ...(told.requests === 0 ? ['no answer at all'] : []),
    ],
  }
}

/** `signal` ends it before its time. */
export async function wrk(url: string, load: Load, signal?: AbortSignal): Promise<Pressed> {
  const { connections, seconds, ...rest } = load
  const given = Object.entries(rest).map(([name, value]) => `${name}=${value}`)
  const shape = ['-t1', `-c${connections}`, `-d${Math.ceil(seconds)}s`, '--timeout', `${TIMEOUT_S}s`]
  const child = keep(spawn('wrk', [...shape, '-s', 'test/bench/post.lua', url, '--', ...given]))
  signal?.addEventListener('abort', () => child.kill('SIGINT'), { once: true })
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  return readPressed(output + errors)
}

/** Makes sure that wrk is there: installs Debian's package where that is allowed, else says what is missing. */
export function needWrk(): void {
  if (works()) return
  if (process.getuid?.() === 0) {
    const quiet = { stdio: 'ignore', timeout: 120_000 } as const
    const install = ['install', '-y', '--no-install-recommends', 'wrk']
    if (spawnSync('apt-get', install, quiet).status !== 0) {
      spawnSync('apt-get', ['update'], quiet)
      spawnSync('apt-get', install, quiet)
    }
  }
  if (!works()) throw new Error('the benchmark needs wrk; on Debian: apt-get install wrk')
}

const works = (): boolean => spawnSync('wrk', ['-v']).error === undefined
