import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const MAIN = resolve('dist/main.js')

function place(): string {
  const directory = mkdtempSync(join(tmpdir(), 'relay-import-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}

function run(cwd: string, ...args: readonly string[]) {
  const env = { PATH: process.env.PATH }
  return spawnSync(process.execPath, [MAIN, 'import', ...args], { cwd, env, encoding: 'utf8' })
}

/** As docs/import.md says: the shell reads the file of secrets, then check reads the configuration. */
const check = (cwd: string): string =>
  execFileSync(
    'sh',
    ['-c', `set -a; . ./relay.env; set +a; TICKETS_TOKEN=t exec node ${MAIN} check --config relay.yaml`],
    {
      cwd,
      env: { PATH: process.env.PATH },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )

test.each(['documented', 'mlm-1', 'mlm-2', 'mom-1', 'mom-2', 'real-life'])(
  'check takes what import made of %s, with the secrets that it wrote',
  (name) => {
    const dir = place()
    const { status, stdout, stderr } = run(dir, resolve(`test/data/alertad/${name}.conf`), '--out', 'relay.yaml')
    expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: '' })
    expect(check(dir)).toContain('destinations:')
    expect(statSync(join(dir, 'relay.env')).mode & 0o777).toBe(0o600)
  },
)

test('a secret with quotes, blanks and dollars comes out of the file of secrets as it went in', () => {
  const dir = place()
  run(dir, resolve('test/data/alertad/real-life.conf'), '--out', 'relay.yaml')
  const told = execFileSync('sh', ['-c', '. ./relay.env; printf %s "$HMAC_1_SECRET"'], { cwd: dir, encoding: 'utf8' })
  expect(told).toBe('it\'s "quoted" $HOME')
})

test('nothing of the file is run', () => {
  const dir = place()
  const lines = [
    'import os, subprocess',
    "os.system('touch ran')",
    "open('ran', 'w').write('x')",
    "BASE_URL = __import__('subprocess').getoutput('touch ran')",
    'SECRET_KEY = f"{os.system(\'touch ran\')}"',
    'exec(\'open("ran", "w")\')',
    "FWD_DESTINATIONS = [x for x in [os.system('touch ran')]]",
  ]
  writeFileSync(join(dir, 'evil.conf'), `${lines.join('\n')}\n`)
  const { status, stderr } = run(dir, 'evil.conf')
  expect(status).toBe(0)
  expect(stderr).toMatch(/todo {2}FWD_DESTINATIONS \(line 7\)/)
  expect(existsSync(join(dir, 'ran'))).toBe(false)
})

test('without --out it is shown, and no secret is', () => {
  const dir = place()
  const { status, stdout, stderr } = run(dir, resolve('test/data/alertad/documented.conf'))
  expect(status).toBe(0)
  expect(stdout).toContain('url: http://localhost:9000')
  expect(stdout + stderr).not.toMatch(/pa55w0rd|MDhj|demo-key|bearer-token/)
})

test('a file that is there is not overwritten unless that is asked for', () => {
  const dir = place()
  writeFileSync(join(dir, 'relay.env'), 'MINE=1\n', { mode: 0o644 })
  const source = resolve('test/data/alertad/documented.conf')
  const { status, stderr } = run(dir, source, '--out', 'relay.yaml')
  expect(status).toBe(1)
  expect(stderr).toContain('relay.env is there already')
  expect(existsSync(join(dir, 'relay.yaml'))).toBe(false)
  expect(run(dir, source, '--out', 'relay.yaml', '--force').status).toBe(0)
  expect(readFileSync(join(dir, 'relay.env'), 'utf8')).not.toContain('MINE')
  expect(statSync(join(dir, 'relay.env')).mode & 0o777).toBe(0o600)
})

test.each<[string, string | Buffer, RegExp]>([
  [
    'broken Python',
    "A = 1\nFWD_DESTINATIONS = [\n  ('http://a', {}\n",
    /^fail {2}broken\.conf, line 2: the bracket \[ that opens here is not closed/,
  ],
  ['not text', Buffer.from([0x41, 0x20, 0x3d, 0xff, 0xfe]), /^fail {2}broken\.conf is not text in UTF-8/],
])('%s: one clear line, exit code 2, nothing written', (_, content, message) => {
  const dir = place()
  writeFileSync(join(dir, 'broken.conf'), content)
  const { status, stdout, stderr } = run(dir, 'broken.conf', '--out', 'relay.yaml')
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toMatch(message)
  expect(existsSync(join(dir, 'relay.yaml'))).toBe(false)
})

test('a file that is not there, and a directory', () => {
  expect(run(place(), 'nowhere.conf')).toMatchObject({ status: 2, stderr: 'fail  cannot read nowhere.conf (ENOENT)\n' })
  expect(run(place(), '.')).toMatchObject({ status: 2, stderr: 'fail  cannot read . (EISDIR)\n' })
})
