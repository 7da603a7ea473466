import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ownIdentities } from '../../src/config/identities.js'
import { loadConfig } from '../../src/config/load.js'
import { findings } from '../../src/egress/findings.js'
import { ROOT } from '../house/source.js'
import { freePort } from '../support/ports.js'
import { waitFor } from '../support/wait.js'
import { blocks, page, section } from './pages.js'

const PAGE = page('getting-started.md')
const FIRST_ALERT = section(PAGE, 'The first alert')
const FIRST_DESTINATION = section(PAGE, 'The first real destination')
const PAIR = section(PAGE, 'Two relays, and a dead letter replayed')
const MAIN = join(ROOT, 'dist/main.js')
/** Compiling is done by then; a loaded machine takes its time to start processes. */
const LONG_MS = 60_000

const execute = promisify(execFile)
let home: string
let ports: Record<string, string>
let running: ChildProcess[]

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'getting-started-'))
  symlinkSync(join(ROOT, 'dist'), join(home, 'dist'))
  ports = { 8080: String(await freePort()), 8081: String(await freePort()), 8090: String(await freePort()) }
  running = []
})

afterEach(async () => {
  for (const child of running) {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGTERM')
    await ended
  }
  rmSync(home, { recursive: true })
})

/** The page's ports may be taken on the machine that tests. */
const here = (text: string): string => text.replace(/\b(8080|8081|8090)\b/g, (port) => ports[port] as string)
const environment = (): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, HOME: home })

async function bash(script: string): Promise<string> {
  return (await execute('bash', ['--norc', '-euo', 'pipefail', '-c', script], { cwd: home, env: environment() })).stdout
}

/** Starts something that stays, and collects what it prints. */
function start(command: string, args: string[]): () => string {
  const child = spawn(command, args, { cwd: home, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += String(chunk)))
  running.push(child)
  return () => printed
}

const until = (what: string, printed: () => string, words: RegExp) =>
  waitFor(
    what,
    printed,
    (text) => {
      const ended = running.find(({ exitCode }) => exitCode !== null)
      if (ended !== undefined) throw new Error(`${ended.spawnargs.join(' ')} has ended: ${text}`)
      return words.test(text)
    },
    LONG_MS,
  )

test('the first alert, its ack and its delete, and an outage', { timeout: LONG_MS * 2 }, async () => {
  mkdirSync(join(home, 'config'))
  const config = readFileSync(join(ROOT, 'config/relay.yaml'), 'utf8')
  writeFileSync(join(home, 'config/relay.yaml'), here(config))
  const printed = start(
    process.execPath,
    here('dist/main.js serve --config config/relay.yaml --sink 127.0.0.1:8090').split(' '),
  )
  await until('the relay', printed, /relay started/)
  const [npmStart, messages = '', outage = '', where = ''] = blocks(FIRST_ALERT, 'sh')
  expect(npmStart).toBe('npm start\n')
  expect((await bash(here(messages))).match(/"status":"ok"/g)).toHaveLength(3)
  const [shown = ''] = blocks(FIRST_ALERT, '')
  for (const line of shown.trim().split('\n')) {
    const words = here(line.replace(/^[\d:.]+ /, '').trim())
    await waitFor(words, printed, (text) => text.includes(words))
  }

  const shorter = outage.replace('"forMs": 10000', '"forMs": 1500').replace('"retryAfter": 5', '"retryAfter": 2')
  await bash(here(shorter))
  const status = () => bash(here(where))
  const paused = await waitFor('the pause', status, (text) => text.includes('"state":"paused"'))
  expect(paused).toContain('"queued":1')
  await until('what waited', printed, /201 major Production\/web02/)
})

test('the first real destination: check, probe, serve, send, status', { timeout: LONG_MS * 2 }, async () => {
  const printed = start(process.execPath, [MAIN, 'sink', '--listen', here('127.0.0.1:8090'), '--key', 'right-key'])
  await until('the sink', printed, /sink listens/)
  const [yaml = ''] = blocks(FIRST_DESTINATION, 'yaml')
  writeFileSync(
    join(home, 'my-relay.yaml'),
    here(yaml).replace('https://alerta.example.com', here('http://127.0.0.1:8090')),
  )

  const [install, secrets, check, probe, serve, send, ...rest] = blocks(FIRST_DESTINATION, 'sh').map(here)
  expect(rest).toEqual([])
  // random, but the same in every shell of this test
  const made = ['made-1', 'made-2']
  const known = secrets
    ?.replace('the API key from Alerta', 'right-key')
    .replace(/\$\(openssl .*\)/g, () => made.shift() ?? '')
  const before = `${install}\n${known}`
  const checked = await bash(`${before}\n${check}\n${probe}`)
  expect(checked).toMatch(/^\d+\.\d+\.\d+\n/)
  expect(checked).not.toContain('right-key')
  expect(checked).toContain('ok    mom1: takes our credential (key)')

  const relay = start('bash', ['--norc', '-c', `${before}\nexec ${serve}`])
  await until('the relay', relay, /relay started/)
  const sent = await bash(`${before}\n${send}`)
  expect(sent).toContain('"status":"ok"')
  expect(sent).toContain('"name":"mom1"')
  await until('the alert', printed, /201 informational Production\/web01\/RelayTest by key/)
})

test('what check --probe says of an Alerta in good order is what stands on the page', () => {
  const [yaml = ''] = blocks(FIRST_DESTINATION, 'yaml')
  const loaded = loadConfig(yaml, { SENDERS_KEY: 's', OPERATORS_KEY: 'o', MOM1_KEY: 'm' })
  if (!loaded.ok) throw new Error('the configuration on the page is wrong')
  const { config } = loaded
  expect(loaded.warnings).toEqual([])
  const [destination] = config.destinations
  if (destination === undefined) throw new Error('the configuration on the page has no destination')
  const body = JSON.stringify({ endpoint: destination.url })
  const headers = { date: 'Fri, 20 Nov 2026 12:00:00 GMT' }
  const answers = {
    config: { kind: 'answer', status: 200, headers, body, oversized: false },
    askedAt: Date.parse(headers.date),
    credential: { kind: 'well' },
  } as const
  const lines = findings(destination, answers, { own: ownIdentities(config), destinations: config.destinations })
  const [shown] = blocks(FIRST_DESTINATION, '')
  expect(lines.map(({ level, text }) => `${level.padEnd(4)}  mom1: ${text}\n`).join('')).toBe(shown)
})

test('two relays, and a dead letter replayed: every command as written', { timeout: LONG_MS * 2 }, async () => {
  const [install = ''] = blocks(FIRST_DESTINATION, 'sh')
  // made once, so that no command below is run while the link is made anew
  await bash(install.replace('$PWD', home))
  const path = 'export PATH="$HOME/.local/bin:$PATH"'
  const run = (script: string) => bash(`${path}\n${script}`)
  const begin = (command: string) => start('bash', ['--norc', '-c', `${path}\nexec ${command}`])
  const commands = blocks(PAIR, 'sh').map(here)
  const [mom = '', site = '', sink = '', serveMom = '', serveSite = '', ...rest] = commands
  const [probe = '', first = '', second = '', look = '', replay = '', after = '', ...none] = rest
  expect(none).toEqual([])
  const shown = blocks(PAIR, 'console').map(here)
  expect(shown).toHaveLength(5)
  /** Runs what only reads, until it prints what stands on the page, but for times and ids. */
  const prints = (script: string, text = '') =>
    waitFor(
      `what the page shows of ${script}`,
      () => run(script),
      (printed) => withoutFigures(text).every((line) => withoutFigures(printed).includes(line)),
      LONG_MS,
    )

  await run(mom)
  await run(site)
  await until('the sink', begin(sink), /sink listens/)
  await until('the relay of the manager', begin(serveMom), /relay started/)
  await until('the relay at the site', begin(serveSite), /relay started/)
  await prints(probe, shown[0])
  const [post = '', trace = ''] = first.split('\n\n')
  expect(await run(post)).toContain('"status":"ok"')
  await prints(trace, shown[1])
  expect(await run(second)).toContain('"id":"pair-0002"')
  await prints(look, shown[2])
  expect(withoutFigures(await run(replay))).toEqual(withoutFigures(shown[3] ?? ''))
  await prints(after, shown[4])
})

/** The lines of a text with every id, time and span of time as #, and blanks as one. */
const withoutFigures = (text: string): string[] =>
  text
    .trim()
    .split('\n')
    .map((line) =>
      line
        .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){2,4}\b/g, '#')
        .replace(/\b\d[\d:.T-]*(ms|s|Z)?\b/g, '#')
        .replace(/ +/g, ' ')
        .trim(),
    )
