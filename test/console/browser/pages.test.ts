import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { killAll, PEER_KEY, type RelayProcess, startRelay } from '../../acceptance/relay.js'
import { closeSinks, startSink } from '../../acceptance/sink.js'
import { freePort } from '../../support/ports.js'
import { waitFor } from '../../support/wait.js'
import { openBrowser } from './chromium.js'
import { OPS, startWithUsers, unreachable, visit } from './visit.js'

let browser: Browser
let relay: RelayProcess

/** A pair of relays, a peer that is away, one that refuses, one that takes everything, and a loop. */
beforeAll(async () => {
  browser = await openBrowser()
  const [well, refusing, port] = [await startSink(), await startSink(), await freePort()]
  refusing.behave({ mode: 'status', status: 422 })
  const url = `http://127.0.0.1:${port}`
  const auth = { type: 'key', key: PEER_KEY }
  relay = await startWithUsers([
    { name: 'well', url: well.url },
    { name: 'refusing', url: refusing.url },
    { name: 'away', url: 'http://127.0.0.1:9' },
    { name: 'twin', kind: 'relay', url, auth },
  ])
  await startRelay({
    port,
    destinations: [
      { name: 'back', kind: 'relay', url: relay.url, auth },
      { name: 'theirs', url: 'http://127.0.0.1:11' },
    ],
  })
  for (let i = 0; i < 3; i += 1) await relay.alert({ id: `x${i}`, resource: `web${i}`, text: 'for the pictures' })
  await relay.alert({}, { 'x-alerta-loop': relay.url })
  await waitFor(
    'trouble',
    () => relay.status(),
    ({ destinations }) =>
      destinations.some(({ dead }) => dead === 3) && destinations.some(({ state }) => state === 'breaker open'),
  )
}, 400_000)
afterAll(async () => {
  await browser.close()
  killAll()
  await closeSinks()
})

/** In the page; our own types know of no document. */
const WIDER = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'

const FACTS =
  '[...document.querySelectorAll("dt")].map((one) => `${one.textContent}: ${one.nextElementSibling.textContent}`)'
const heightsOf = (selector: string): string =>
  `[...document.querySelectorAll("${selector}")].map((one) => one.getBoundingClientRect().height)`

/** Each page, and what stands there when it is complete. */
const PAGES = [
  ['map', 'text=theirs'],
  ['destinations/away', '.bars'],
  ['destinations/well', 'section[aria-label="Over time"] svg, section[aria-label="Over time"] .empty'],
  ['alerts', '[data-alert]'],
  ['alerts/x0', '.journey'],
  ['messages', 'tbody tr'],
  ['dead', '[data-reason]'],
  ['suppressed', '.path .again'],
  ['explain', 'textarea'],
  ['live', '.feed li'],
  ['configuration', 'text=base_url'],
  ['about', '.counters li'],
  ['nowhere', 'text=There is no such page'],
] as const

const LOOKS: readonly (readonly [string, BrowserContextOptions])[] = [
  ['light', {}],
  ['dark', { colorScheme: 'dark' }],
  ['phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
]

test.each(LOOKS)('everybody can use every page, which keeps to its policy and its relay: %s', async (_, options) => {
  const { page, faults, go, signIn } = await visit(browser, relay, options)
  expect(await unreachable(page)).toEqual([])
  await signIn(OPS)
  const found: Record<string, readonly string[]> = {}
  for (const [path, complete] of PAGES) {
    await go(path)
    await page.locator(complete).first().waitFor({ state: 'attached' })
    const wide = await page.evaluate<boolean>(WIDER)
    found[path] = [...(await unreachable(page)), ...(wide ? ['it scrolls sideways'] : [])]
  }
  expect(found).toEqual(Object.fromEntries(PAGES.map(([path]) => [path, []])))
  expect(faults).toEqual([])
})

test('the journey of a message, and where an alert would go, are told', async () => {
  const { page, faults, go, signIn } = await visit(browser, relay)
  await signIn(OPS)
  await go('messages?resource=web1')
  await page
    .getByRole('link', { name: 'Production / web01', exact: false })
    .or(page.getByRole('link', { name: /web1/ }))
    .first()
    .click()
  const journey = await page.locator('.journey').textContent()
  expect(journey).toMatch(/Accepted/)
  expect(journey).toMatch(/well\s*delivered/)
  expect(journey).toMatch(/refusing\s*dead/)
  // under way again every second
  expect(journey).toMatch(/away\s*(queued|sending)/)
  expect(await unreachable(page)).toEqual([])
  await go('explain')
  await page.getByRole('button', { name: 'Explain' }).click()
  await page.getByText('The sender is answered 201').waitFor()
  expect(await page.locator('.journey li').count()).toBe(4)
  expect(faults).toEqual([])
})

test('the page of an alert has its own id, and tells what only waits for a destination from what has arrived', async () => {
  const { page, go, signIn } = await visit(browser, relay)
  await signIn(OPS)
  await go('alerts/x0')
  await page.getByRole('heading', { name: 'Now' }).waitFor()
  const told = await page.evaluate<readonly string[]>(FACTS)
  expect(told).toContain('Id: x0')
  expect(told).toContain('well: 1 delivered; what follows goes there too')
  expect(told.find((fact) => fact.startsWith('away'))).toMatch(
    /^away: 1 (queued|sending); what follows goes there too$/,
  )
})

test('in the list of messages an address stays in one line, and on a phone each thing is level and has its name', async () => {
  const long = 'a-very-long-resource-name-of-a-cluster-somewhere'.repeat(2)
  await relay.alert({
    id: 'long',
    resource: long,
    text: 'with as much to say as there is room for it in the list '.repeat(2),
  })
  const { page, go, signIn } = await visit(browser, relay, { viewport: { width: 1280, height: 800 } })
  await signIn(OPS)
  await go('messages?alert=long')
  await page.getByText(long).waitFor()
  const [address] = await page.evaluate<readonly number[]>(heightsOf('td:nth-child(4) .sub'))
  expect(address).toBeLessThan(25)
  await page.setViewportSize({ width: 390, height: 844 })
  const fields = await page.evaluate<readonly number[]>(heightsOf('.filters .field'))
  expect(new Set(fields).size).toBe(1)
  expect(await page.locator('td[data-label=Came]').count()).toBe(1)
})

test('the whole console can be used by keys', async () => {
  const { page, signIn } = await visit(browser, relay)
  await signIn(OPS)
  await page.getByRole('heading', { name: 'Map' }).waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('e')
  await page.getByRole('heading', { name: 'Messages' }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('x0')
  await waitFor(
    'the filter',
    () => page.url(),
    (url) => url.includes('alert=x0'),
  )
  await page.keyboard.press('Escape')
  await page.locator('main').press('?')
  await page.getByRole('dialog').getByText('Dead letters').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(page.url()).toContain('#/messages')
})
