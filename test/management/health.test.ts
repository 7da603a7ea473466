import Database from 'better-sqlite3'
import { afterEach, expect, test } from 'vitest'
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
