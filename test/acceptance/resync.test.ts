import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { type Clock, systemClock } from '../../src/base/clock.js'
import type { Log } from '../../src/base/log.js'
import { loadConfig } from '../../src/config/load.js'
import { build } from '../../src/relay.js'
import { type AlertaPeer, startAlertaPeer, stopAlertaPeers } from '../support/alerta-peer.js'
import { waitFor } from '../support/wait.js'
import { runCommand } from './command.js'
import { ALERT, KEY, killAll, type RelayProcess, startRelay } from './relay.js'

afterEach(async () => {
  killAll()
  await stopAlertaPeers()
})

async function connected(settings: object = {}, peerOptions = {}): Promise<{ relay: RelayProcess; peer: AlertaPeer }> {
  const peer = await startAlertaPeer(peerOptions)
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: peer.url, ...settings }] })
  return { relay, peer }
}

/** A request to the operator socket. */
async function operate(relay: RelayProcess, method: string, path: string, body?: object) {
  const answer = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const asking = request({ socketPath: join(relay.dir, 'relay.db.sock'), method, path }, async (response) =>
      resolve({ status: response.statusCode, body: await text(response) }),
    )
    asking.once('error', reject)
    asking.end(body === undefined ? undefined : JSON.stringify(body))
  })
  return { status: answer.status, body: JSON.parse(answer.body) }
}

test('a peer that was wiped gets back all that is open, acked as it was, after one command', async () => {
  const { relay, peer } = await connected()
  for (let i = 0; i < 12; i += 1) await relay.alert({ id: `a${i}`, resource: `web${i}` })
  await relay.action('a0', 'ack')
  await relay.action('a1', 'shelve')
  await relay.action('a2', 'close')
  await relay.delete('a3')
  await relay.drained()
  const before = await peer.standing()
  expect(Object.values(before).toSorted()).toEqual([
    'ack critical',
    'closed normal',
    ...Array(8).fill('open critical'),
    'shelved critical',
  ])
  await waitFor(
    'the two to be equal',
    () => runCommand(relay.dir, 'diff', 'mom1'),
    ({ code }) => code === 0,
  )

  await peer.wipe()
  const drift = await runCommand(relay.dir, 'diff', 'mom1')
  expect(drift.code).toBe(1)
  expect(drift.stdout).toContain('missing there  Production/web0/NodeDown  here: ack critical a0\n')
  expect(drift.stdout).toContain('mom1: 10 missing there (12 alerts here, 0 there)')
  const dry = await runCommand(relay.dir, 'resync', 'mom1', '--dry-run')
  expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining('10 missing there') })
  expect(await peer.standing()).toEqual({})

  const done = await runCommand(relay.dir, 'resync', 'mom1')
  expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('mom1: done, 11 messages queued') })
  await relay.drained()
  const { 'Production/web2/NodeDown': _, ...open } = before
  expect(await peer.standing()).toEqual(open)
  const shelved = (await peer.alerts()).find(({ resource }) => resource === 'web1')
  expect(shelved?.history.map(({ type }) => type)).toContain('shelve')
  // and later acks find their alerts
  await relay.action('a5', 'ack')
  await relay.drained()
  expect((await peer.standing())['Production/web5/NodeDown']).toBe('ack critical')
  expect((await runCommand(relay.dir, 'diff', 'mom1')).code).toBe(0)
})

test('killed in the middle of a resync, the relay goes on with it', async () => {
  const { relay, peer } = await connected({ queue: { rows: 60, bytes: '2GiB' } })
  for (let i = 0; i < 300; i += 1) {
    const { status } = await relay.alert({ id: `a${i}`, resource: `web${i}` })
    expect(status).toBe(201)
    if (i % 50 === 49) await relay.drained()
  }
  await relay.drained()
  await peer.wipe()
  await peer.down()
  await runCommand(relay.dir, 'resync', 'mom1', '--all', '--detach')
  await waitFor(
    'the queue to be as full as it may be',
    async () => (await relay.destination('mom1')).queued,
    (queued) => queued === 30,
  )
  await relay.kill()
  await peer.up()
  await relay.restart()
  const state = await waitFor(
    'the resync to end',
    async () => (await operate(relay, 'GET', '/resync/mom1')).body.resync,
    ({ phase }) => phase === 'done',
  )
  expect(state.tally).toMatchObject({ seen: 300, queued: 300 })
  await relay.drained()
  expect(Object.keys(await peer.standing())).toHaveLength(300)
  expect(peer.writes().length).toBeLessThanOrEqual(340)
  await waitFor(
    'the two to be equal',
    () => runCommand(relay.dir, 'diff', 'mom1'),
    ({ code }) => code === 0,
  )
})

test('a queue that overflowed is made up for by itself, and nothing open is missing', async () => {
  const { relay, peer } = await connected({ queue: { rows: 20, bytes: '2GiB' } })
  await relay.alert({ id: 'early', resource: 'early' })
  await relay.drained()
  await peer.down()
  for (let i = 0; i < 60; i += 1) {
    expect((await relay.alert({ id: `a${i}`, resource: `web${i}` })).status).toBe(201)
  }
  await relay.action('a55', 'ack')
  await relay.action('a56', 'close')
  await relay.delete('early')
  expect((await relay.destination('mom1')).queued).toBe(20)
  await peer.up()
  await waitFor(
    'the resync to end',
    async () => (await operate(relay, 'GET', '/resync/mom1')).body.resync,
    (resync) => resync?.phase === 'done',
  )
  await relay.drained()
  const standing = await peer.standing()
  expect(Object.keys(standing)).toHaveLength(59)
  expect(standing['Production/web55/NodeDown']).toBe('ack critical')
  expect(standing['Production/web56/NodeDown']).toBeUndefined()
  expect(standing['Production/early/NodeDown']).toBeUndefined()
  await relay.alert({ id: 'late', resource: 'late' })
  await relay.drained()
  expect((await peer.standing())['Production/late/NodeDown']).toBe('open critical')
  expect(relay.log.find(({ msg }) => msg === 'resync started')).toMatchObject({ destination: 'mom1', why: 'overflow' })
})

test('what drifted is told and repaired, and the other way an existing server fills the ledger', async () => {
  const { relay, peer } = await connected()
  await relay.alert({ id: 'a1', resource: 'web1' })
  await relay.alert({ id: 'a2', resource: 'web2' })
  await relay.drained()
  await peer.act('a1', 'ack')
  await peer.delete('a2')
  const { id } = await peer.post({ resource: 'old', event: 'NodeDown', environment: 'Production', severity: 'major' })
  const lines = () => runCommand(relay.dir, 'diff', 'mom1', '--json')
  const told = await waitFor('the deliveries to be past', lines, ({ stdout }) => !stdout.includes('"onTheWay":true'))
  const found = told.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(found.slice(0, -1).map(({ resource, difference }) => [resource, difference])).toEqual([
    ['web1', 'differs'],
    ['web2', 'missing there'],
    ['old', 'missing here'],
  ])
  const filled = await runCommand(relay.dir, 'resync', 'mom1', '--from')
  expect(filled.stdout).toContain('1 adopted')
  expect((await runCommand(relay.dir, 'diff', 'mom1', '--repair')).code).toBe(1)
  await relay.drained()
  expect(await peer.standing()).toEqual({
    'Production/old/NodeDown': 'open major',
    'Production/web1/NodeDown': 'open critical',
    'Production/web2/NodeDown': 'open critical',
  })
  await relay.action(id.slice(0, 8), 'ack')
  await relay.drained()
  expect((await peer.standing())['Production/old/NodeDown']).toBe('ack major')
})

test('a destination that is marked so is filled again by itself when it has lost its alerts', async () => {
  const peer = await startAlertaPeer()
  const dir = mkdtempSync(join(tmpdir(), 'relay-'))
  const destination = { name: 'mom1', url: peer.url, timeout: '10m', connect_timeout: '10m', resync_when_empty: true }
  const loaded = loadConfig(
    stringify({
      listen: '127.0.0.1:0',
      database_url: `sqlite:${join(dir, 'relay.db')}`,
      auth: { api_keys: [{ key: KEY, scopes: ['admin'] }] },
      destinations: [destination],
    }),
    {},
  )
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  const relay = await build(loaded.config, SILENT, { clock: HASTY })
  const { port } = await relay.start()
  await fetch(`http://127.0.0.1:${port}/alert`, {
    method: 'POST',
    headers: { authorization: `Key ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'a1', ...ALERT, timeout: 0 }),
  })
  const standing = { 'Production/web01/NodeDown': 'open critical' }
  await waitFor('the alert to arrive', peer.standing, (seen) => Object.keys(seen).length === 1)
  await peer.wipe()
  expect(await waitFor('it to come back', peer.standing, (seen) => Object.keys(seen).length === 1)).toEqual(standing)
  await relay.stop()
  rmSync(dir, { recursive: true })
})

const HASTE = 100
/** Two questions five minutes apart take three seconds. */
const HASTY: Clock = {
  now: () => EPOCH + (systemClock.now() - EPOCH) * HASTE,
  monotonic: () => systemClock.monotonic() * HASTE,
  until: (at, signal) => systemClock.until(systemClock.now() + (at - HASTY.now()) / HASTE, signal),
  alarm: (at, ring) => systemClock.alarm(systemClock.now() + (at - HASTY.now()) / HASTE, ring),
}
const EPOCH = systemClock.now()
const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} }

test('operators talk to the relay over a socket that is theirs alone', async () => {
  const { relay } = await connected()
  const socket = join(relay.dir, 'relay.db.sock')
  expect(statSync(socket).mode & 0o777).toBe(0o600)
  expect(await operate(relay, 'GET', '/resync/mom1')).toEqual({ status: 200, body: { status: 'ok', resync: null } })
  expect(await operate(relay, 'POST', '/resync/nobody')).toMatchObject({
    status: 404,
    body: { status: 'error', code: 404, message: 'no destination is named nobody; there are mom1' },
  })
  expect(await operate(relay, 'POST', '/resync/mom1', { by: 'wish' })).toMatchObject({ status: 400 })
  expect(await operate(relay, 'POST', '/resync/mom1', { match: { colour: ['red'] } })).toMatchObject({ status: 400 })
  // what a killed relay leaves behind is no obstacle
  await relay.kill()
  expect(statSync(socket).isSocket()).toBe(true)
  await relay.restart()
  expect((await operate(relay, 'GET', '/resync/mom1')).status).toBe(200)
  expect(await relay.stop()).toBe(0)
  expect(statSync(socket, { throwIfNoEntry: false })).toBeUndefined()
})

test('without a relay the commands say so, and wrong usage is told from that', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'relay-'))
  writeFileSync(
    join(dir, 'relay.yaml'),
    stringify({
      database_url: `sqlite:${join(dir, 'relay.db')}`,
      auth: { api_keys: [{ key: 'k', scopes: ['admin'] }] },
    }),
  )
  for (const command of ['resync', 'diff']) {
    const ran = await runCommand(dir, command, 'mom1')
    expect(ran).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('no relay runs') })
  }
  expect((await runCommand(dir, 'resync', 'mom1', '--all', '--from')).code).toBe(2)
  expect((await runCommand(dir, 'resync', 'mom1', '--match', 'severity')).code).toBe(2)
})
