import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PATH = '/usr/bin/chromium'
/** No sandbox, for tests run as root; nothing that would call home. */
const ARGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]

/** A real browser: Debian's chromium, which is installed where that is allowed. */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(PATH)) install()
  if (!existsSync(PATH)) throw new Error('this test needs chromium; on Debian: apt-get install chromium')
  return chromium.launch({ executablePath: PATH, headless: true, args: ARGS })
}

function install(): void {
  if (process.getuid?.() !== 0) return
  const quiet = { stdio: 'ignore', timeout: 300_000 } as const
  const command = ['install', '-y', '--no-install-recommends', 'chromium']
  if (spawnSync('apt-get', command, quiet).status === 0) return
  spawnSync('apt-get', ['update'], quiet)
  spawnSync('apt-get', command, quiet)
}
