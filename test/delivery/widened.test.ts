import { expect, test } from 'vitest'
import { createConcurrency } from '../../src/delivery/concurrency.js'
import { widened } from '../../src/delivery/widened.js'
import { createFakeClock } from '../support/fake-clock.js'

/** A limit from 2 to 4 over a link that can be opened and closed. */
function linked() {
  let several = 1
  const clock = createFakeClock()
  const concurrency = widened(createConcurrency({ min: 1, start: 2, max: 4 }, clock), { perRequest: () => several })
  const end = (count: number, inFlight: number, ms: number) => {
    for (let i = 0; i < count; i += 1) concurrency.answered(concurrency.begun(inFlight), { least: ms, most: ms })
  }
  const open = (count: number) => {
    several = count
  }
  return { concurrency, end, open }
}

test('as many more deliveries are under way as share a request', () => {
  const { concurrency, open } = linked()
  expect([concurrency.limit(), concurrency.state().concurrency]).toEqual([2, 2])
  open(16)
  expect([concurrency.limit(), concurrency.state()]).toMatchObject([32, { concurrency: 32, concurrencyMax: 64 }])
  open(1)
  expect(concurrency.limit()).toBe(2)
})

test('no more are under way than two batches hold, unless the destination may have more anyway', () => {
  const { concurrency, open } = linked()
  open(1_000)
  expect(concurrency.limit()).toBe(512)
  const many = widened(createConcurrency({ min: 1, start: 600, max: 600 }, createFakeClock()), { perRequest: () => 16 })
  expect(many.limit()).toBe(600)
})

test('that they wait for each other does not lower it, and each round that went well widens it', () => {
  const { concurrency, end, open } = linked()
  end(20, 1, 5)
  open(16)
  end(100, 64, 400)
  expect(concurrency.limit()).toBe(64)
  expect(concurrency.state().usualAnswerMs).toBe(5)
})

test('a failure halves it, and by itself each is measured as ever', () => {
  const { concurrency, end, open } = linked()
  end(20, 1, 5)
  open(16)
  end(100, 64, 400)
  concurrency.overloaded(concurrency.begun(64), 'no answer within 10 s')
  expect(concurrency.limit()).toBe(32)
  open(1)
  end(30, 2, 400)
  expect(concurrency.limit()).toBe(1)
})
