import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { waitFor } from '../support/wait.js'

/** Where Debian's package was unpacked, for those who come later. */
const UNPACKED = join(tmpdir(), 'alerta-relay-prometheus')

const path = (): string => [process.env.PATH, join(UNPACKED, 'usr', 'bin')].join(delimiter)
const works = (): boolean => spawnSync('promtool', ['--version'], { env: { PATH: path() } }).status === 0

/** Makes sure that Debian's Prometheus is there: unpacks its package beside, so that nothing is installed or started. */
export function needPrometheus(): void {
  if (works()) return
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-package-'))
  const quiet = { stdio: 'ignore', timeout: 120_000, cwd: folder } as const
  if (spawnSync('apt-get', ['download', 'prometheus'], quiet).status !== 0) {
    spawnSync('apt-get', ['update'], quiet)
    spawnSync('apt-get', ['download', 'prometheus'], quiet)
  }
  const deb = existsSync(folder) ? readdirSync(folder).find((name) => name.endsWith('.deb')) : undefined
  if (deb !== undefined) spawnSync('dpkg', ['-x', join(folder, deb), UNPACKED], quiet)
  if (!works()) throw new Error('this test needs promtool and prometheus; on Debian: apt-get install prometheus')
}

/** What promtool says; throws where it finds fault. */
export function promtool(args: readonly string[], input = ''): string {
  return execFileSync('promtool', args, { input, encoding: 'utf8', env: { PATH: path() }, stdio: 'pipe' })
}

const running = new Set<ChildProcess>()
/** For afterEach. */
export function endPrometheus(): void {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
}

export interface Prometheus {
  /** The values of an instant query. */
  query(expr: string): Promise<readonly { readonly metric: Record<string, string>; readonly value: number }[]>
  alerts(): Promise<readonly { readonly labels: Record<string, string>; readonly state: string }[]>
}

/** Runs a real Prometheus with this configuration. */
export async function startPrometheus(port: number, config: object): Promise<Prometheus> {
  const dir = mkdtempSync(join(tmpdir(), 'prometheus-'))
  const file = join(dir, 'prometheus.yml')
  // JSON is YAML
  writeFileSync(file, JSON.stringify(config))
  const flags = [`--config.file=${file}`, `--storage.tsdb.path=${dir}`, `--web.listen-address=127.0.0.1:${port}`]
  const child = spawn('prometheus', flags, { env: { PATH: path() }, stdio: 'ignore' })
  running.add(child)
  const api = async (rest: string): Promise<never> => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${rest}`)
    return ((await answer.json()) as { data: never }).data
  }
  await waitFor(
    'Prometheus to start',
    () =>
      fetch(`http://127.0.0.1:${port}/-/ready`).then(
        (answer) => answer.ok,
        () => false,
      ),
    (ready) => ready,
    30_000,
  )
  return {
    async query(expr) {
      const { result } = (await api(`query?query=${encodeURIComponent(expr)}`)) as {
        result: { metric: Record<string, string>; value: [number, string] }[]
      }
      return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }))
    },
    async alerts() {
      return ((await api('alerts')) as { alerts: [] }).alerts
    },
  }
}
