import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startIngress } from './server.js'

const SENDERS = 900
/** The kernel's own limit on how many wait to be taken. */
const LIMIT = '/proc/sys/net/core/somaxconn'
const most = existsSync(LIMIT) ? Number(readFileSync(LIMIT, 'utf8')) : 128

/** Connects from a process of its own, and prints how many connections there are when no more come. */
const SENDER = `
  const { connect } = require('node:net')
  let connected = 0, before = -1
  for (let i = 0; i < ${SENDERS}; i += 1) connect(Number(process.argv[1]), '127.0.0.1', () => { connected += 1 })
  setInterval(() => {
    if (connected === before) { console.log(connected); process.exit() }
    before = connected
  }, 300)
`

test('senders that come at once while the relay is busy all wait to be taken, and none is dropped', async () => {
  const { port } = await startIngress()
  // this process is as busy as can be meanwhile: it takes nobody
  const { stdout } = spawnSync(process.execPath, ['-e', SENDER, String(port)], { encoding: 'utf8' })
  expect(Number(stdout)).toBeGreaterThanOrEqual(Math.min(SENDERS, most))
})
