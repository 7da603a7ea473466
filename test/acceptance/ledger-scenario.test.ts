import { afterEach, expect, test } from 'vitest'
import { type AlertaPeer, startAlertaPeer, stopAlertaPeers } from '../support/alerta-peer.js'
import { waitFor } from '../support/wait.js'
import { runCommand } from './command.js'
import { ALERT, KEY, killAll, type RelayProcess, startRelay } from './relay.js'

afterEach(async () => {
  killAll()
  await stopAlertaPeers()
})

interface Federation {
  readonly relay: RelayProcess
  readonly a: AlertaPeer
  readonly b: AlertaPeer
}

/** Two servers, whose forwarder plugins send to the relay, which sends to both. */
async function federated(settings: object = {}, slow: { readonly perSecond?: number } = {}): Promise<Federation> {
  const [a, b] = [await startAlertaPeer(), await startAlertaPeer(slow)]
  const relay = await startRelay({
    destinations: [
      { name: 'A', url: a.url, ...settings },
      { name: 'B', url: b.url, ...settings },
    ],
  })
  for (const peer of [a, b]) peer.forwardTo([{ url: relay.url, key: KEY }])
  return { relay, a, b }
}

const raised = (resource: string, more: object = {}) => ({ ...ALERT, resource, ...more })

const named = async (peer: AlertaPeer, resource: string) =>
  (await peer.alerts()).find((alert) => alert.resource === resource)

/** Waits until the peer shows the alert so, as "ack critical". */
const shows = (peer: AlertaPeer, resource: string, as: string) =>
  waitFor(
    `${resource} to be ${as}`,
    async () => (await peer.standing())[`Production/${resource}/NodeDown`],
    (standing) => standing === as,
  )

/** By the real command; also nothing on its way any more. */
const agree = (relay: RelayProcess, name: string) =>
  waitFor(
    `diff ${name} to be empty`,
    () => runCommand(relay.dir, 'diff', name),
    ({ code, stdout }) => code === 0 && stdout.startsWith(`${name}: equal (`) && !stdout.includes('on their way'),
  )

/** What stands at a peer, by resource. */
const byResource = async (peer: AlertaPeer) =>
  Object.fromEntries(Object.entries(await peer.standing()).map(([key, shown]) => [key.split('/')[1], shown]))

test('a server that was away ends with the same alerts as the others, whatever was done on all sides meanwhile', async () => {
  const { relay, a, b } = await federated()
  for (let i = 0; i < 9; i += 1) await relay.alert(raised(`sent${i}`, { id: `sent-${i}` }))
  for (let i = 0; i < 6; i += 1) await a.post(raised(`a${i}`))
  for (let i = 0; i < 4; i += 1) await b.post(raised(`b${i}`))
  await relay.drained()
  const idOf = async (peer: AlertaPeer, resource: string) => (await named(peer, resource))?.id as string
  const act = async (peer: AlertaPeer, resource: string, action: string) =>
    expect(await peer.act(await idOf(peer, resource), action)).toMatchObject({ status: 200 })

  await b.down()
  // the relay's own senders
  for (const resource of ['sent1', 'new0', 'new1']) await relay.alert(raised(resource, { id: `of ${resource}` }))
  for (let i = 0; i < 5; i += 1) await relay.alert(raised('sent0', { text: `${i}` }))
  await relay.action('sent-2', 'ack')
  await relay.action('sent-3', 'close')
  await relay.delete('sent-4')
  await relay.alert(raised('sent5', { severity: 'major' }))
  await relay.alert(raised('sent6', { severity: 'normal' }))
  await relay.action('of new1', 'shelve')
  // A and its operators
  await a.post(raised('new2'))
  await a.post(raised('a0'))
  await act(a, 'a1', 'ack')
  await act(a, 'a2', 'close')
  await a.delete(await idOf(a, 'a3'))
  await act(a, 'b0', 'ack')
  // B and its operators: nothing reaches B, and what they do reaches all others
  await b.post(raised('new3'))
  await act(b, 'b1', 'ack')
  await b.delete(await idOf(b, 'b2'))
  await act(b, 'sent0', 'ack')
  await act(b, 'a4', 'shelve')
  // both about the same alerts: the later one holds
  await act(b, 'sent7', 'ack')
  await shows(a, 'sent7', 'ack critical')
  await act(a, 'sent7', 'close')
  await act(a, 'sent8', 'ack')
  await act(b, 'sent8', 'close')
  await shows(a, 'sent8', 'closed normal')
  // and one that both raise under an id of their own
  const { id: idAtA } = await a.post(raised('both'))
  const { id: idAtB } = await b.post(raised('both', { severity: 'major' }))
  expect((await relay.destination('B')).queued).toBeGreaterThan(10)
  await b.up()
  await relay.drained()

  const all = {
    ...{ sent0: 'ack critical', sent1: 'open critical', sent2: 'ack critical', sent3: 'closed normal' },
    ...{ sent5: 'open major', sent6: 'closed normal', sent7: 'closed normal', sent8: 'closed normal' },
    ...{ a0: 'open critical', a1: 'ack critical', a2: 'closed normal', a4: 'shelved critical', a5: 'open critical' },
    ...{ b0: 'ack critical', b1: 'ack critical', b3: 'open critical', both: 'open major' },
    ...{ new0: 'open critical', new1: 'shelved critical', new2: 'open critical', new3: 'open critical' },
  }
  expect(await byResource(a)).toEqual(all)
  expect(await byResource(b)).toEqual(all)
  for (const name of ['A', 'B']) await agree(relay, name)
  expect((await relay.status()).destinations.map(({ dead }) => dead)).toEqual([0, 0])

  expect(idAtA).not.toBe(idAtB)
  expect([await idOf(a, 'both'), await idOf(b, 'both')]).toEqual([idAtA, idAtB])
  await act(a, 'both', 'ack')
  await shows(b, 'both', 'ack major')
  await act(b, 'both', 'unack')
  await shows(a, 'both', 'open major')
  await relay.action(idAtB.slice(0, 8), 'shelve')
  await Promise.all([shows(a, 'both', 'shelved major'), shows(b, 'both', 'shelved major')])
  await act(b, 'new2', 'ack')
  await shows(a, 'new2', 'ack critical')
  await act(a, 'new3', 'ack')
  await shows(b, 'new3', 'ack critical')
  await relay.drained()
  for (const name of ['A', 'B']) await agree(relay, name)
})

test('a server restored from an old backup is brought up to date, also when the relay is killed while it does that', async () => {
  const rows = 40
  const { relay, a, b } = await federated({ queue: { rows, bytes: '2GiB' } }, { perSecond: 100 })
  const ids: string[] = []
  for (let i = 0; i < 160; i += 1) {
    ids.push((await a.post(raised(`web${i}`, { tags: [`n${i}`] }))).id)
    if (i % 20 === 19) await relay.drained()
  }
  const id = (i: number) => ids[i] as string
  await a.act(id(0), 'ack')
  await a.act(id(1), 'shelve')
  await a.act(id(2), 'close')
  await a.delete(id(3))
  await a.post(raised('web4', { severity: 'major' }))
  for (let i = 80; i < 90; i += 1) await a.act(id(i), 'ack')
  await relay.drained()
  expect(await byResource(b)).toEqual(await byResource(a))

  await b.wipe()
  // what the backup had, as it was then: some under ids of its own
  b.forwardTo([])
  for (const i of [0, 1, 2, 4]) await b.post(raised(`web${i}`))
  b.forwardTo([{ url: relay.url, key: KEY }])
  await runCommand(relay.dir, 'resync', 'B', '--detach')
  await waitFor(
    'the resync to be in the middle',
    async () => (await b.alerts()).length,
    (there) => there > 60,
  )
  await relay.kill()
  const atTheKill = (await b.alerts()).length
  expect(atTheKill).toBeLessThan(120)
  await relay.restart()
  await waitFor(
    'the resync to end',
    () => relay.log.find(({ msg }) => msg === 'resync ended'),
    (line) => line?.phase === 'done',
  )
  await relay.drained()
  const standing = await byResource(b)
  expect(standing).toEqual(await byResource(a))
  expect(standing).toMatchObject({
    ...{ web0: 'ack critical', web1: 'shelved critical', web2: 'closed normal', web4: 'open major' },
    ...{ web85: 'ack critical', web159: 'open critical' },
  })
  expect((await named(b, 'web7'))?.tags).toEqual(['n7'])
  await agree(relay, 'B')
  // and the ids of both sides lead to the same alerts again
  await a.act(id(2), 'open')
  await shows(b, 'web2', 'open critical')
  await b.act((await named(b, 'web0'))?.id as string, 'unack')
  await shows(a, 'web0', 'open critical')
})
