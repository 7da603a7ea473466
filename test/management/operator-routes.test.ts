import { OpenAPIHono } from '@hono/zod-openapi'
import { HTTPException } from 'hono/http-exception'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Scope } from '../../src/auth/scopes.js'
import { matchSchema } from '../../src/config/destination.js'
import { createOperatorApp, type OperatorDeps, onSocket } from '../../src/management/operator/app.js'
import { known } from '../../src/management/operator/asked.js'
import { createRoutes, type OperatorEnv } from '../../src/management/operator/routes.js'
import type { Change } from '../../src/management/operator/trail.js'
import { anything } from './anything.js'

/** As the app has them, with every path as it stands in the OpenAPI document. */
const served = (app: OpenAPIHono<OperatorEnv>) =>
  app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)

const described = (app: OpenAPIHono<OperatorEnv>) =>
  app.openAPIRegistry.definitions.flatMap((one) => (one.type === 'route' ? [one.route] : []))

/** What Swagger UI is made of, and what it reads. */
const PAGE = ['GET /', 'GET /openapi.json', 'GET /page/{file}']

/** What is asked for does not fit into a URL; nothing is changed by it. */
const READ_BY_POST = [
  '/destinations/{destination}/dead',
  '/diff/{destination}',
  '/explain',
  '/destinations/{destination}/export',
  '/probe',
]

const all = createOperatorApp(anything<OperatorDeps>())

test('every request is described: what it is for, who may ask, what it answers', () => {
  const routes = described(all)
  const told = routes.map(({ method, path }) => `${method.toUpperCase()} ${path}`)
  expect(
    served(all)
      .filter((route) => !PAGE.includes(route))
      .toSorted(),
  ).toEqual(told.toSorted())
  for (const { method, path, summary = '', description = '', responses } of routes) {
    const name = `${method} ${path}`
    expect(summary, name).toMatch(/^[A-Z].*\.$/)
    expect(description, name).toMatch(/^Scope `\w+:\w+`\. Command `[\w -]+`\.$/)
    const codes = Object.keys(responses)
    expect(
      codes.filter((code) => code.startsWith('2')),
      name,
    ).toHaveLength(1)
    expect(codes, name).toEqual(expect.arrayContaining(['400', '401', '403', '500']))
  }
  expect(new Set(routes.map(({ operationId }) => operationId)).size).toBe(routes.length)
})

test('what is asked for in another way than by GET is audited, but for the few that change nothing', () => {
  for (const route of described(all)) {
    const { method, path } = route
    const changes = method !== 'get' && !READ_BY_POST.includes(path) && !path.endsWith('/dry-run')
    expect('x-audited' in route && route['x-audited'], `${method} ${path}`).toBe(changes)
    expect(route.description, path).toMatch(changes ? /^Scope `(admin|write):/ : /^Scope `(read|admin):/)
  }
})

/** An app of its own with a route of each kind, and what it records. */
function world() {
  const recorded: (Change & { noted: object[] })[] = []
  const app = new OpenAPIHono<OperatorEnv>()
  app.onError((error, c) => c.text(error.message, error instanceof HTTPException ? error.status : 500))
  const routes = createRoutes(app, {
    failed: ({ message }) => message,
    async record(change, work) {
      const noted: object[] = []
      recorded.push({ ...change, noted })
      return work((fields) => void noted.push(fields))
    },
  })
  const ask = (method: string, path: string, body?: string, scopes: readonly Scope[] = ['admin:management']) =>
    app.request(
      path,
      { method, ...(body === undefined ? {} : { body }) },
      { operator: { name: 'key ops', from: '192.0.2.1', allows: (wanted) => scopes.includes(wanted) } },
    )
  return { routes, ask, recorded }
}
const summary = 'Paints it.'

test('whatever a file adds as a change is recorded, with who, from where, and what was asked for', async () => {
  const { routes, ask, recorded } = world()
  routes.change(
    {
      ...{ method: 'post', path: '/walls/{wall}/paint', command: 'paint', summary },
      params: { wall: z.string() },
      query: { twice: z.stringbool().default(false) },
      body: z.strictObject({ colour: z.enum(['red', 'blue']), ladder: z.boolean().default(true) }),
      answer: { layers: z.int() },
      code: 201,
    },
    async ({ query, note }) => {
      const layers = query.twice ? 2 : 1
      note({ layers })
      return { layers }
    },
  )
  const answer = await ask('POST', '/walls/north/paint?twice=true', '{"colour":"red"}')
  expect([answer.status, await answer.json()]).toEqual([201, { status: 'ok', layers: 2 }])
  expect(recorded).toMatchObject([
    {
      command: 'paint',
      operator: { name: 'key ops', from: '192.0.2.1' },
      fields: { wall: 'north', twice: 'true', colour: 'red' },
      noted: [{ layers: 2 }],
    },
  ])
})

test('a change that may carry secrets or much of them says itself what is recorded', async () => {
  const { routes, ask, recorded } = world()
  routes.change(
    {
      ...{ method: 'put', path: '/safe', command: 'lock', summary, body: z.strictObject({ combination: z.string() }) },
      answer: {},
      recorded: ({ body }) => ({ digits: body.combination.length }),
    },
    async () => ({}),
  )
  await ask('PUT', '/safe', '{"combination":"4711"}')
  expect(recorded.map(({ fields }) => fields)).toEqual([{ digits: 4 }])
})

test('who may not do it is told the scope, before anything is read or recorded', async () => {
  const { routes, ask, recorded } = world()
  const answer = { done: z.boolean() }
  routes.change({ method: 'post', path: '/a', command: 'a', summary, answer }, async () => ({ done: true }))
  routes.read({ path: '/b', command: 'b', summary, answer }, async () => ({ done: true }))
  routes.read({ path: '/c', command: 'c', summary, answer, scope: 'admin:keys' }, async () => ({ done: true }))
  for (const [method, path, scope] of [
    ['POST', '/a', 'admin:management'],
    ['GET', '/b', 'read:management'],
    ['GET', '/c', 'admin:keys'],
  ] as const) {
    const refused = await ask(method, path, undefined, [])
    expect([refused.status, await refused.text()]).toEqual([403, `Missing required scope: ${scope}`])
    expect((await ask(method, path, undefined, [scope])).status).toBe(200)
  }
  expect(recorded).toHaveLength(1)
})

test.each([
  ['no JSON', '/x', '{', 'the body is not JSON'],
  ['an unknown field', '/x', '{"colour":"red","size":1}', 'the request: Unrecognized key: "size"'],
  ['a wrong value', '/x', '{"colour":"green"}', 'colour: must be one of red, blue'],
  ['a parameter that there is not', '/x?colour=red', '{"colour":"red"}', 'the request: Unrecognized key: "colour"'],
])('what is asked wrongly is told: %s', async (_, path, body, message) => {
  const { routes, ask, recorded } = world()
  const schema = z.strictObject({ colour: z.enum(['red', 'blue']) })
  routes.change({ method: 'post', path: '/x', command: 'x', summary, body: schema, answer: {} }, async () => ({}))
  const answer = await ask('POST', path, body)
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(message)])
  expect(recorded).toEqual([])
})

test('a request that is none is told in the shape of all errors, and says which relay it is', async () => {
  const answer = await createOperatorApp(anything<OperatorDeps>({ version: '9.9.9' })).request(
    '/nothing',
    {},
    { ...onSocket(), requestId: 'r1' },
  )
  expect(answer.headers.get('x-alerta-relay')).toBe('9.9.9')
  expect(await answer.json()).toEqual({
    ...{ status: 'error', message: 'nothing is here: GET /nothing', code: 404, errors: null, requestId: 'r1' },
  })
})

test('a body that is larger than any is refused', async () => {
  const app = createOperatorApp(anything<OperatorDeps>({ version: '1' }))
  const answer = await app.request('/log', { method: 'PUT', body: 'x'.repeat(16 * 2 ** 20 + 1) }, onSocket())
  expect(answer.status).toBe(413)
})

test('the socket is its owner’s: whatever name is claimed is told as claimed, and nothing but a name', () => {
  expect(onSocket('alice').operator.name).toBe('operator socket (alice)')
  for (const claimed of [null, '', 'key boss', 'a)', 'x'.repeat(65), '\u0007']) {
    expect(onSocket(claimed).operator.name).toBe('operator socket')
  }
})

test('a field that no alert has is told with the one that was meant, as check does', async () => {
  const { routes, ask } = world()
  const body = z.strictObject({ match: matchSchema })
  routes.change({ method: 'post', path: '/x', command: 'x', summary, body, answer: {} }, async () => ({}))
  const answer = await ask('POST', '/x', '{"match":{"sevrity":"critical"}}')
  expect([answer.status, await answer.text()]).toEqual([
    400,
    'match.sevrity: is not a field of an alert; did you mean severity?',
  ])
})

test('of an unknown destination the others are named in the order of names, whoever asks', () => {
  expect(() => known('mum', ['mom2', 'mom1'])).toThrow('no destination is named mum; there are mom1, mom2')
})
