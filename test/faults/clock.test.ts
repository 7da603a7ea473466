import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type Clock, systemClock } from '../../src/base/clock.js'
import { closeSinks, startSink, type TestSink } from '../acceptance/sink.js'
import { waitFor } from '../support/wait.js'
import { startInside } from './inside.js'

afterEach(closeSinks)

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** So many times faster than real time, for upkeep looks at the clock every five seconds. */
const SPEED = 40
const UPKEEP_MS = 5_000

interface TestClock extends Clock {
  /** Somebody sets the wall clock; what waits already is not woken. */
  jump(ms: number): void
  /** Time really passes, as on a machine that was asleep with its monotonic clock running. */
  pass(ms: number): void
}

function createTestClock(): TestClock {
  const [wallStart, start] = [Date.now(), performance.now()]
  let [wall, both] = [0, 0]
  const monotonic = () => (performance.now() - start) * SPEED + both
  const now = () => Math.round(wallStart + monotonic() + wall)
  return {
    now,
    monotonic,
    until: (at, signal) => systemClock.until(systemClock.now() + (at - now()) / SPEED, signal),
    alarm: (at, ring) => systemClock.alarm(systemClock.now() + (at - now()) / SPEED, ring),
    jump: (ms) => (wall += ms),
    pass: (ms) => (both += ms),
  }
}

const dirOf = () => mkdtempSync(join(tmpdir(), 'clock-'))
const start = (sink: TestSink, clock: Clock, dir = dirOf()) =>
  startInside(
    {
      dir,
      destinations: [{ name: 'mom1', url: sink.url, timeout: '30s', backoff: { first: '100ms', ceiling: '1s' } }],
    },
    { clock },
  )

/** Lets upkeep look at the clock, at what is old, and once more. */
async function upkeep(clock: Clock): Promise<void> {
  const from = clock.monotonic()
  await waitFor(
    'upkeep',
    () => clock.monotonic() - from,
    (passed) => passed > 2.5 * UPKEEP_MS,
  )
}

const TEXTS = ['1', '2', '3']
const GOT = TEXTS.map((text) => `web01 critical ${text}`)

test.each([
  ['an hour back', -HOUR],
  ['half an hour back', -HOUR / 2],
  ['an hour ahead', HOUR],
  ['ten days back', -10 * DAY],
  ['ten days ahead', 10 * DAY],
])(
  'the clock is set %s while a destination is away: nothing is given up, and it is delivered at once when it is back',
  async (_what, jump) => {
    const sink = await startSink()
    await sink.down()
    const clock = createTestClock()
    const relay = await start(sink, clock)
    for (const text of TEXTS) expect(await relay.alert({ event: `Event${text}`, text })).toMatchObject({ status: 201 })
    const failed = () => relay.log.filter(({ msg }) => msg === 'delivery attempted').length
    await waitFor('attempts', failed, (count) => count >= 2)
    clock.jump(jump)
    await upkeep(clock)
    expect(relay.log.map(({ suspicious }) => suspicious)).toContainEqual(
      expect.stringMatching(/the wall clock jumped by/),
    )
    expect(await relay.destination('mom1')).toMatchObject({ queued: 3, dead: 0 })
    await sink.up()
    await relay.drained(10_000)
    expect(sink.got()).toEqual(GOT)
  },
)

test.each([
  ['half an hour back', -HOUR / 2],
  ['ten days ahead', 10 * DAY],
])(
  'the clock is set %s while the relay is down: nothing is given up, and it is delivered at once',
  async (_what, jump) => {
    const sink = await startSink()
    await sink.down()
    const clock = createTestClock()
    const dir = dirOf()
    const before = await start(sink, clock, dir)
    for (const text of TEXTS) await before.alert({ event: `Event${text}`, text })
    await upkeep(clock)
    await before.stop()
    clock.jump(jump)
    const relay = await start(sink, clock, dir)
    await upkeep(clock)
    expect(await relay.destination('mom1')).toMatchObject({ queued: 3, dead: 0 })
    await sink.up()
    await relay.drained(10_000)
    expect(sink.got()).toEqual(GOT)
  },
)

test('ten days really pass: what could not be delivered is given up by its age', async () => {
  const sink = await startSink()
  await sink.down()
  const clock = createTestClock()
  const relay = await start(sink, clock)
  await relay.alert({ text: '1' })
  clock.pass(10 * DAY)
  await waitFor(
    'the dead letter',
    () => relay.destination('mom1'),
    ({ dead }) => dead === 1,
  )
  expect(await relay.destination('mom1')).toMatchObject({ queued: 0, dead: 1 })
})
