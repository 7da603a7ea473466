import { expect, onTestFinished, test } from 'vitest'
import { createRates } from '../../src/base/rates.js'
import { createFakeClock } from '../support/fake-clock.js'

function started() {
  const counts: Record<string, number> = { a: 0 }
  const clock = createFakeClock()
  const rates = createRates(() => ({ ...counts }), clock)
  rates.start()
  onTestFinished(() => rates.stop())
  return { counts, clock, rates }
}

test('a rate is over the last minute, whatever was before', async () => {
  const { counts, clock, rates } = started()
  counts.a = 60_000
  await clock.advance(300_000)
  expect(rates.perSecond()('a')).toBe(0)
  for (let second = 0; second < 120; second += 1) {
    counts.a += 3
    await clock.advance(1_000)
  }
  expect(rates.perSecond()('a')).toBeCloseTo(3, 1)
})

test('of a relay that has just started it is over the time that it runs', async () => {
  const { counts, clock, rates } = started()
  counts.a = 50
  await clock.advance(10_000)
  expect(rates.perSecond()('a')).toBe(5)
  expect(rates.perSecond()('what was never counted')).toBe(0)
})

test('a jump of the wall clock changes no rate', async () => {
  const { counts, clock, rates } = started()
  counts.a = 100
  await clock.advance(20_000)
  clock.jump(86_400_000)
  expect(rates.perSecond()('a')).toBe(5)
})
