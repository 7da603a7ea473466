import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Log } from '../../src/base/log.js'
import { loadConfig } from '../../src/config/load.js'
import { build, type Parts, type Relay } from '../../src/relay.js'

/** A whole relay in this process, on a real socket and a real file. */
export interface Serving {
  readonly url: string
  /** path of the database */
  readonly database: string
  get(path: string, key?: string): Promise<Response>
  /** Sends it with the key "admin" unless another is named. */
  send(method: string, path: string, body?: object, key?: string): Promise<Response>
  /** Posts an alert with the key "admin". */
  alert(fields?: object): Promise<Response>
  /** Stops it and starts another one on its database; `meanwhile` runs between. */
  restart(settings: object, meanwhile?: () => void): Promise<Serving>
}

const running = new Set<{ relay: Relay; dir: string }>()
/** For afterEach. */
export async function stopServing(): Promise<void> {
  for (const { relay, dir } of running) {
    await relay.stop()
    rmSync(dir, { recursive: true })
  }
  running.clear()
}

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} }

/** Keys are named after their scope: "write:alerts" may do just that. */
const KEYS = ['admin', 'read', 'read:alerts', 'read:management', 'write:alerts', 'write:heartbeats', 'delete:alerts']

/** `settings`: further top-level keys of the configuration. `parts`: what stands in the place of the real thing. */
export function serve(settings: object = {}, parts: Partial<Parts> = {}): Promise<Serving> {
  return start(mkdtempSync(join(tmpdir(), 'management-')), settings, parts)
}

async function start(dir: string, settings: object, parts: Partial<Parts>): Promise<Serving> {
  const database = join(dir, 'relay.db')
  const text = stringify({
    listen: '127.0.0.1:0',
    database_url: `sqlite:${database}`,
    auth: { api_keys: KEYS.map((key) => ({ key, scopes: [key] })) },
    // a test that is about them switches them on
    self_alerts: { enabled: false },
    ...settings,
  })
  const loaded = loadConfig(text, {})
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  const relay = await build(loaded.config, silent, parts)
  const entry = { relay, dir }
  running.add(entry)
  const url = `http://127.0.0.1:${(await relay.start()).port}`
  return {
    url,
    database,
    get: (path, key) => fetch(url + path, key === undefined ? {} : { headers: { 'x-api-key': key } }),
    send: (method, path, body, key = 'admin') =>
      fetch(url + path, {
        method,
        headers: { 'x-api-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    alert: (fields = {}) =>
      fetch(`${url}/alert`, {
        method: 'POST',
        headers: { 'x-api-key': 'admin', 'content-type': 'application/json' },
        body: JSON.stringify({ resource: 'web01', event: 'NodeDown', environment: 'Production', ...fields }),
      }),
    async restart(changed, meanwhile) {
      running.delete(entry)
      await relay.stop()
      meanwhile?.()
      return start(dir, changed, parts)
    },
  }
}
