import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'
import { BUILT } from '../../../src/console/files.js'
import { KEY, killAll } from '../../acceptance/relay.js'
import { freePort } from '../../support/ports.js'
import { openBrowser } from './chromium.js'
import { OPS, startWithUsers, visit } from './visit.js'

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
}, 400_000)
afterAll(() => browser.close())
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
  killAll()
})

test('a wrong password is told, the right one opens the console, and signing out closes it', async () => {
  const relay = await startWithUsers([])
  const { page, faults, signIn } = await visit(browser, relay)
  await signIn({ ...OPS, password: 'wrong' })
  await page.getByText('Invalid username or password').waitFor()
  await signIn(OPS)
  await page.getByRole('heading', { name: 'Map' }).waitFor()
  await page.getByText('This relay sends to nobody yet').waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'Map' }).waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect(await page.getByText('session has ended').count()).toBe(0)
  expect(faults).toEqual([])
})

test('a session that ends while somebody looks on is told, and they go on where they were', async () => {
  const relay = await startWithUsers([], { console: { session: '4s' } })
  const { page, faults, go, signIn } = await visit(browser, relay)
  await signIn(OPS)
  await go('suppressed')
  await page.getByRole('heading', { name: 'Suppressed' }).waitFor()
  await page.getByText('Your session has ended').waitFor({ timeout: 30_000 })
  await signIn(OPS)
  await page.getByRole('heading', { name: 'Suppressed' }).waitFor()
  expect(faults).toEqual([])
})

test('a key in the address is filled in, and not used before somebody says so', async () => {
  const relay = await startWithUsers([])
  const { page, go } = await visit(browser, relay)
  await go('map?key=test-key')
  await page.reload()
  expect(await page.getByLabel('API key').inputValue()).toBe('test-key')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Map' }).waitFor()
  expect(page.url()).not.toContain('test-key')
})

test('when the relay is away the page says so, keeps what it showed, and goes on by itself', async () => {
  const relay = await startWithUsers([{ name: 'mom1', url: 'http://127.0.0.1:9' }])
  const { page, signIn } = await visit(browser, relay)
  await signIn(OPS)
  await page.locator('tr[data-destination=mom1]').waitFor()
  await relay.kill()
  await page.getByText('The live feed is cut off').waitFor()
  expect(await page.locator('tr[data-destination=mom1]').count()).toBe(1)
  await relay.restart()
  await page.getByText('The live feed is cut off').waitFor({ state: 'detached' })
  await page.getByText('Live', { exact: true }).last().waitFor()
})

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
}

/** The built files on a web server of their own, told where the relay is. */
async function hostElsewhere(port: number, relay: string): Promise<void> {
  const server = createServer(({ url = '/' }, answer) => {
    const name = url === '/' ? 'index.html' : url.slice(1)
    const text = readFileSync(`${BUILT}/${name}`, 'utf8')
    answer.setHeader('content-type', TYPES[name.split('.').at(-1) ?? ''] ?? 'text/plain')
    answer.end(text.replace('<meta name="relay" content="">', `<meta name="relay" content="${relay}">`))
  })
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
}

test('hosted elsewhere, it reaches the relay by a key or a user that stay in the page', async () => {
  const port = await freePort()
  const elsewhere = `http://127.0.0.1:${port}`
  const relay = await startWithUsers([{ name: 'mom1', url: 'http://127.0.0.1:9' }], { cors_origins: [elsewhere] })
  await hostElsewhere(port, relay.url)
  const page = await (await browser.newContext()).newPage()
  await page.goto(elsewhere)
  await page.getByLabel('User name').fill(OPS.username)
  await page.getByLabel('Password').fill(OPS.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('tr[data-destination=mom1]').waitFor()
  expect(await page.context().cookies()).toEqual([])
  await page.reload()
  await page.getByRole('button', { name: 'API key' }).click()
  await page.getByLabel('API key').fill(KEY)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('tr[data-destination=mom1]').waitFor()
})
