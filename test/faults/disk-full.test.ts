import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Answer, killAll, type RelayProcess, startRelay } from '../acceptance/relay.js'
import { closeSinks, startSink, type TestSink } from '../acceptance/sink.js'
import { waitFor } from '../support/wait.js'
import { QUICK } from './attempts.js'
import { createSmallDisk, type SmallDisk } from './disk.js'

let disk: SmallDisk
let sink: TestSink
let relay: RelayProcess

beforeEach(async () => {
  disk = createSmallDisk()
  sink = await startSink()
  relay = await startRelay({
    dir: disk.dir,
    destinations: [{ name: 'mom1', url: sink.url, ...QUICK, timeout: '10s', overflow: 'refuse' }],
    // the disk is to be full in truth, not by the relay's own caution
    config: { limits: { min_free_disk: '0B' } },
  })
})
afterEach(async () => {
  killAll()
  await closeSinks()
  disk.end()
})

const gtg = async () => {
  const answer = await fetch(`${relay.url}/management/gtg`)
  return { status: answer.status, text: await answer.text() }
}
const post = (text: string): Promise<Answer> => relay.alert({ resource: text, text, rawData: 'x'.repeat(8_000) })
const textsOf = (got: readonly string[]): string[] => got.map((one) => one.split(' ').at(-1) as string).sort()

test('the disk fills up while senders send: 503 with Retry-After, nothing accepted is lost, and it goes on by itself', async () => {
  const accepted: string[] = []
  const refused: Answer[] = []
  disk.leave(600_000, relay.pid)
  for (let i = 0; refused.length < 5; i += 1) {
    const answer = await post(`${i}`)
    if (answer.status === 201) accepted.push(`${i}`)
    else refused.push(answer)
  }
  for (const answer of refused) {
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' }, body: { status: 'error', code: 503 } })
  }
  expect(accepted.length).toBeGreaterThan(3)
  disk.leave(0, relay.pid)
  // what the refused ones had begun to write is room for a few small writes
  await waitFor('the health page to tell', gtg, ({ status, text }) => status === 503 && text === 'STORE_UNAVAILABLE')

  disk.free(relay.pid)
  expect(await gtg()).toEqual({ status: 200, text: 'OK' })
  expect(await post('after')).toMatchObject({ status: 201 })
  await relay.drained()
  // what was refused left nothing behind
  expect(textsOf(sink.got())).toEqual([...accepted, 'after'].sort())
})

test('the disk fills up while answers come in: the deliveries are settled when there is room, and none is made twice', async () => {
  sink.behave({ mode: 'delay', ms: 300 })
  for (const text of ['1', '2', '3', '4']) expect((await post(text)).status).toBe(201)
  await waitFor(
    'the attempts',
    () => sink.requests().length,
    (made) => made >= 4,
  )
  disk.leave(0, relay.pid)
  await waitFor(
    'the trouble to show',
    () => relay.log.filter(({ msg }) => msg === 'store cannot write, trying again'),
    (seen) => seen.length > 0,
  )
  expect(await relay.destination('mom1')).toMatchObject({ queued: 4, dead: 0 })
  disk.free(relay.pid)
  await relay.drained()
  expect(sink.requests().map(({ status }) => status)).toEqual([201, 201, 201, 201])
})

test('started again on a full disk: it refuses, delivers what it had accepted, and takes messages when there is room', async () => {
  await sink.down()
  const accepted: string[] = []
  disk.leave(600_000, relay.pid)
  for (let i = 0; ; i += 1) {
    if ((await post(`${i}`)).status !== 201) break
    accepted.push(`${i}`)
  }
  await relay.kill()
  await relay.restart()
  disk.leave(0, relay.pid)
  expect(await post('no')).toMatchObject({ status: 503 })
  disk.free(relay.pid)
  await sink.up()
  // the queues' budget, a share of what was free at the start, must grow again too
  await waitFor(
    'a message to be taken',
    () => post('after'),
    ({ status }) => status === 201,
  )
  await relay.drained()
  expect(new Set(textsOf(sink.got()))).toEqual(new Set([...accepted, 'after']))
})
