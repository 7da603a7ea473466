import { afterEach, expect, test } from 'vitest'
import { serve, stopServing } from './serving.js'

afterEach(stopServing)

const NOWHERE = { destinations: [{ name: 'mom1', url: 'http://127.0.0.1:9' }] }

test("the web UI's page About has a version, and a revision that it can cut short", async () => {
  const { get } = await serve(NOWHERE)
  expect((await get('/management/manifest')).status).toBe(401)
  const { version } = (await (await get('/management/status', 'read')).json()) as { version: string }
  expect(await (await get('/management/manifest', 'read:management')).json()).toEqual({
    release: version,
    build: '',
    date: null,
    revision: '',
  })
})

test('alerta status and the page About list queues and counts', async () => {
  const { get, alert } = await serve(NOWHERE)
  expect((await alert()).status).toBe(201)
  const { metrics } = (await (await get('/management/status', 'admin')).json()) as { metrics: object[] }
  expect(metrics).toContainEqual({
    ...{ group: 'queued', name: 'mom1', title: 'Waiting for mom1' },
    ...{ type: 'gauge', value: 1 },
  })
  expect(metrics).toContainEqual({
    ...{ group: 'accepted', name: 'alert', title: 'accepted alert' },
    ...{ type: 'counter', count: 1 },
  })
})
