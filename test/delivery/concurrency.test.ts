import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Begun, type Concurrency, createConcurrency } from '../../src/delivery/concurrency.js'
import { widened } from '../../src/delivery/widened.js'
import { createDice } from '../crash/dice.js'
import { modelTime, type PeerModel, press } from './pressed-peer.js'

const MINUTE = 60_000
const ALERTA = { min: 1, start: 2, max: 32 }
const RELAY = { min: 1, start: 8, max: 32 }

function pressed(bounds: { min: number; start: number; max: number }) {
  const time = modelTime()
  const concurrency = createConcurrency(bounds, time)
  return { concurrency, time, press: (peer: PeerModel, ms: number) => press(concurrency, time, peer, ms) }
}
const always = (ms: number) => () => ms

test('a peer with two workers is kept busy, and no more than a few requests wait before it', () => {
  const { press } = pressed({ ...ALERTA, max: 32 })
  press({ workers: 2, serviceMs: always(50) }, MINUTE)
  const settled = press({ workers: 2, serviceMs: always(50) }, 10 * MINUTE)
  expect(settled.answered / (10 * 60)).toBeGreaterThan(39)
  expect(settled.most).toBeLessThanOrEqual(6)
  expect(settled.longestMs).toBeLessThanOrEqual(150)
})

test('a fast peer gets all that is allowed', () => {
  const { concurrency, press } = pressed(RELAY)
  press({ workers: 100, serviceMs: always(5) }, 5_000)
  expect(concurrency.limit()).toBe(32)
  expect(press({ workers: 100, serviceMs: always(5) }, MINUTE).least).toBe(32)
})

/** Some answers take five times the mean, most of them less than it. */
function varying(meanMs: number, seed: number): () => number {
  const { next } = createDice(seed)
  return () => -meanMs * Math.log(1 - next())
}
test.each([1, 2, 3, 4, 5])('answers that vary by chance do not slow down a peer that can take more (%d)', (seed) => {
  const { press } = pressed(RELAY)
  press({ workers: 100, serviceMs: varying(200, seed) }, MINUTE)
  const { answered } = press({ workers: 100, serviceMs: varying(200, 100 + seed) }, 5 * MINUTE)
  expect(answered / (5 * 60)).toBeGreaterThan(0.9 * (32 / 0.2))
})

test('answers within milliseconds are no reason to slow down, however much longer than usual they take', () => {
  const { concurrency, press } = pressed(RELAY)
  press({ workers: 100, serviceMs: always(1) }, 5_000)
  press({ workers: 100, serviceMs: always(10) }, 5_000)
  expect(concurrency.state()).toMatchObject({ concurrency: 32, slowed: undefined })
})

test('a peer that times out gets the least, and all again when it answers as before', () => {
  const { concurrency, press, time } = pressed(RELAY)
  const well = { workers: 100, serviceMs: always(20), timeoutMs: 1_000 }
  press(well, 10_000)
  expect(concurrency.limit()).toBe(32)
  const hanging = press({ ...well, serviceMs: always(2_000) }, 10_000)
  expect(concurrency.state()).toMatchObject({ concurrency: 1, slowed: { why: 'no answer' } })
  expect(hanging.timeouts).toBeLessThan(32 + 16 + 8 + 4 + 2 + 10)
  const since = time.at
  press(well, 10_000)
  expect(concurrency.limit(), `${time.at - since} ms later`).toBe(32)
})

test('a peer that has become slower for good gets less at first, and all again when that is usual', () => {
  const { concurrency, press } = pressed(RELAY)
  press({ workers: 100, serviceMs: always(50) }, 10_000)
  const slower = press({ workers: 100, serviceMs: always(150) }, MINUTE)
  expect(slower.least).toBe(1)
  expect(concurrency.state().slowed?.why).toMatch(/^answers took 150 ms, usually \d+ ms$/)
  press({ workers: 100, serviceMs: always(150) }, MINUTE)
  expect(concurrency.limit()).toBe(32)
})

test('a number alone never moves', () => {
  const { concurrency, press } = pressed({ min: 4, start: 4, max: 4 })
  press({ workers: 100, serviceMs: always(5) }, MINUTE)
  press({ workers: 1, serviceMs: always(500), timeoutMs: 1_000 }, MINUTE)
  concurrency.away()
  expect(concurrency.state()).toMatchObject({ concurrency: 4, concurrencyMax: 4, slowed: undefined })
})

test('where no more is wanted the limit does not grow', () => {
  const { concurrency, press } = pressed(RELAY)
  const calm = { workers: 100, serviceMs: always(5), wanted: 7 }
  press(calm, MINUTE)
  expect(concurrency.limit()).toBe(8)
  press({ ...calm, wanted: 12 }, MINUTE)
  expect(concurrency.limit()).toBe(13)
})

test('time in which this process itself was busy is not the fault of the peer', () => {
  const { concurrency } = pressed(RELAY)
  answerAll(concurrency, 100, { least: 5, most: 5 })
  const before = concurrency.limit()
  answerAll(concurrency, 100, { least: 1, most: 400 })
  expect(concurrency.limit()).toBeGreaterThan(before)
  answerAll(concurrency, 100, { least: 400, most: 400 })
  expect(concurrency.limit()).toBeLessThan(before)
})

function answerAll(concurrency: Concurrency, count: number, took: { least: number; most: number }): void {
  for (let i = 0; i < count; i += 1) concurrency.answered(concurrency.begun(concurrency.limit()), took)
}

test('what was sent before the limit fell does not lower it again', () => {
  const { concurrency } = pressed(RELAY)
  answerAll(concurrency, 20, { least: 20, most: 20 })
  const under = Array.from({ length: 9 }, (_, i) => concurrency.begun(i + 1))
  for (const one of under) concurrency.answered(one, { least: 500, most: 500 })
  expect(concurrency.limit()).toBe(8)
  const overtaken = Array.from({ length: 8 }, (_, i) => concurrency.begun(i + 1))
  const [first, ...others] = overtaken
  concurrency.overloaded(first as Begun, 'answered 503')
  for (const one of others) concurrency.answered(one, { least: 900, most: 900 })
  expect(concurrency.state()).toMatchObject({ concurrency: 4, slowed: { why: 'answered 503' } })
})

test('where deliveries share requests as many more are under way, and do not count as slow for waiting for each other', () => {
  let perRequest = 16
  const { concurrency: requests } = pressed(RELAY)
  const concurrency = widened(requests, { perRequest: () => perRequest })
  expect(concurrency.limit()).toBe(8 * 16)
  answerAll(concurrency, 100, { least: 5, most: 5 })
  const before = requests.limit()
  expect(concurrency.state()).toMatchObject({ concurrency: before * 16, concurrencyMax: 32 * 16 })
  answerAll(concurrency, 100, { least: 400, most: 400 })
  expect(requests.limit()).toBeGreaterThan(before)
  perRequest = 1
  expect(concurrency.limit()).toBe(requests.limit())
  answerAll(concurrency, 100, { least: 400, most: 400 })
  expect(requests.state().slowed?.why).toMatch(/^answers took 400 ms/)
})

test('the quickest answers alone do not tell how long one usually takes', () => {
  const { concurrency } = pressed(RELAY)
  const slow = Array.from({ length: 20 }, () => concurrency.begun(8))
  answerAll(concurrency, 20, { least: 1, most: 1 })
  expect(concurrency.state().usualAnswerMs, 'the first have not ended').toBeUndefined()
  for (const one of slow) concurrency.answered(one, { least: 100, most: 100 })
  expect(concurrency.state().usualAnswerMs).toBe(100)
})

test('an attempt whose end tells nothing does not stop the others from telling', () => {
  const { concurrency } = pressed(ALERTA)
  for (let i = 0; i < 1_000; i += 1) {
    concurrency.ended(concurrency.begun(2))
    concurrency.answered(concurrency.begun(concurrency.limit()), { least: 20, most: 20 })
  }
  expect(concurrency.limit()).toBe(ALERTA.max)
})

test('whatever answers come in whatever order, the limit stays within its bounds', () => {
  const end = fc.oneof(
    fc.record({ kind: fc.constant('answered' as const), ms: fc.nat(2_000) }),
    fc.record({ kind: fc.constantFrom('ended' as const, 'overloaded' as const, 'away' as const) }),
  )
  const bounds = fc
    .tuple(fc.integer({ min: 1, max: 40 }), fc.nat(40), fc.nat(40))
    .map(([min, more, most]) => ({ min, start: min + more, max: min + more + most }))
  const run = fc.array(fc.record({ end, pick: fc.nat() }), { maxLength: 400, size: 'max' })
  fc.assert(
    fc.property(bounds, run, (within, ends) => {
      const { concurrency } = pressed(within)
      const underWay: Begun[] = []
      for (const { end, pick } of ends) {
        while (underWay.length < concurrency.limit()) underWay.push(concurrency.begun(underWay.length + 1))
        const [one] = underWay.splice(pick % underWay.length, 1)
        if (end.kind === 'answered') concurrency.answered(one as Begun, { least: end.ms, most: end.ms })
        else if (end.kind === 'away') concurrency.away()
        else concurrency[end.kind](one as Begun, 'why')
        expect(concurrency.limit()).toBeGreaterThanOrEqual(within.min)
        expect(concurrency.limit()).toBeLessThanOrEqual(end.kind === 'away' ? within.start : within.max)
      }
    }),
  )
})
