import { existsSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Checkout, createCheckout } from './checkout.js'

const INSTALL = 'npm ci --include=dev'
const BINARY = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node'

let checkout: Checkout
beforeEach(() => {
  checkout = createCheckout()
})
afterEach(() => checkout.remove())

describe('a fresh checkout', () => {
  test('is installed and built, and the long wait is explained', async () => {
    const { code, stderr } = await checkout.prepare()
    expect(stderr).toContain('compiled from source: about 3 minutes, once')
    expect(code).toBe(0)
    expect(checkout.calls()).toEqual([INSTALL, 'server', 'console'])
    expect(existsSync(checkout.path('dist/main.js'))).toBe(true)
  })

  test('is installed once by two runs at the same time', async () => {
    const ended = await Promise.all([checkout.prepare({ npmMs: 500 }), checkout.prepare({ npmMs: 500 })])
    expect(ended.map(({ code }) => code)).toEqual([0, 0])
    expect(checkout.calls()).toEqual([INSTALL, 'server', 'console'])
    expect(existsSync(checkout.path('.prepare.lock'))).toBe(false)
  })

  test('is installed although an earlier run was killed and left its lock', async () => {
    checkout.write('.prepare.lock', '')
    utimesSync(checkout.path('.prepare.lock'), 0, 0)
    expect(await checkout.prepare()).toMatchObject({ code: 0 })
    expect(checkout.calls()).toEqual([INSTALL, 'server', 'console'])
  })

  test('on too old a Node is refused with what to do', async () => {
    const old = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.18.3' } })"
    const { code, stderr } = await checkout.prepare({ nodeArgs: ['--import', `data:text/javascript,${old}`] })
    expect(stderr).toMatch(/^prepare: Node 20\.19 or newer is needed, this is 20\.18\.3 .*install a newer one/)
    expect(code).toBe(1)
    expect(checkout.calls()).toEqual([])
  })
})

describe('a checkout that is ready', () => {
  beforeEach(async () => {
    await checkout.prepare()
    checkout.write('calls', '')
  })

  test('is left alone, also when files were only touched', async () => {
    for (const file of ['package-lock.json', 'src/main.ts', 'tsconfig.json']) utimesSync(checkout.path(file), 9e9, 9e9)
    expect(await checkout.prepare()).toEqual({ code: 0, stderr: '' })
    expect(checkout.calls()).toEqual([])
  })

  test('is installed anew when the lock file names another version', async () => {
    const lock = readFileSync(checkout.path('package-lock.json'), 'utf8')
    checkout.write(
      'package-lock.json',
      lock.replace('"node_modules/typescript":{"version":"1.0.0"', '"node_modules/typescript":{"version":"1.0.1"'),
    )
    const { stderr } = await checkout.prepare()
    expect(stderr).toContain('node_modules/typescript is of another version')
    // what is installed is a part of the build
    expect(checkout.calls()).toEqual([INSTALL, 'server', 'console'])
  })

  test('is built anew when a source changed, and nothing of a deleted one stays', async () => {
    checkout.write('src/second.ts', 'second')
    await checkout.prepare()
    expect(existsSync(checkout.path('dist/second.js'))).toBe(true)
    rmSync(checkout.path('src/second.ts'))
    await checkout.prepare()
    expect(checkout.calls()).toEqual(['server', 'console', 'server', 'console'])
    expect(existsSync(checkout.path('dist/second.js'))).toBe(false)
  })

  test('keeps its last build and fails when a source cannot be built', async () => {
    checkout.write('src/wrong.ts', 'wrong')
    const { code, stderr } = await checkout.prepare()
    expect(stderr).toMatch(/server\.mjs .*ended with exit code 2/)
    expect(code).toBe(1)
    expect(existsSync(checkout.path('dist/main.js'))).toBe(true)
    expect(existsSync(checkout.path('dist.next'))).toBe(false)
    expect(await checkout.prepare()).toMatchObject({ code: 1 })
  })

  test('gets its native module rebuilt when this Node cannot load it', async () => {
    checkout.write(BINARY, 'of another Node')
    const { code, stderr } = await checkout.prepare()
    expect(stderr).toContain('running npm rebuild')
    expect(code).toBe(0)
    expect(checkout.calls()).toEqual(['npm rebuild better-sqlite3'])
  })
})
