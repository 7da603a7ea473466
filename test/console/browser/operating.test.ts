import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { killAll } from '../../acceptance/relay.js'
import { closeSinks, startSink } from '../../acceptance/sink.js'
import { waitFor } from '../../support/wait.js'
import { openBrowser } from './chromium.js'
import { OPS, READER, startWithUsers, visit } from './visit.js'

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
}, 400_000)
afterAll(() => browser.close())
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
  killAll()
  await closeSinks()
})

const shows = (page: Page, selector: string, holds: (text: string) => boolean): Promise<string> =>
  waitFor(`${selector} on the page`, async () => (await page.locator(selector).allInnerTexts()).join('\n'), holds)
const edgeOf = (page: Page, name: string, state: string) =>
  page.locator(`[data-edge="${name}"][data-state="${state}"]`).waitFor()
const queued = (text: string): number => Number(/\t(\d+)\t[^\t]*\t\d+$/.exec(text.trim())?.[1] ?? -1)

test('a peer goes down and the map shows it, its queue grows, it comes back and drains', async () => {
  const [mom1, mom2] = [await startSink(), await startSink()]
  const relay = await startWithUsers([
    { name: 'mom1', url: mom1.url },
    { name: 'mom2', url: mom2.url },
  ])
  const { page, faults, signIn } = await visit(browser, relay)
  await signIn(OPS)
  await edgeOf(page, 'mom1', 'flowing')
  await mom1.down()
  for (let i = 0; i < 5; i += 1) await relay.alert({ resource: `web${i}` })
  await edgeOf(page, 'mom1', 'breaker open')
  await edgeOf(page, 'mom2', 'flowing')
  await shows(page, 'tr[data-destination=mom1]', (text) => queued(text) === 5)
  for (let i = 5; i < 12; i += 1) await relay.alert({ resource: `web${i}` })
  await shows(page, 'tr[data-destination=mom1]', (text) => queued(text) === 12)
  await mom1.up()
  await edgeOf(page, 'mom1', 'flowing')
  await shows(page, 'tr[data-destination=mom1]', (text) => queued(text) === 0)
  expect(mom1.got()).toHaveLength(12)
  expect(faults).toEqual([])
})

test('a dead letter is replayed', async () => {
  const mom1 = await startSink()
  const relay = await startWithUsers([{ name: 'mom1', url: mom1.url }])
  mom1.behave({ mode: 'status', status: 422 })
  await relay.alert({ resource: 'db', severity: 'major', text: 'once more' })
  const { page, faults, go, signIn } = await visit(browser, relay)
  await signIn(OPS)
  await shows(page, '.nav', (text) => /Dead letters\s*1/.test(text))
  await go('dead')
  mom1.obey()
  await page.getByRole('button', { name: 'Replay' }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click()
  await page.getByText('1 message sent again to mom1').waitFor()
  await page.getByText('There are none').waitFor()
  await relay.drained()
  expect(mom1.got()).toEqual(['db major once more'])
  expect(faults).toEqual([])
})

test('an alert is acked, and the ack reaches both peers', async () => {
  const [mom1, mom2] = [await startSink(), await startSink()]
  const relay = await startWithUsers([
    { name: 'mom1', url: mom1.url },
    { name: 'mom2', url: mom2.url },
  ])
  await relay.alert({ id: 'acked-1', resource: 'web01' })
  await relay.drained()
  const { page, faults, go, signIn } = await visit(browser, relay)
  await signIn(OPS)
  await go('alerts')
  for (const name of ['mom1', 'mom2']) {
    await shows(page, `tr[data-alert="acked-1"] td[data-at="${name}"]`, (text) => text.trim() === 'in step')
  }
  await page.getByRole('button', { name: 'Ack' }).click()
  await page.getByRole('dialog').getByRole('textbox').fill('on it')
  await page.getByRole('dialog').getByRole('button', { name: 'Ack' }).click()
  await page.getByText('on its way to 2 destinations').waitFor()
  await waitFor(
    'the acks',
    () => [mom1.got().at(-1), mom2.got().at(-1)],
    (last) => last.every((one) => one === 'ack'),
  )
  await shows(page, 'tr[data-alert="acked-1"]', (text) => /\back\b/.test(text))
  const acks = mom1.requests().filter(({ method }) => method === 'PUT')
  expect(acks.map(({ body }) => JSON.parse(body))).toMatchObject([{ action: 'ack', text: 'on it' }])
  expect(faults).toEqual([])
})

test('a destination is held with a reason, released, and resynced', async () => {
  const mom1 = await startSink()
  const relay = await startWithUsers([{ name: 'mom1', url: mom1.url }])
  const { page, faults, go, signIn } = await visit(browser, relay)
  await signIn(OPS)
  await go('destinations/mom1')
  await page.getByRole('button', { name: 'Hold' }).click()
  const hold = page.getByRole('dialog').getByRole('button', { name: 'Hold' })
  expect(await hold.isDisabled()).toBe(true)
  await page.getByLabel(/Reason/).fill('upgrade of mom1')
  await hold.click()
  await shows(page, 'section[aria-label=State]', (text) => /held/.test(text) && /upgrade of mom1/.test(text))
  await relay.alert({ text: 'waits' })
  await page.getByRole('button', { name: 'Release' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click()
  await relay.drained()
  expect(mom1.got()).toHaveLength(1)
  await page.getByRole('button', { name: 'Resync' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Resync' }).click()
  await page.getByText('Last resync').waitFor()
  await shows(page, 'section[aria-labelledby=resync-title]', (text) => /done/.test(text))
  expect(faults).toEqual([])
})

test('who may only look sees no button that acts', async () => {
  const mom1 = await startSink()
  const relay = await startWithUsers([{ name: 'mom1', url: mom1.url }])
  mom1.behave({ mode: 'status', status: 422 })
  await relay.alert({ id: 'x' })
  const { page, faults, go, signIn } = await visit(browser, relay)
  await signIn(READER)
  await shows(page, '.nav', (text) => /Dead letters\s*1/.test(text) && !/Configuration/.test(text))
  const buttons: Record<string, string[]> = {}
  for (const [path, there] of [
    ['destinations/mom1', 'section[aria-label=State]'],
    ['alerts', '[data-alert]'],
    ['alerts/x', '.journey'],
    ['dead', '[data-reason]'],
  ] as const) {
    await go(path)
    await page.locator(there).first().waitFor()
    buttons[path] = await page.locator('main').getByRole('button').allInnerTexts()
  }
  expect(buttons).toEqual({ 'destinations/mom1': ['last hour', 'last day'], alerts: [], 'alerts/x': [], dead: [] })
  await go('configuration')
  await page.getByText('may not see the configuration').waitFor()
  expect(faults).toEqual([])
})
