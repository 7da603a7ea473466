import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Hono } from 'hono'
import { afterEach, expect, test } from 'vitest'
import { type AppDeps, createApp } from '../../src/ingress/app.js'
import type { IngressEnv } from '../../src/ingress/env.js'
import { load, RIGHT } from '../config/loading.js'
import { ROOT } from '../house/source.js'
import { serve, stopServing } from '../management/serving.js'
import { page, section, table } from './pages.js'

afterEach(stopServing)

const PAGE = page('http-api.md')
const documented = table(PAGE, 'request', 'scope').map(([request = '', scope = '', status = '']) => {
  const [method = '', path = ''] = request.split(' ')
  return { request, method, path, scope, status: Number(status) }
})

type Mount = (api: Hono<IngressEnv>, gate: unknown, deps: object) => void

/** Everything that src/management can mount; nothing of it runs here. */
async function mounts(): Promise<Mount[]> {
  const files = readdirSync(join(ROOT, 'src/management'))
  const modules = await Promise.all(files.map((file) => import(join(ROOT, 'src/management', file))))
  return modules
    .flatMap((module: object) => Object.entries(module))
    .filter(([name]) => name.startsWith('mount'))
    .map(([, mount]) => mount as Mount)
}

async function served(): Promise<string[]> {
  const { config } = load(RIGHT)
  const all = await mounts()
  const app = createApp({
    config,
    identities: new Set(),
    management(api, gate) {
      for (const mount of all) mount(api, gate('read:management'), {})
    },
  } as Partial<AppDeps> as AppDeps)
  return app.routes
    .filter(({ method, path }) => method !== 'ALL' && !path.startsWith('/api/'))
    .map(({ method, path }) => `${method} ${path}`)
}

test('every route that the relay serves stands on the page, and no other', async () => {
  expect(documented.map(({ request }) => request).toSorted()).toEqual([...new Set(await served())].toSorted())
})

const BODIES: Readonly<Record<string, object>> = {
  'POST /alert': { resource: 'web01', event: 'NodeDown', environment: 'Production' },
  'PUT /alert/:id/action': { action: 'ack' },
  'POST /heartbeat': { origin: 'probe1' },
}

const byName = documented.map((route) => [route.request, route.status, route.scope, route] as const)

test.each(byName)('%s answers %i to whoever has the scope %s', async (_request, _status, scope, route) => {
  const { url } = await serve({ destinations: [{ name: 'mom1', url: 'http://127.0.0.1:9' }] })
  const path = route.path.replace(':id', 'x').replace(':destination', 'mom1')
  const ask = (key?: string): Promise<Response> =>
    fetch(url + path, {
      method: route.method,
      headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'x-api-key': key }) },
      ...(route.request in BODIES ? { body: JSON.stringify(BODIES[route.request]) } : {}),
    })
  if (scope === 'none') {
    expect((await ask()).status).toBe(route.status)
    return
  }
  expect((await ask()).status).toBe(401)
  expect((await ask(scope)).status).toBe(route.status)
  const refused = await ask('read:alerts')
  expect(refused.status).toBe(403)
  expect(await refused.json()).toMatchObject({ message: `Missing required scope: ${scope}` })
})

test('the fields of the status on the page are those that there are', async () => {
  const { get } = await serve({ destinations: [{ name: 'mom1', url: 'http://127.0.0.1:9' }] })
  const status = (await (await get('/management/status', 'admin')).json()) as { destinations: object[] }
  const top = Object.keys(status).filter((name) => !['status', 'application', 'version', 'destinations'].includes(name))
  const fields = table(section(PAGE, 'Status'), 'field', 'meaning').flatMap(([names = '']) => names.match(/\w+/g) ?? [])
  const ofSomeStates = ['why', 'hint', 'since', 'nextProbe', 'until']
  expect(fields.toSorted()).toEqual([...top, ...Object.keys(status.destinations[0] ?? {}), ...ofSomeStates].toSorted())
})
