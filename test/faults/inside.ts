import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Level, Log } from '../../src/base/log.js'
import { configSchema } from '../../src/config/schema.js'
import { build, type Parts } from '../../src/relay.js'
import { ALERT, type Answer, type DestinationStatus, KEY, type LogLine } from '../acceptance/relay.js'
import { waitFor } from '../support/wait.js'

/** The whole relay inside the test's own process, for faults that need a part of it replaced. */
export interface InsideRelay {
  readonly log: readonly LogLine[]
  alert(fields?: object): Promise<Answer>
  destination(name: string): Promise<DestinationStatus>
  drained(withinMs?: number): Promise<void>
  stop(): Promise<void>
}

export async function startInside(
  {
    dir = mkdtempSync(join(tmpdir(), 'relay-')),
    ...settings
  }: { readonly dir?: string; readonly [key: string]: unknown },
  parts: Partial<Parts>,
): Promise<InsideRelay> {
  const config = configSchema.parse({
    listen: '127.0.0.1:0',
    database_url: `sqlite:${join(dir, 'relay.db')}`,
    auth: { api_keys: [{ key: KEY, scopes: ['admin'] }] },
    self_alerts: { enabled: false },
    ...settings,
  })
  const lines: LogLine[] = []
  const write = (level: Level) => (fields: object, msg: string) => void lines.push({ ...fields, level, msg })
  const log: Log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  const relay = await build(config, log, parts)
  const { port } = await relay.start()
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= relay.stop())
  onTestFinished(stop)

  async function ask(path: string, body?: object): Promise<Answer> {
    const since = performance.now()
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { authorization: `Key ${KEY}`, 'content-type': 'application/json', connection: 'close' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as Record<string, unknown>
    const ms = performance.now() - since
    return { status: response.status, body: answer, ms, headers: Object.fromEntries(response.headers) }
  }
  const destinations = async () => (await ask('/management/status')).body.destinations as DestinationStatus[]

  return {
    log: lines,
    alert: (fields = {}) => ask('/alert', { ...ALERT, ...fields }),
    destination: async (name) => (await destinations()).find((one) => one.name === name) as DestinationStatus,
    async drained(withinMs = 30_000) {
      const queued = async () => (await destinations()).map((one) => one.queued)
      await waitFor('the queues to drain', queued, (seen) => seen.every((count) => count === 0), withinMs)
    },
    stop,
  }
}
