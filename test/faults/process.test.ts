import { execFileSync } from 'node:child_process'
import { createConnection, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { inOrder, sendMany } from '../acceptance/load.js'
import { killAll, startRelay } from '../acceptance/relay.js'
import { closeSinks, startSink } from '../acceptance/sink.js'
import { waitFor } from '../support/wait.js'
import { attemptsAt, QUICK, TALKATIVE } from './attempts.js'

afterEach(async () => {
  killAll()
  await closeSinks()
})

test('senders take all file descriptors: what was accepted waits, and is delivered when they let go', async () => {
  const sink = await startSink()
  await sink.down()
  const relay = await startRelay({
    config: TALKATIVE,
    destinations: [{ name: 'mom1', url: sink.url, ...QUICK }],
  })
  const answers = await sendMany(relay, 0, 20)
  execFileSync('prlimit', [`--pid=${relay.pid}`, '--nofile=64:'])
  const held: Socket[] = []
  for (let i = 0; i < 100; i += 1) held.push(hold(relay.port))
  const shortages = () =>
    attemptsAt(relay, 'mom1', answers).filter(({ note }) => String(note).includes('EMFILE')).length
  // not before it has none left: on a busy machine it would deliver all before it hears of the senders
  await waitFor('the shortage to show', shortages, (count) => count > 0)
  await sink.up()
  const before = shortages()
  await waitFor('another attempt', shortages, (count) => count > before)
  expect(sink.got()).toEqual([])
  for (const socket of held) socket.destroy()
  await relay.drained()
  expect(new Set(sink.got()).size).toBe(20)
  expect(inOrder(sink.got())).toBe(true)
  expect(await relay.alert({ text: 'after' })).toMatchObject({ status: 201 })
})

/** A sender that connects and says nothing; where there is no room it is cut off. */
function hold(port: number): Socket {
  const socket = createConnection({ port, host: '127.0.0.1' })
  return socket.on('error', () => socket.destroy())
}

const STOPPED_MS = 3_000

test('the relay is stopped for a while (SIGSTOP) amid 200 messages: senders wait, nothing is lost, order holds', async () => {
  const sink = await startSink()
  const relay = await startRelay({ destinations: [{ name: 'mom1', url: sink.url, ...QUICK }] })
  const sending = sendMany(relay, 0, 200)
  await waitFor(
    'the first deliveries',
    () => sink.got().length,
    (got) => got > 10,
  )
  process.kill(relay.pid, 'SIGSTOP')
  const late = relay.alert({ resource: 'late', text: '0' })
  await systemClock.until(systemClock.now() + STOPPED_MS)
  process.kill(relay.pid, 'SIGCONT')
  const answers = [...(await sending), await late]
  expect(answers.every(({ status }) => status === 201)).toBe(true)
  expect(Math.max(...answers.map(({ ms }) => ms))).toBeGreaterThan(STOPPED_MS / 2)
  await relay.drained()
  expect(new Set(sink.got()).size).toBe(201)
  expect(inOrder(sink.got())).toBe(true)
  // what was under way may have been done and timed out meanwhile: told as unknown, and the only ones made twice
  const unknown = attemptsAt(relay, 'mom1', answers).filter(({ outcome }) => outcome === 'unknown').length
  expect(sink.got().length - 201).toBeLessThanOrEqual(unknown)
  expect(await relay.destination('mom1')).toMatchObject({ state: 'flowing', dead: 0 })
})
