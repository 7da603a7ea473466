import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePort } from '../support/ports.js'
import { waitFor } from '../support/wait.js'

const ROOT = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const execute = promisify(execFile)

/** The README's ports may be taken on the machine that tests: free ones stand for them in every text. */
let ports: Record<'8080' | '8090', number>
const withFreePorts = (text: string): string =>
  text.replace(/\b(8080|8090)\b/g, (port) => String(ports[port as '8080']))

let folder: string
let relay: ChildProcess
let printed = ''

beforeEach(async () => {
  ports = { 8080: await freePort(), 8090: await freePort() }
  folder = mkdtempSync(join(tmpdir(), 'readme-'))
  const config = withFreePorts(read('config/relay.yaml')).replace('sqlite:data/', `sqlite:${folder}/`)
  writeFileSync(join(folder, 'relay.yaml'), config)
  const { scripts } = JSON.parse(read('package.json')) as { scripts: { start: string } }
  const start = withFreePorts(scripts.start).replace('config/relay.yaml', join(folder, 'relay.yaml'))
  // the test runner's own BASE_URL must not become the relay's
  relay = spawn('sh', ['-c', start], {
    cwd: ROOT,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  relay.stdout?.on('data', (chunk) => {
    printed += chunk
  })
  await waitFor(
    'the relay',
    () => printed,
    (text) => text.includes('relay started'),
  )
})

afterEach(async () => {
  const ended = once(relay, 'exit')
  if (relay.kill('SIGTERM')) await ended
  rmSync(folder, { recursive: true })
})

test('the quick start of the README, as written', async () => {
  const block = [...read('README.md').matchAll(/^```sh\n([\s\S]*?)^```/gm)].find(([text]) => text.includes('curl'))
  const { stdout } = await execute('bash', ['-euo', 'pipefail', '-c', withFreePorts(block?.[1] ?? '')])
  const id = /accepted as ([\w-]{36})/.exec(stdout)?.[1]
  expect(id, stdout).toBeDefined()
  expect(stdout.match(/"status":"ok"/g)).toHaveLength(2)
  const arrived = [/ POST +\/alert /, new RegExp(` PUT +/alert/${id}/action `), new RegExp(` DELETE +/alert/${id} `)]
  await waitFor(
    'all three at the sink',
    () => printed,
    (text) => arrived.every((line) => line.test(text)),
  )
})
