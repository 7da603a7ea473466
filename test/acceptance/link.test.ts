import { join } from 'node:path'
import { Pool } from 'undici'
import { afterEach, expect, test } from 'vitest'
import { readJournal } from '../crash/journal.js'
import { waitFor } from '../support/wait.js'
import { ALERT, KEY, killAll, PEER_KEY, type RelayProcess, startRelay } from './relay.js'
import { closeSinks, startSink } from './sink.js'

afterEach(async () => {
  killAll()
  await closeSinks()
})

const LANES = 100
const SENDERS = 8

/** The life of an alert, again and again in each lane. */
const STEPS: readonly ((
  id: string,
  lane: number,
) => { method: 'POST' | 'PUT' | 'DELETE'; path: string; body?: object })[] = [
  (id, lane) => ({ method: 'POST', path: '/alert', body: { ...ALERT, id, resource: `lane${lane}` } }),
  (id, lane) => ({
    method: 'POST',
    path: '/alert',
    body: { ...ALERT, id, resource: `lane${lane}`, severity: 'major' },
  }),
  (id) => ({ method: 'PUT', path: `/alert/${id}/action`, body: { action: 'ack', text: '' } }),
  (id) => ({ method: 'PUT', path: `/alert/${id}/tag`, body: { tags: ['seen'] } }),
  (id) => ({ method: 'DELETE', path: `/alert/${id}` }),
]

/** Sends the messages 0..count-1, each lane in order by one sender; a message's number is its request id. */
async function sendLives({ url }: RelayProcess, count: number): Promise<void> {
  const pool = new Pool(url, { connections: SENDERS })
  const sender = async (mine: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      const lane = n % LANES
      if (lane % SENDERS !== mine) continue
      const round = Math.floor(n / LANES)
      const id = `alert-${lane}-${Math.floor(round / STEPS.length)}`
      const { method, path, body } = (STEPS[round % STEPS.length] as (typeof STEPS)[number])(id, lane)
      const headers = { authorization: `Key ${KEY}`, 'content-type': 'application/json', 'x-request-id': `${n}` }
      const answer = await pool.request({
        method,
        path,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
      })
      await answer.body.dump()
      expect(answer.statusCode).toBeLessThan(202)
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, (_, mine) => sender(mine)))
  await pool.close()
}

const peer = (name: string, url: string, more: object = {}) => ({
  ...{ name, kind: 'relay', url, auth: { type: 'key', key: PEER_KEY } },
  ...more,
})

const counted = async (relay: RelayProcess, name: string): Promise<number> => (await relay.status()).counters[name] ?? 0

test('2,000 messages over the link, the receiver killed in the middle: none lost, none doubled, each lane in order', async () => {
  const core = await startRelay({ destinations: [] })
  const edge = await startRelay({ destinations: [peer('core', core.url)] })
  await core.kill()
  await sendLives(edge, 2_000)
  await core.restart()
  for (const enough of [200, 400]) {
    await waitFor(
      'the core to have some',
      async () => core.log.filter(({ msg }) => msg === 'message accepted').length,
      (count) => count > enough,
    )
    await core.kill()
    await core.restart()
  }
  await edge.drained(60_000)
  expect(await counted(edge, 'batched.core')).toBeGreaterThan(1_000)
  expect((await edge.destination('core')).dead).toBe(0)
  expect(edge.log.filter(({ msg }) => msg === 'batch link opened').length).toBeGreaterThan(1)
  await core.stop()
  const { messages, integrity } = readJournal(join(core.dir, 'relay.db'))
  expect(integrity).toBe('ok')
  expect(messages.map(({ n }) => n).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 2_000 }, (_, n) => n))
  for (let lane = 0; lane < LANES; lane += 1) {
    const ofLane = messages.filter(({ n }) => n % LANES === lane).map(({ n }) => n)
    expect(ofLane).toEqual(ofLane.toSorted((a, b) => a - b))
  }
})

test('who does not say that it takes batches, or shall get none, gets each message by itself', async () => {
  const old = await startSink()
  const core = await startRelay({ destinations: [] })
  const edge = await startRelay({ destinations: [peer('old', old.url), peer('core', core.url, { batch: false })] })
  await sendLives(edge, 300)
  await edge.drained()
  expect(old.requests().filter(({ path }) => path.includes('/relay/messages'))).toEqual([])
  expect(old.requests()).toHaveLength(300)
  const { counters } = await edge.status()
  expect(Object.keys(counters).filter((name) => name.startsWith('batch'))).toEqual([])
  expect(await counted(core, 'batches received')).toBe(0)
  expect(await counted(core, 'accepted.alert')).toBe(200)
  // the same link, told to use it while it runs
  edge.rewrite({ destinations: [peer('old', old.url), peer('core', core.url)] })
  process.kill(edge.pid, 'SIGHUP')
  await waitFor('the reload', () => edge.log.some(({ msg }) => msg === 'configuration reloaded'), Boolean)
  const since = await counted(core, 'batches received')
  await waitFor(
    'a batch',
    async () => {
      await sendLives(edge, 100)
      return counted(core, 'batches received')
    },
    (batches) => batches > since,
  )
})
