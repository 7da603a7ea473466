import Database from 'better-sqlite3'
import { Hono } from 'hono'
import { afterEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { mountHealth } from '../../src/management/health.js'
import { blocks, page, section } from '../docs/pages.js'
import { serve, stopServing } from './serving.js'

afterEach(stopServing)

const PAGES = ['/management/gtg', '/management/healthcheck', '/api/management/gtg', '/api/management/healthcheck']

test.each(PAGES)('GET %s answers OK as plain text, to anybody', async (page) => {
  const { get } = await serve()
  const answer = await get(page)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
  expect(await answer.text()).toBe('OK')
})

test('HEAD tells the same without a body', async () => {
  const { url } = await serve()
  const answer = await fetch(`${url}/management/gtg`, { method: 'HEAD' })
  expect(answer.status).toBe(200)
  expect(await answer.text()).toBe('')
})

test('a disk that is nearly full is 503 DISK_LOW, and messages are refused while it is', async () => {
  const { get, alert } = await serve({ limits: { min_free_disk: '1000000GiB' } })
  for (const page of PAGES) {
    const answer = await get(page)
    expect(answer.status).toBe(503)
    expect(await answer.text()).toBe('DISK_LOW')
  }
  const refused = await alert()
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('30')
  expect(await refused.json()).toMatchObject({ status: 'error', message: 'The disk is nearly full' })
})

test('a database that cannot be written is 503 STORE_UNAVAILABLE, and 200 again when it can', async () => {
  const { get, alert, database } = await serve()
  const intruder = new Database(database)
  intruder.exec('BEGIN IMMEDIATE')
  for (const page of PAGES.slice(0, 2)) {
    const answer = await get(page)
    expect(answer.status).toBe(503)
    expect(await answer.text()).toBe('STORE_UNAVAILABLE')
  }
  const refused = await alert()
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('5')
  expect(await refused.json()).toMatchObject({ message: 'The store cannot take messages now' })
  intruder.exec('ROLLBACK')
  intruder.close()
  expect((await get('/management/gtg')).status).toBe(200)
  expect((await alert()).status).toBe(201)
})

test('a destination that is down does not make the relay unhealthy', async () => {
  const { get, alert } = await serve({ destinations: [{ name: 'away', url: 'http://127.0.0.1:9' }] })
  await alert()
  expect((await get('/management/gtg')).status).toBe(200)
})

test('live answers whatever the disk and the database do, ready only while messages can be stored', async () => {
  const full = await serve({ limits: { min_free_disk: '1000000GiB' } })
  expect((await full.get('/management/live')).status).toBe(200)
  expect(await (await full.get('/management/ready')).text()).toBe('DISK_LOW')

  const { get, database } = await serve({ destinations: [{ name: 'away', url: 'http://127.0.0.1:9' }] })
  expect(await (await get('/management/ready')).text()).toBe('OK')
  const intruder = new Database(database)
  intruder.exec('BEGIN IMMEDIATE')
  expect((await get('/management/live')).status).toBe(200)
  const locked = await get('/management/ready')
  expect([locked.status, await locked.text()]).toEqual([503, 'STORE_UNAVAILABLE'])
  intruder.exec('ROLLBACK')
  intruder.close()
  expect((await get('/management/ready')).status).toBe(200)
})

test('a relay that stops is not ready, for those who still have a connection', async () => {
  const app = new Hono()
  let ending: 'stopping' | undefined
  mountHealth(app, {
    readiness: { trouble: async () => undefined },
    ending: () => ending,
    stale: async () => undefined,
  })
  expect((await app.request('/management/ready')).status).toBe(200)
  ending = 'stopping'
  const answer = await app.request('/management/ready')
  expect([answer.status, await answer.text()]).toEqual([503, 'STOPPING'])
  expect((await app.request('/management/live')).status).toBe(200)
})

test('the probes of the Kubernetes example are routes for everybody', async () => {
  const { get } = await serve()
  const example = blocks(section(page('getting-started.md'), 'Kubernetes'), 'yaml').join()
  const paths = [...example.matchAll(/httpGet: \{ path: ([^,]+),/g)].map(([, path]) => path as string)
  expect(paths).toHaveLength(3)
  expect(parse(example)).toMatchObject({ kind: 'StatefulSet', spec: { replicas: 1 } })
  for (const path of paths) expect((await get(path)).status).toBe(200)
})
