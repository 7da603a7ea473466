import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { createSmallDisk } from '../faults/disk.js'
import { waitFor } from '../support/wait.js'
import { killAll } from './relay.js'
import { pairOf, type reached, sendNumbered, told } from './runbook.js'
import { closeSinks } from './sink.js'

/** Of docs/operations.md: the machine, its disk, its clock and its database. A database restored: moves.test.ts too. */

afterEach(async () => {
  killAll()
  await closeSinks()
})

const MiB = 1024 * 1024
const HOUR = 3_600_000
const DAY = 24 * HOUR

test('the disk is full: status says that senders are refused and why, and all is well when there is room', async () => {
  const disk = createSmallDisk()
  try {
    const { sink, relay } = await pairOf({}, { dir: disk.dir, config: { limits: { min_free_disk: '4MiB' } } })
    await sendNumbered(relay, 1)
    disk.leave(MiB, relay.pid)
    await waitFor(
      'senders to be refused',
      () => relay.alert({ resource: 'web9', rawData: 'x'.repeat(100_000) }),
      ({ status }) => status === 503,
    )
    const status = await waitFor(
      'the relay to look at its disk',
      () => told(relay, 'status'),
      (text) => /^(the disk is nearly full|the database cannot be written): senders are refused with 503/m.test(text),
    )
    expect(status).toMatch(/disk .* free/)
    expect(await told(relay, 'senders')).toMatch(/ 503 /)

    disk.free(relay.pid)
    await waitFor(
      'senders to be let in',
      () => relay.alert({ resource: 'after' }),
      ({ status }) => status === 201,
    )
    await relay.drained()
    expect(sink.got()).toContainEqual(expect.stringMatching(/^after /))
    expect(await told(relay, 'status')).toMatch(/^all well$/m)
  } finally {
    killAll()
    disk.end()
  }
})

test('an old database was restored: all is held, status names what helps, and one command lets go what is wanted', async () => {
  const { sink, relay } = await pairOf()
  await sink.down()
  await sendNumbered(relay, 2)
  const file = join(relay.dir, 'backup.db')
  await told(relay, 'backup', file)
  await sink.up()
  await told(relay, 'retry', 'mom1')
  await relay.drained()
  await relay.stop()
  expect(await told(relay, 'restore', file)).toMatch(/the next start holds all destinations/)
  await relay.restart()

  const status = await told(relay, 'status')
  expect(status).toMatch(/^2 of 2 destinations need a look: 2 held$/m)
  expect(status).toMatch(/^mom1 +held +2 /m)
  expect(status).toMatch(/restored: /)
  const one = await told(relay, 'status', 'mom1')
  expect(one).toContain('alerta-relay discard-queued mom1')
  expect(one).toContain('alerta-relay release mom1')

  expect(await told(relay, 'discard-queued', 'mom1', '--older-than', '1ms', '--yes')).toMatch(
    /^discarded from the queue of mom1: 2$/m,
  )
  await told(relay, 'release', 'mom1')
  await told(relay, 'release', 'mom2')
  await sendNumbered(relay, 3, 2)
  await relay.drained()
  expect(sink.got().toSorted()).toEqual(['web0 critical 0', 'web1 critical 1', 'web2 critical 2'])
})

test('the machine slept for ten days: nothing is given up, status says why, and what waits goes out', async () => {
  const ahead = join(mkdtempSync(join(tmpdir(), 'ahead-')), 'clock')
  writeFileSync(ahead, '0 0')
  const module = fileURLToPath(new URL('clock-ahead.mjs', import.meta.url))
  const env = { CLOCK_AHEAD: ahead, NODE_OPTIONS: `--import ${module}` }
  const { sink, relay } = await pairOf({}, { env })
  await sink.down()
  await sendNumbered(relay, 2)
  await reachedFailure(relay)

  writeFileSync(ahead, `${10 * DAY} 0`)
  const status = await waitFor(
    'the jump to be noticed',
    () => told(relay, 'status'),
    (text) => text.includes('the clock jumped'),
  )
  expect(status).toMatch(/^the clock jumped, or the relay was away for hours: nothing expires for an hour; /m)
  expect(status).toMatch(/^mom1 +\S+ +2 +10d +0 /m)
  expect(await told(relay, 'queue')).toMatch(/^mom1 +2 .* 2$/m)
  await waitFor(
    'it to be logged',
    () => relay.log.map(({ suspicious }) => suspicious),
    (seen) => seen.includes(`the wall clock jumped by ${(10 * DAY) / 1_000} s`),
  )
  await sink.up()
  await told(relay, 'retry', 'mom1')
  await relay.drained()
  expect(sink.got().toSorted()).toEqual(['web0 critical 0', 'web1 critical 1'])
  expect(await relay.destination('mom1')).toMatchObject({ dead: 0 })

  // and where it is still away when the hour is over, what is too old can be sent all the same
  await sink.down()
  await sendNumbered(relay, 3, 2)
  writeFileSync(ahead, `${20 * DAY} ${10 * DAY}`)
  await waitFor(
    'the dead letter',
    () => relay.destination('mom1'),
    ({ dead }) => dead === 1,
  )
  expect(await told(relay, 'dead', 'mom1')).toMatch(/expired by max_age/)
  await sink.up()
  expect(await told(relay, 'replay', 'mom1')).toMatch(/^replayed to mom1: 1$/m)
  await told(relay, 'retry', 'mom1')
  await relay.drained()
  expect(sink.got().at(-1)).toBe('web2 critical 2')
})

const reachedFailure = (relay: Parameters<typeof reached>[0]) =>
  waitFor(
    'a try that failed',
    () => relay.log.filter(({ msg, destination }) => msg === 'delivery attempted' && destination === 'mom1').length,
    (count) => count >= 1,
  )
