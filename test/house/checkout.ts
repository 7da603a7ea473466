import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ROOT } from './source.js'

/** A made-up checkout with the real .ci/ scripts; its npm and its builds only note that they were called. */
export interface Checkout {
  path(...parts: string[]): string
  write(path: string, text: string): void
  /** Runs .ci/prepare.mjs with that many milliseconds of work in each npm call. */
  prepare(options?: { readonly nodeArgs?: readonly string[]; readonly npmMs?: number }): Promise<Ended>
  /** "npm ci --include=dev", "server" … in the order of the calls */
  calls(): readonly string[]
  remove(): void
}

export interface Ended {
  readonly code: number
  readonly stderr: string
}

const BINARY = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node'

const LOCK = JSON.stringify({
  packages: {
    '': { name: 'made-up' },
    'node_modules/typescript': { version: '1.0.0' },
    'node_modules/better-sqlite3': { version: '1.0.0' },
    'node_modules/for-another-system': { version: '1.0.0', optional: true },
  },
})

const NPM = `
const { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
const call = 'npm ' + process.argv.slice(2).join(' ')
appendFileSync('calls', call + '\\n')
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(process.env.NPM_MS))
if (process.env.NPM_FAILS) process.exit(7)
if (process.argv[2] === 'ci') {
  rmSync('node_modules', { recursive: true, force: true })
  cpSync('parcel', 'node_modules', { recursive: true })
  const { packages } = JSON.parse(readFileSync('package-lock.json'))
  delete packages['']
  delete packages['node_modules/for-another-system']
  writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }))
}
cpSync('binary.node', '${BINARY}')
`

const CONSOLE = `
import { appendFileSync, mkdirSync } from 'node:fs'
appendFileSync('calls', 'console\\n')
mkdirSync(process.argv[2], { recursive: true })
`

const SERVER = `
import { appendFileSync, cpSync, mkdirSync, readdirSync } from 'node:fs'
appendFileSync('calls', 'server\\n')
const [, , out] = process.argv
mkdirSync(out)
for (const file of readdirSync('src')) cpSync('src/' + file, out + '/' + file.replace('.ts', '.js'))
if (readdirSync('src').includes('wrong.ts')) process.exit(2)
`

export function createCheckout(): Checkout {
  const top = mkdtempSync(join(tmpdir(), 'checkout-'))
  const path = (...parts: string[]) => join(top, ...parts)
  const write = (file: string, text: string) => {
    mkdirSync(dirname(path(file)), { recursive: true })
    writeFileSync(path(file), text)
  }
  for (const script of ['prepare.mjs', 'lock.mjs']) cpSync(join(ROOT, '.ci', script), path('.ci', script))
  cpSync(join(ROOT, BINARY), path('binary.node'))
  write('.ci/server.mjs', SERVER)
  write('.ci/console.mjs', CONSOLE)
  write('npm-cli.js', NPM)
  write('parcel/typescript/package.json', '{}')
  write('parcel/better-sqlite3/package.json', '{}')
  write('parcel/better-sqlite3/build/Release/placeholder', '')
  write('package.json', '{}')
  write('package-lock.json', LOCK)
  write('tsconfig.json', '{}')
  write('src/main.ts', 'main')
  write('calls', '')
  return {
    path,
    write,
    prepare: ({ nodeArgs = [], npmMs = 0 } = {}) => {
      const env = { ...process.env, npm_execpath: path('npm-cli.js'), NPM_MS: String(npmMs) }
      return new Promise((resolve) => {
        const child = execFile(
          process.execPath,
          [...nodeArgs, path('.ci', 'prepare.mjs')],
          { env },
          (_, _out, stderr) => resolve({ code: child.exitCode ?? -1, stderr }),
        )
      })
    },
    calls: () =>
      readFileSync(path('calls'), 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    remove: () => rmSync(top, { recursive: true }),
  }
}
