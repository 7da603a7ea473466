import { afterEach, expect, test } from 'vitest'
import { TALKATIVE } from '../faults/attempts.js'
import { type AlertaPeer, startAlertaPeer, stopAlertaPeers } from '../support/alerta-peer.js'
import { waitFor } from '../support/wait.js'
import { ALERT, KEY, killAll, type LogLine, type RelayProcess, startRelay } from './relay.js'

afterEach(async () => {
  killAll()
  await stopAlertaPeers()
})

const alertAt = async (peer: AlertaPeer, resource = ALERT.resource) =>
  (await peer.alerts()).find((alert) => alert.resource === resource)

/** The lines about attempts, once the last one that matters has been written. */
const attempts = (relay: RelayProcess, kind: string, isLast = (last: LogLine) => last.to !== 'queued') =>
  waitFor(
    'the log',
    () => relay.log.filter((line) => line.msg === 'delivery attempted' && line.kind === kind),
    (seen) => seen.some(isLast),
  )

/** What others sent to the peer, as "PUT f00d/action". */
const writes = (peer: AlertaPeer) =>
  peer.writes().map(({ method, path }) => `${method} ${path.replace(/^\/(api\/)?alert\/?/, '')}`.trim())

async function withPeer(more: object = {}): Promise<{ peer: AlertaPeer; relay: RelayProcess }> {
  const peer = await startAlertaPeer()
  const relay = await startRelay({ config: TALKATIVE, destinations: [{ name: 'north', url: peer.url, ...more }] })
  await relay.alert({ id: 'ours', attributes: { region: 'eu' } })
  await relay.drained()
  return { peer, relay }
}

test('an ack gets through though the peer knows the alert under another id', async () => {
  const { peer, relay } = await withPeer()
  await peer.delete('ours')
  await peer.post({ ...ALERT, id: 'theirs' })
  await relay.action('ours', 'ack')
  await relay.drained()
  expect(await alertAt(peer)).toMatchObject({ id: 'theirs', status: 'ack' })
  expect(await attempts(relay, 'action')).toMatchObject([
    { outcome: 'delivered', attempt: 1, note: 'healed, known there as theirs: status 200' },
  ])
  expect((await relay.status()).counters).toMatchObject({ 'healed.north': 1 })

  await relay.action('ours', 'unack')
  await relay.drained()
  expect(await alertAt(peer), 'from now on it is known').toMatchObject({ status: 'open' })
  expect((await relay.status()).counters).toMatchObject({ 'healed.north': 1 })
})

test('an ack of an alert that the peer has lost brings the alert back, acked', async () => {
  const { peer, relay } = await withPeer()
  await peer.wipe()
  await relay.action('ours', 'ack')
  await relay.drained()
  expect(await alertAt(peer)).toMatchObject({ status: 'ack', severity: 'critical', attributes: { region: 'eu' } })
  expect(await attempts(relay, 'action')).toMatchObject([{ outcome: 'delivered', attempt: 1 }])
  expect((await relay.status()).counters).toMatchObject({ 'healed.north': 1, 'delivered.north': 2 })
})

test('an action on an alert that is closed here brings nothing back', async () => {
  const { peer, relay } = await withPeer()
  await peer.wipe()
  await relay.action('ours', 'close')
  await relay.drained()
  expect(await peer.alerts()).toEqual([])
  expect(await attempts(relay, 'action')).toMatchObject([{ to: 'suppressed', note: 'unknown there, and closed here' }])
})

test('an ack made in the web UI of one peer with its own id reaches the other peer', async () => {
  const [south, north] = [await startAlertaPeer(), await startAlertaPeer()]
  const relay = await startRelay({
    destinations: [
      { name: 'south', url: south.url, forward: ['actions'] },
      { name: 'north', url: north.url },
    ],
  })
  // the probe sends to both, which give it ids of their own
  const { id } = await south.post(ALERT)
  await relay.alert({ id: 'ours' })
  await relay.drained()
  south.forwardTo([{ url: relay.url, key: KEY }])
  await south.act(id, 'ack')
  await waitFor(
    'the ack',
    () => alertAt(north),
    (alert) => alert?.status === 'ack',
  )
  await relay.drained()
  expect(await attempts(relay, 'action')).toMatchObject([{ destination: 'north', outcome: 'delivered', attempt: 1 }])
  expect(await relay.alert({ id: 'ours' }), 'the relay knows of it too').toMatchObject({
    body: { alert: { status: 'ack' } },
  })

  await south.act(id, 'unack')
  await relay.drained()
  expect(await alertAt(north)).toMatchObject({ status: 'open' })
  expect(
    writes(north).filter((write) => write.includes(id)),
    "south's id was tried once",
  ).toEqual([`PUT ${id}/action`])
  expect(writes(south)).toEqual([])
})

test('an ack waits for the peer that alone can tell what its id means', async () => {
  const [south, north] = [await startAlertaPeer(), await startAlertaPeer()]
  const relay = await startRelay({
    destinations: [
      { name: 'south', url: south.url, forward: ['actions'] },
      { name: 'north', url: north.url },
    ],
  })
  const { id } = await south.post(ALERT)
  await relay.alert({ id: 'ours' })
  await relay.drained()
  await south.down()
  await relay.action(id, 'ack', { 'x-alerta-loop': south.url })
  const tries = await attempts(relay, 'action', ({ attempt }) => Number(attempt) > 5)
  expect(tries.at(-1)).toMatchObject({ to: 'queued', note: expect.stringContaining('south cannot tell') })
  await relay.alert({ id: 'other', resource: 'web02' })
  await waitFor(
    'others meanwhile',
    () => alertAt(north, 'web02'),
    (alert) => alert !== undefined,
  )
  await south.up()
  await relay.drained()
  expect(await alertAt(north)).toMatchObject({ status: 'ack' })
})

test('a peer that may not be read is healed too', async () => {
  const { peer, relay } = await withPeer()
  await peer.wipe()
  peer.behave({ mode: 'status', status: 403, match: { method: 'GET' } })
  await relay.action('ours', 'ack')
  await relay.drained()
  peer.obey()
  expect(writes(peer)).toEqual(['PUT ours/action', 'POST', 'PUT ours/action'])
  expect(await peer.standing()).toEqual({ 'Production/web01/NodeDown': 'ack critical' })
})

test('a repeat whose answer was lost does not open again what was closed since', async () => {
  const { peer, relay } = await withPeer({ timeout: '300ms', backoff: { first: '3s', ceiling: '3s' } })
  peer.behave({ mode: 'hang', times: 1, execute: true, match: { method: 'POST' } })
  await relay.alert({ id: 'again', severity: 'major' })
  await attempts(relay, 'alert', ({ outcome }) => outcome === 'unknown')
  expect(await peer.act('ours', 'close')).toMatchObject({ status: 200 })
  await relay.drained()
  expect(await alertAt(peer)).toMatchObject({ status: 'closed', duplicateCount: 0 })
  const alerts = await attempts(relay, 'alert', ({ note }) => note === 'had arrived')
  expect(alerts.map(({ outcome }) => outcome)).toEqual(['delivered', 'unknown', 'delivered'])
})

test('a custom action whose answer was lost is executed once', async () => {
  const { peer, relay } = await withPeer({ timeout: '300ms' })
  peer.behave({ mode: 'hang', times: 1, execute: true, match: { method: 'PUT' } })
  await relay.action('ours', 'restart')
  await relay.drained()
  const { history = [] } = (await alertAt(peer)) ?? {}
  expect(history.filter(({ type }) => type === 'action')).toHaveLength(1)
  expect((await attempts(relay, 'action')).map(({ outcome }) => outcome)).toEqual(['unknown', 'delivered'])

  peer.behave({ mode: 'hang', times: 1, match: { method: 'PUT' } })
  await relay.action('ours', 'page')
  await relay.drained()
  const after = (await alertAt(peer))?.history ?? []
  expect(
    after.filter(({ type }) => type === 'action'),
    'what had not arrived is sent',
  ).toHaveLength(2)
})
