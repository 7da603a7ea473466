import { spawn } from 'node:child_process'
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { freePort } from '../support/ports.js'
import { waitFor } from '../support/wait.js'
import { end, keep } from './children.js'

export const KEY = 'bench-key'

export interface DestinationSeen {
  readonly name: string
  readonly queued: number
  readonly dead: number
  readonly oldest: string | null
}

export interface Seen {
  /** the relay's clock, epoch ms */
  readonly time: number
  readonly destinations: readonly DestinationSeen[]
  readonly counters: Readonly<Record<string, number>>
}

/** The built relay in a process of its own. */
export interface Relay {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** since its process was started */
  ageMs(): number
  status(): Promise<Seen>
  /** Sends one alert; whether it was accepted. */
  isAccepting(): Promise<boolean>
  /** SIGTERM, and waits for its end. */
  stop(): Promise<void>
  kill(): Promise<void>
}

export interface RelayOptions {
  /** where its configuration and its database are */
  readonly dir: string
  readonly dist: string
  readonly destinations: readonly object[]
  /** further keys of `auth` */
  readonly auth?: object
  /** where it leaves a profile when it is stopped */
  readonly profileDir?: string | undefined
}

/** A destination that nobody answers at. */
export const dead = (name: string, more: object = {}): object => ({ name, url: 'http://127.0.0.1:1', ...more })

export async function startRelay(options: RelayOptions): Promise<Relay> {
  const { dir, profileDir } = options
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  mkdirSync(dir, { recursive: true })
  const config = join(dir, 'relay.yaml')
  writeFileSync(config, stringify(configOf(url, options)))
  const log = join(dir, 'relay.log')
  const out = openSync(log, 'w')
  const profiling = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`]
  const program = join(resolve(options.dist), 'main.js')
  const since = performance.now()
  const child = keep(
    spawn(process.execPath, [...profiling, program, 'serve', '--config', config], {
      stdio: ['ignore', out, out],
      env: { PATH: process.env.PATH },
    }),
  )
  const isUp = async () => {
    if (child.exitCode !== null) throw new Error(`the relay ended: ${readFileSync(log, 'utf8').slice(-2_000)}`)
    return (await answer(`${url}/management/gtg`)) !== undefined
  }
  await waitFor('the relay to start', isUp, Boolean)
  const headers = { authorization: `Key ${KEY}`, 'content-type': 'application/json' }
  return {
    url,
    port,
    pid: child.pid as number,
    ageMs: () => performance.now() - since,
    status: async () => (await (await fetch(`${url}/management/status`, { headers })).json()) as Seen,
    isAccepting: async () =>
      (await answer(`${url}/alert`, { method: 'POST', headers, body: JSON.stringify(ALERT) }))?.status === 201,
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child),
  }
}

const ALERT = { resource: 'probe', event: 'Probe', environment: 'Production', severity: 'minor', service: ['Bench'] }

/** Undefined: nobody listens. */
async function answer(url: string, init: RequestInit = {}): Promise<Response | undefined> {
  try {
    return await fetch(url, init)
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

/** As it is by default, but for what would stand in the way: its budgets, its own alerts, and the wait of SIGTERM. */
const configOf = (url: string, { dir, destinations, auth }: RelayOptions): object => ({
  base_url: url,
  listen: url.slice('http://'.length),
  database_url: `sqlite:${join(dir, 'relay.db')}`,
  auth: {
    required: true,
    api_keys: [{ key: KEY, scopes: ['admin'], text: 'bench', peer: true }],
    ...auth,
  },
  log: { format: 'json', audit: join(dir, 'audit.log') },
  self_alerts: { enabled: false },
  limits: { drain: '1s' },
  destinations: destinations.map((one) => ({ queue: { rows: 20_000_000, bytes: '20GiB' }, ...one })),
})
