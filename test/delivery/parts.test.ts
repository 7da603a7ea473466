import { expect, test } from 'vitest'
import { createAdmission } from '../../src/delivery/admission.js'
import { createBackoff } from '../../src/delivery/backoff.js'
import { createBurying } from '../../src/delivery/burying.js'
import { createClockGuard } from '../../src/delivery/clock-guard.js'
import { createDeepestMoving } from '../../src/delivery/load.js'
import { createPace } from '../../src/delivery/pace.js'
import { startWatch } from '../../src/delivery/stopwatch.js'
import { createFakeClock } from '../support/fake-clock.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

test('a queue does not die unseen: twenty deaths in a row, or half of the last two hundred, suspend', () => {
  const row = createBurying()
  for (let i = 1; i < 20; i += 1) expect(row.died('no', false)).toBeUndefined()
  expect(row.died('no', false)).toMatch(/20 deliveries died in a row, the last of: no/)

  const half = createBurying()
  let why: string | undefined
  let outcomes = 0
  while (why === undefined && outcomes < 1_000) {
    half.delivered()
    why = half.died('bad', false)
    outcomes += 2
  }
  expect(outcomes).toBe(200)
})

test('a kind of message that the credential may not send does not stop the others', () => {
  const burying = createBurying()
  for (let i = 0; i < 500; i += 1) expect(burying.died('scope', true)).toBeUndefined()
})

test('waits have full jitter between a floor and a ceiling', () => {
  const low = createBackoff(1_000, 60_000, () => 0)
  const high = createBackoff(1_000, 60_000, () => 0.999_999)
  expect([1, 5, 100].map((n) => low.wait(n))).toEqual([500, 500, 500])
  expect([1, 5, 100].map((n) => high.wait(n))).toEqual([1_000, 16_000, 60_000])
})

test('503s to attempts that were under way together are one step of the pause', () => {
  const pace = createPace(createBackoff(1_000, 60_000, () => 1))
  for (let i = 0; i < 8; i += 1) pace.busy(10_000, undefined)
  expect(pace.pausedUntil()).toBe(11_000)
  pace.busy(11_000, undefined)
  expect(pace.pausedUntil()).toBe(13_000)
  pace.busy(11_500, 20_000)
  expect(pace.pausedUntil()).toBe(20_000)
})

test('from the moment of a jump, or of a start after long, nothing is expired, before anybody has looked', async () => {
  const clock = createFakeClock()
  const guard = createClockGuard(clock, clock.now())
  expect(guard.guarding()).toBe(false)
  clock.jump(6 * MINUTE)
  expect(guard.guarding()).toBe(true)
  expect(createClockGuard(clock, clock.now() - 7 * HOUR).guarding()).toBe(true)
})

test('what has passed while the relay itself was busy is told apart', async () => {
  const clock = createFakeClock()
  let idle = 7_000
  const passed = startWatch(clock, () => idle)
  await clock.advance(100)
  idle += 30
  expect(passed()).toEqual({ least: 30, most: 100 })
  idle += 500 // counted in another place, and later
  expect(passed()).toEqual({ least: 100, most: 100 })
})

test('after a clock jump nothing is expired for an hour; slow drift and sleep are no jump', async () => {
  const clock = createFakeClock()
  const guard = createClockGuard(clock, clock.now())
  await clock.advance(10 * HOUR)
  expect(guard.look()).toBeUndefined()
  clock.jump(-6 * MINUTE)
  expect(guard.look()).toMatch(/jumped by -360 s/)
  await clock.advance(59 * MINUTE)
  expect(guard.guarding()).toBe(true)
  await clock.advance(2 * MINUTE)
  expect(guard.look()).toBeUndefined()
  expect(guard.guarding()).toBe(false)
})

test('a relay that was away for half a day does not expire the world at its start', () => {
  const clock = createFakeClock(100 * HOUR)
  const guard = createClockGuard(clock, 88 * HOUR)
  expect(guard.look()).toMatch(/last commit was 12 h ago/)
  expect(guard.guarding()).toBe(true)
})

test('a queue counts while its destination is moving, also where a look falls between two answers, and not once it is down', () => {
  const wellAt = new Map([
    ['slow', 10_000],
    ['down', 1_000],
  ])
  const dispatchers = new Map(
    [...wellAt].map(([name, lastWellAt]) => [name, { state: () => ({ lastWellAt }) as never }]),
  )
  const depths: Record<string, number> = { slow: 300, down: 100_000 }
  let now = 10_000
  const deepest = createDeepestMoving({ depth: (name) => depths[name] ?? 0 }, dispatchers, () => now)
  expect(deepest()).toBe(300)
  now += 100
  expect(deepest(), 'nothing new came').toBe(300)
  now += 400
  expect(deepest()).toBe(0)
  now = -1_000_000
  expect(deepest(), 'the clock was set back').toBe(0)
})

test('a saturated relay lets senders in bit by bit; an idle one, or one with only a dead peer, at once', async () => {
  const clock = createFakeClock()
  let utilisation = 1
  let deepest = 1_000
  const admission = createAdmission({ clock, utilisation: () => utilisation, deepestMoving: () => deepest })
  admission.start()
  expect(admission.admit()).toBeUndefined()
  await clock.advance(50)
  let entered = 0
  const enter = () => {
    entered += 1
  }
  for (let i = 0; i < 20; i += 1) void admission.admit()?.then(enter)
  expect(entered).toBe(0)
  await clock.advance(50)
  expect(entered).toBe(16)
  utilisation = 0.5
  await clock.advance(50)
  expect(entered).toBe(20)
  utilisation = 1
  deepest = 0
  await clock.advance(50)
  expect(admission.admit()).toBeUndefined()
  await admission.stop()
})
