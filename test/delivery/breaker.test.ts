import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { createBackoff } from '../../src/delivery/backoff.js'
import { type Breaker, createBreaker } from '../../src/delivery/breaker.js'
import { type BreakerState, CLOSED } from '../../src/model/gate.js'
import type { Lane } from '../../src/model/order.js'
import type { Outcome } from '../../src/model/outcome.js'

const WINDOW_MS = 5_000
const refused: Outcome = { kind: 'retry', fault: 'destination', status: null, note: 'refused' }
const busy: Outcome = { kind: 'retry', fault: 'busy', status: 503, note: '' }
const rejected: Outcome = { kind: 'dead', cause: 'rejected', status: 400, note: 'no' }
const good: Outcome = { kind: 'delivered', status: 201, note: '' }

let breaker: Breaker
let saved: BreakerState[]
beforeEach(() => {
  // opossum has timers of its own
  vi.useFakeTimers({ now: 1_000_000 })
})
afterEach(() => {
  breaker.stop()
  vi.useRealTimers()
})

function create(restored: BreakerState = CLOSED): void {
  saved = []
  breaker = createBreaker({
    name: 'mom1',
    clock: systemClock,
    backoff: createBackoff(1_000, 60_000, () => 1),
    windowMs: WINDOW_MS,
    restored,
    onChange: (state) => void saved.push(state),
  })
}
const times = async (count: number, outcome: Outcome): Promise<void> => {
  for (let i = 0; i < count; i += 1) await breaker.run(async () => outcome)
}

test('a destination that refuses connections opens its breaker; a good probe closes it', async () => {
  create()
  await times(5, refused)
  expect(breaker.state()).toBe('open')
  expect(breaker.openUntil()).toBe(1_000_000 + WINDOW_MS)
  expect(saved).toEqual([{ openUntil: 1_005_000, streak: 1 }])
  expect(await breaker.run(async () => good), 'an open breaker makes no attempt').toBeUndefined()
  vi.advanceTimersByTime(WINDOW_MS)
  expect(breaker.state()).toBe('half-open')
  expect(await breaker.run(async () => good)).toEqual(good)
  expect(breaker.state()).toBe('closed')
  expect(saved.at(-1)).toEqual(CLOSED)
})

test('after closing, one single failure does not open it again', async () => {
  create()
  await times(5, refused)
  vi.advanceTimersByTime(WINDOW_MS)
  await times(1, good)
  await times(1, refused)
  expect(breaker.state()).toBe('closed')
})

test('each failed probe is waited for longer, up to the ceiling', async () => {
  create()
  await times(5, refused)
  const waits: number[] = []
  for (let i = 0; i < 8; i += 1) {
    const wait = breaker.openUntil() - Date.now()
    waits.push(wait)
    vi.advanceTimersByTime(wait)
    await times(1, refused)
    expect(breaker.state()).toBe('open')
  }
  expect(waits).toEqual([5_000, 5_000, 5_000, 8_000, 16_000, 32_000, 60_000, 60_000])
})

test('an open breaker stays open across a restart until its probe is due, and remembers how often it opened', () => {
  create({ openUntil: 1_003_000, streak: 6 })
  expect(breaker.state()).toBe('open')
  expect(breaker.openUntil()).toBe(1_003_000)
  vi.advanceTimersByTime(2_999)
  expect(breaker.state()).toBe('open')
  vi.advanceTimersByTime(1)
  expect(breaker.state()).toBe('half-open')
})

test('a destination that hangs opens its breaker, although its timeouts come far apart', async () => {
  create()
  for (let i = 0; i < 5; i += 1) {
    vi.advanceTimersByTime(35_000)
    await times(1, { kind: 'unknown', status: null, note: 'no answer' })
  }
  expect(breaker.state()).toBe('open')
})

test('a breaker that a clock far ahead has opened for a month is half-open within the hour', () => {
  create({ openUntil: 1_000_000 + 30 * 86_400_000, streak: 1 })
  vi.advanceTimersByTime(3_600_000)
  expect(breaker.state()).toBe('half-open')
})

test('the first probe after a restart that fails is waited for like any other', async () => {
  create({ openUntil: 999_000, streak: 1 })
  await times(1, refused)
  expect(breaker.openUntil()).toBeGreaterThanOrEqual(1_000_000 + WINDOW_MS)
})

test('a probe that was due while the relay was down is due at its start', () => {
  create({ openUntil: 999_000, streak: 1 })
  expect(breaker.state()).toBe('half-open')
})

const e500: Outcome = { kind: 'retry', fault: 'destination', status: 500, note: 'oh' }
const own = { lane: 1 as Lane, wasWell: () => true }

test('a 5xx that is the item’s own fault says nothing against the destination, however often it comes', async () => {
  create()
  for (let i = 0; i < 50; i += 1) expect(await breaker.run(async () => e500, own)).toBe(e500)
  expect(breaker.state()).toBe('closed')
  for (let i = 0; i < 5; i += 1) await breaker.run(async () => e500, { ...own, wasWell: () => false })
  expect(breaker.state(), 'nobody has got there since').toBe('open')
  expect(await breaker.run(async () => good, own), 'an open breaker makes no attempt').toBeUndefined()
})

test('a destination that cannot be reached opens its breaker, whoever finds it out', async () => {
  create()
  for (let i = 0; i < 5; i += 1) expect(await breaker.run(async () => refused, own)).toBe(refused)
  expect(breaker.state()).toBe('open')
})

test('where every other item fails at its first try, that the failed ones get through later does not hide it', async () => {
  create()
  for (let i = 0; i < 5; i += 1) {
    await times(1, i % 2 === 0 ? e500 : good)
    await breaker.run(async () => e500, own)
    await breaker.run(async () => good, own)
  }
  expect(breaker.state()).toBe('open')
})

test('where one item after the other is blamed, it is the destination: five of them open its breaker', async () => {
  create()
  for (let lane = 0; lane < 4; lane += 1) await breaker.run(async () => e500, { ...own, lane: lane as Lane })
  await breaker.run(async () => good, own)
  for (let lane = 0; lane < 4; lane += 1) await breaker.run(async () => e500, { ...own, lane: lane as Lane })
  expect(breaker.state()).toBe('closed')
  await breaker.run(async () => e500, { ...own, lane: 4 as Lane })
  expect(breaker.state()).toBe('open')
})

test('where nobody gets through for a minute, it is the destination, though a harmless request goes well', async () => {
  create()
  await breaker.run(async () => e500, own)
  vi.advanceTimersByTime(59_999)
  await breaker.run(async () => e500, own)
  expect(breaker.state()).toBe('closed')
  vi.advanceTimersByTime(1)
  await breaker.run(async () => e500, own)
  expect(breaker.state()).toBe('open')
})

test('items that failed before may meet a timeout now and then: all of their answers count alike', async () => {
  create()
  const silent: Outcome = { kind: 'unknown', status: null, note: 'no answer' }
  for (let i = 0; i < 100; i += 1) await breaker.run(async () => (i % 10 < 3 ? silent : good), own)
  expect(breaker.state()).toBe('closed')
  for (let i = 0; i < 5; i += 1) await breaker.run(async () => silent, own)
  expect(breaker.state()).toBe('open')
})

test('an item that failed before is a probe like any other', async () => {
  create()
  await times(5, refused)
  vi.advanceTimersByTime(WINDOW_MS)
  expect(await breaker.run(async () => e500, own)).toBe(e500)
  expect(breaker.state()).toBe('open')
  vi.advanceTimersByTime(WINDOW_MS)
  expect(await breaker.run(async () => good, own)).toBe(good)
  expect(breaker.state()).toBe('closed')
})

test('refused items and a busy peer say nothing against the destination', async () => {
  create()
  await times(50, rejected)
  await times(50, busy)
  expect(breaker.state()).toBe('closed')
})
