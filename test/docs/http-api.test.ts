import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { hashSync } from '@node-rs/argon2'
import type { Hono } from 'hono'
import { afterEach, expect, test } from 'vitest'
import { type AppDeps, createApp } from '../../src/ingress/app.js'
import type { IngressEnv } from '../../src/ingress/env.js'
import { createOperatorApp, type OperatorDeps } from '../../src/management/operator/app.js'
import { LINK_TYPE } from '../../src/model/link.js'
import { load, RIGHT } from '../config/loading.js'
import { ROOT } from '../house/source.js'
import { anything } from '../management/anything.js'
import { serve, stopServing } from '../management/serving.js'
import { page, section, table } from './pages.js'

afterEach(stopServing)

const PAGE = page('http-api.md')
const documented = table(PAGE, 'request', 'scope').map(([request = '', scope = '', status = '']) => {
  const [method = '', path = ''] = request.split(' ')
  return { request, method, path, scope, status: Number(status) }
})

type Mount = (api: Hono<IngressEnv>, gate: unknown, deps: object) => void

/** Everything that these rooms can mount; nothing of it runs here. */
async function mounts(): Promise<Mount[]> {
  const files = ['src/management', 'src/reading'].flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(ROOT, room, file)),
  )
  const modules = await Promise.all(files.map((file) => import(file)))
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
  'PUT /alert/:id/status': { status: 'ack' },
  'PUT /alert/:id/tag': { tags: ['a'] },
  'PUT /alert/:id/untag': { tags: ['a'] },
  'PUT /alert/:id/attributes': { attributes: { region: 'EU' } },
  'PUT /alert/:id/note': { text: 'looked at it' },
  'POST /alert/:id/note': { text: 'looked at it' },
  'PUT /alert/:id/note/:note_id': { text: 'looked at it again' },
  'PUT /_bulk/alerts/action': { action: 'ack' },
  'PUT /_bulk/alerts/status': { status: 'ack' },
  'PUT /_bulk/alerts/tag': { tags: ['a'] },
  'PUT /_bulk/alerts/untag': { tags: ['a'] },
  'PUT /_bulk/alerts/attributes': { attributes: { region: 'EU' } },
  'POST /heartbeat': { origin: 'probe1' },
  'POST /blackout': { environment: 'Production' },
  'PUT /blackout/:id': { text: 'longer' },
  'POST /webhooks/:name/*': {},
  'POST /key': { scopes: ['admin:keys'] },
  'PUT /user/me/attributes': { attributes: { prefs: { isDark: true } } },
  'POST /auth/login': { username: 'ops', password: 'right' },
}

/** Where it is not JSON: an empty batch. */
const RAW: Readonly<Record<string, { readonly type: string; readonly body: string }>> = {
  'POST /relay/messages': { type: LINK_TYPE, body: '[]\n' },
}

/** Bearer tokens, for one route asks for nothing else. */
const AUTH = {
  secret_key: 'a-secret-of-16-or-more',
  api_keys: [{ key: 'admin', scopes: ['admin'] }],
  users: [{ username: 'ops', password_hash: hashSync('right', { memoryCost: 1024, timeCost: 1 }), scopes: ['read'] }],
  tokens: [...documented.map(({ scope }) => scope), 'write:webhooks']
    .filter((scope, i, all) => scope !== 'none' && all.indexOf(scope) === i)
    .map((scope) => ({ token: scope, scopes: [scope] })),
}

const byName = documented.map((route) => [route.request, route.status, route.scope, route] as const)

test.each(byName)('%s answers %i to whoever has the scope %s', async (_request, _status, scope, route) => {
  const destinations = [{ name: 'mom1', url: 'http://127.0.0.1:9' }]
  const { url, alert, send } = await serve({ destinations, auth: AUTH, blackouts: { enabled: true } })
  await alert({ id: 'x' })
  await send('POST', '/heartbeat', { id: 'x' })
  await send('POST', '/blackout', { id: 'x', environment: 'Development' })
  const note = await fetch(`${url}/alert/x/note`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: 'Key admin' },
    body: JSON.stringify({ text: 'first' }),
  })
  const { id: noteId } = (await note.json()) as { id: string }
  const { data } = (await (await send('POST', '/key', { scopes: ['read'] })).json()) as { data: { id: string } }
  const named = route.path
    .replace(':key', data.id)
    .replace(':name/*', 'slack')
    .replace(':destination', 'mom1')
    .replace(':note_id', noteId)
  const path = named.replace(':id', 'x')
  const ask = (key?: string): Promise<Response> =>
    fetch(url + path, {
      method: route.method,
      headers: {
        'content-type': RAW[route.request]?.type ?? 'application/json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      ...(route.request in BODIES ? { body: JSON.stringify(BODIES[route.request]) } : {}),
      ...(route.request in RAW ? { body: RAW[route.request]?.body as string } : {}),
    })
  if (scope === 'none') {
    expect((await ask()).status).toBe(route.status)
    return
  }
  expect((await ask()).status).toBe(401)
  expect((await ask(scope)).status).toBe(route.status)
  const refused = await ask(scope === 'write:webhooks' ? 'write:heartbeats' : 'write:webhooks')
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

test("every operators' request stands on the page, and no other", () => {
  const app = createOperatorApp(anything<OperatorDeps>())
  const there = app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`)
  const told = table(PAGE, 'operator request', 'body').map(([request = '']) => request)
  expect(told.toSorted()).toEqual([...new Set(there)].toSorted())
})
