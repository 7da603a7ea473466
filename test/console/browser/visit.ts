import { hashSync } from '@node-rs/argon2'
import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { KEY, PEER_KEY, type RelayProcess, startRelay } from '../../acceptance/relay.js'

const HASH = hashSync('right', { memoryCost: 1024, timeCost: 1, parallelism: 1 })
export const OPS = { username: 'ops', password: 'right' }
export const READER = { username: 'reader', password: 'right' }

/** A relay whose console has an operator, and somebody who may only look. */
export function startWithUsers(destinations: readonly object[], config: object = {}): Promise<RelayProcess> {
  const auth = {
    secret_key: 'a-secret-of-16-or-more',
    api_keys: [
      { key: KEY, scopes: ['admin'], text: 'test' },
      { key: PEER_KEY, scopes: ['admin'], text: 'peer', peer: true },
    ],
    users: [
      { username: 'ops', password_hash: HASH, scopes: ['admin'] },
      { username: 'reader', password_hash: HASH, scopes: ['read'] },
    ],
  }
  return startRelay({ destinations, config: { auth, ...config } })
}

/** Somebody at the console, and what the browser had to complain of. */
export interface Visit {
  readonly page: Page
  /** errors of the page and of its policy, and requests that would have left the relay */
  readonly faults: readonly string[]
  go(path: string): Promise<void>
  signIn(by: { readonly username: string; readonly password: string }): Promise<void>
}

export async function visit(
  browser: Browser,
  relay: Pick<RelayProcess, 'url'>,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
  page.on('console', (message) => {
    const text = message.text()
    // what is refused, or a relay that is away, is told by the browser too
    if (message.type() === 'error' && !/Failed to load resource/.test(text)) faults.push(text)
  })
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== relay.url) faults.push(`left the relay: ${request.url()}`)
  })
  await page.goto(`${relay.url}/console/`)
  return {
    page,
    faults,
    async go(path) {
      await page.goto(`${relay.url}/console/#/${path}`)
    },
    async signIn({ username, password }) {
      await page.getByLabel('User name').fill(username)
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: 'Sign in' }).click()
    },
  }
}

interface Axe {
  run(
    options: object,
  ): Promise<{ violations: readonly { id: string; impact: string; nodes: readonly { html: string }[] }[] }>
}

/** What axe finds that is serious or critical: "color-contrast: <a …>". */
export async function unreachable(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: Axe }).axe.run({ resultTypes: ['violations'] }),
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}
