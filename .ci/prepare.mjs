#!/usr/bin/env node
/**
 * Makes a checkout ready to run: the Node version fits, node_modules is what package-lock.json says, the native
 * module fits this Node, dist/ is what src/ says. `npm start` and `npm test` begin with it, so it compares contents
 * and does only what is missing. Plain Node: it runs before anything is installed.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lock } from './lock.mjs'

/** package.json's engines; 20.19 is the first version that the test runner and the check tools accept. */
const OLDEST_NODE = [20, 19]
const NATIVE = 'better-sqlite3'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const at = (...parts) => join(root, ...parts)
const say = (text) => process.stderr.write(`prepare: ${text}\n`)

/** What is wrong in a way that the user can mend; printed without a stack. */
class Refusal extends Error {}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return
  throw new Refusal(
    `Node ${OLDEST_NODE.join('.')} or newer is needed, this is ${process.versions.node} (${process.execPath}); ` +
      'install a newer one and run the same command again',
  )
}

/** Why node_modules is not the tree of package-lock.json; undefined when it is. npm keeps its own list of the tree. */
function installReason() {
  const listFile = at('node_modules', '.package-lock.json')
  if (!existsSync(listFile)) return 'node_modules is missing or incomplete'
  const installed = JSON.parse(readFileSync(listFile, 'utf8')).packages
  const { '': _project, ...wanted } = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages
  for (const [path, entry] of Object.entries(wanted)) {
    const there = installed[path]
    if (there === undefined && !entry.optional) return `${path} is not installed`
    if (there === undefined) continue
    if (there.version !== entry.version || there.integrity !== entry.integrity) return `${path} is of another version`
    if (!existsSync(at(path, 'package.json'))) return `${path} is gone`
  }
  return undefined
}

/** Why the native module cannot be loaded by this Node; undefined when it can. */
function nativeReason() {
  const file = at('node_modules', NATIVE, 'build', 'Release', 'better_sqlite3.node')
  if (!existsSync(file)) return 'it has not been compiled'
  try {
    createRequire(import.meta.url)(file)
    return undefined
  } catch (error) {
    if (error.code !== 'ERR_DLOPEN_FAILED') throw error
    return /NODE_MODULE_VERSION/.test(error.message) ? 'it was built for another Node version' : error.message
  }
}

const stampFile = at('dist', '.stamp')
const BUILDS = ['server.mjs', 'console.mjs']

/** A digest of everything that decides what the build writes. */
function sourceDigest() {
  const sources = readdirSync(at('src'), { recursive: true }).filter((path) => /\.(tsx?|css|html|svg)$/.test(path))
  const files = [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    ...BUILDS.map((name) => join('.ci', name)),
    ...sources.sort().map((path) => join('src', path)),
  ]
  const digest = createHash('sha256')
  for (const file of files)
    digest
      .update(`${file}\0`)
      .update(readFileSync(at(file)))
      .update('\0')
  return digest.digest('hex')
}

const buildNeeded = () => !existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== sourceDigest()

/** Runs to the end with its output on stderr; a signal to us ends it too. */
function run(command, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', process.stderr, process.stderr] })
    const forward = (signal) => child.kill(signal)
    const signals = ['SIGINT', 'SIGTERM']
    for (const signal of signals) process.on(signal, forward)
    child.on('error', (cause) => reject(new Refusal(`${command} cannot be started: ${cause.message}`)))
    child.on('close', (code, signal) => {
      for (const one of signals) process.off(one, forward)
      if (code === 0) resolve()
      else reject(new Refusal(`${[command, ...args].join(' ')} ended with ${signal ?? `exit code ${code}`}`))
    })
  })
}

/** npm as it runs us, or the one on the PATH. */
function npm(...args) {
  const own = process.env.npm_execpath
  const env = { ...process.env, ...headers() }
  return own?.endsWith('npm-cli.js') ? run(process.execPath, [own, ...args], env) : run('npm', args, env)
}

/** Where the C++ headers of this very Node lie beside it, so that node-gyp need not download them. */
function headers() {
  if (process.env.npm_config_nodedir !== undefined) return {}
  const prefix = dirname(dirname(process.execPath))
  const version = join(prefix, 'include', 'node', 'node_version.h')
  if (!existsSync(version)) return {}
  const abi = /#define NODE_MODULE_VERSION (\d+)/.exec(readFileSync(version, 'utf8'))?.[1]
  return abi === process.versions.modules ? { npm_config_nodedir: prefix } : {}
}

const SLOW = `where no ready-made binary of ${NATIVE} can be fetched, it is compiled from source: about 3 minutes, once`

async function install() {
  const wanted = installReason()
  if (wanted !== undefined) {
    say(`${wanted}: running npm ci (${SLOW})`)
    await npm('ci', '--include=dev')
  }
  const unfit = nativeReason()
  if (unfit === undefined) return
  say(`${NATIVE}: ${unfit}: running npm rebuild (${SLOW})`)
  await npm('rebuild', NATIVE)
  const still = nativeReason()
  if (still !== undefined) throw new Refusal(`${NATIVE} cannot be loaded: ${still}`)
}

/** Built beside dist/ and swapped in whole: no half-written dist, and nothing left of deleted sources. */
async function build() {
  if (!buildNeeded()) return
  say('building dist from src')
  const digest = sourceDigest()
  const next = at('dist.next')
  const last = at('dist.last')
  const tidyUp = () => [next, last].forEach((folder) => void rmSync(folder, { recursive: true, force: true }))
  tidyUp()
  try {
    await run(process.execPath, [at('.ci', 'server.mjs'), next])
    await run(process.execPath, [at('.ci', 'console.mjs'), join(next, 'console', 'app')])
    chmodSync(join(next, 'main.js'), 0o755)
    writeFileSync(join(next, '.stamp'), digest)
    if (existsSync(at('dist'))) renameSync(at('dist'), last)
    renameSync(next, at('dist'))
  } finally {
    tidyUp()
  }
}

const ready = () => installReason() === undefined && nativeReason() === undefined && !buildNeeded()

try {
  checkNode()
  if (!ready()) {
    const unlock = await lock(at('.prepare.lock'), say)
    try {
      await install()
      await build()
    } finally {
      unlock()
    }
  }
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  say(error.message)
  process.exitCode = 1
}
