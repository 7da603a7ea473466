import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { freePort } from '../support/ports.js'
import { waitFor } from '../support/wait.js'

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
export const KEY = 'test-key'
export const PEER_KEY = 'peer-key'

/** A line of the relay's log. */
export type LogLine = Record<string, unknown> & { readonly msg: string }

export interface DestinationStatus {
  readonly name: string
  readonly state: string
  readonly why?: string
  readonly hint?: string
  readonly queued: number
  readonly dead: number
}

/** The built relay in a process of its own, on a real database. */
export interface RelayProcess {
  readonly url: string
  readonly port: number
  readonly log: readonly LogLine[]
  /** all that it has written to standard output and standard error */
  output(): string
  /** the directory of its configuration and its database */
  readonly dir: string
  readonly pid: number
  alert(fields: object, headers?: Record<string, string>): Promise<Answer>
  action(id: string, action: string, headers?: Record<string, string>): Promise<Answer>
  delete(id: string, headers?: Record<string, string>): Promise<Answer>
  status(): Promise<{ destinations: DestinationStatus[]; counters: Record<string, number> }>
  destination(name: string): Promise<DestinationStatus>
  /** Waits until nothing is queued for any destination. */
  drained(withinMs?: number): Promise<void>
  /** kill -9 */
  kill(): Promise<void>
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>
  /** Starts it again on the same database and port. */
  restart(): Promise<void>
  /** Writes another configuration file; it reads it when it is told to. */
  rewrite(changed: Pick<RelayOptions, 'destinations' | 'config'>): void
}

export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly ms: number
  readonly headers: Readonly<Record<string, string>>
}

export interface RelayOptions {
  /** for its configuration and its database; a new one by default */
  readonly dir?: string
  readonly port?: number
  readonly destinations: readonly object[]
  /** further top-level keys */
  readonly config?: object
  /** variables of its environment */
  readonly env?: Readonly<Record<string, string>>
  /** a program and its arguments to run it under, which must keep its process id */
  readonly under?: readonly string[]
}

/** Retries fast enough for a test; everything else as it is by default. */
const FAST = { backoff: { first: '50ms', ceiling: '400ms' } }

const running = new Set<ChildProcess>()
/** For afterEach: no process outlives its test. */
export function killAll(): void {
  for (const child of running) child.kill('SIGKILL')
}

export async function startRelay(options: RelayOptions): Promise<RelayProcess> {
  const port = options.port ?? (await freePort())
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'relay-'))
  const file = join(dir, 'relay.yaml')
  const url = `http://127.0.0.1:${port}`
  const configOf = ({ destinations, config }: Pick<RelayOptions, 'destinations' | 'config'>) => ({
    base_url: url,
    listen: `127.0.0.1:${port}`,
    database_url: `sqlite:${join(dir, 'relay.db')}`,
    auth: {
      api_keys: [
        { key: KEY, scopes: ['admin'], text: 'test' },
        { key: PEER_KEY, scopes: ['admin'], text: 'peer', peer: true },
      ],
    },
    log: { format: 'json' },
    // a test that is about them switches them on
    self_alerts: { enabled: false },
    destinations: destinations.map((destination) => ({ ...FAST, ...destination })),
    ...config,
  })
  writeFileSync(file, stringify(configOf(options)))
  const log: LogLine[] = []
  const output: string[] = []
  let child: ChildProcess
  let exited: Promise<number | null>

  async function start(): Promise<void> {
    const errors: string[] = []
    // an environment of its own: the test runner sets a BASE_URL, which the relay would take for its own
    const env = { PATH: process.env.PATH, ...options.env }
    const [program, ...args] = [...(options.under ?? []), process.execPath, MAIN, 'serve', '--config', file]
    child = spawn(program as string, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
    running.add(child)
    let over = false
    exited = new Promise((resolve) =>
      child.once('exit', (code) => {
        over = true
        running.delete(child)
        resolve(code)
      }),
    )
    child.stderr?.on('data', (chunk) => {
      errors.push(String(chunk))
      output.push(String(chunk))
    })
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      output.push(line)
      log.push(JSON.parse(line))
    })
    await waitFor('the relay to start', isUp, (up) => {
      if (over) throw new Error(`the relay ended at once: ${errors.join('')}`)
      return up
    })
  }

  async function isUp(): Promise<boolean> {
    try {
      // 503, for a disk that is full, is an answer too
      return (await fetch(`${url}/management/gtg`)).status > 0
    } catch (error) {
      if (error instanceof TypeError) return false // refused: not listening yet
      throw error
    }
  }

  async function send(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const since = performance.now()
    const response = await fetch(url + path, {
      method,
      headers: {
        ...('authorization' in headers ? {} : { authorization: `Key ${KEY}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as Record<string, unknown>
    const ms = performance.now() - since
    return { status: response.status, body: answer, ms, headers: Object.fromEntries(response.headers) }
  }

  await start()
  const relay: RelayProcess = {
    url,
    port,
    log,
    dir,
    output: () => output.join('\n'),
    get pid() {
      return child.pid as number
    },
    alert: (fields, headers) => send('POST', '/alert', { ...ALERT, ...fields }, headers),
    action: (id, action, headers) => send('PUT', `/alert/${id}/action`, { action, text: '' }, headers),
    delete: (id, headers) => send('DELETE', `/alert/${id}`, undefined, headers),
    status: async () => (await send('GET', '/management/status')).body as never,
    async destination(name) {
      const { destinations } = await relay.status()
      return destinations.find((one) => one.name === name) as DestinationStatus
    },
    async drained(withinMs = 30_000) {
      const queued = async () => (await relay.status()).destinations.map((one) => ({ [one.name]: one.queued }))
      await waitFor('the queues to drain', queued, (seen) => seen.every((one) => Object.values(one)[0] === 0), withinMs)
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    async stop() {
      child.kill('SIGTERM')
      return exited
    },
    restart: start,
    rewrite(changed) {
      // at once, as tools do: the relay may read it for an earlier signal at this moment
      writeFileSync(`${file}.new`, stringify(configOf(changed)))
      renameSync(`${file}.new`, file)
    },
  }
  return relay
}

export const ALERT = {
  resource: 'web01',
  event: 'NodeDown',
  environment: 'Production',
  severity: 'critical',
  service: ['Web'],
}
