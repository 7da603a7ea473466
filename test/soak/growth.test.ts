import { expect, test } from 'vitest'
import { growth, perMinute } from './growth.js'
import type { Sample } from './sample.js'

/** Twenty minutes, a sample every 5 s: a warm-up, then steady with noise. */
function soak(change: (at: number) => Partial<Sample> = () => ({})): readonly Sample[] {
  return Array.from({ length: 241 }, (_, i) => {
    const at = i * 5
    const noise = (i % 7) - 3
    const memory = 120 + Math.min(at / 10, 30) + noise
    const steady = { memory, wal: 16 + noise, database: at / 10, descriptors: 60 + noise, queued: 0, oldest: 0 }
    return { at, answered: at * 200, ...steady, ...change(at) }
  })
}

test('a warm-up and noise are no growth', () => {
  expect(growth(soak())).toEqual([])
})

test('the trend is that of the second half', () => {
  expect(perMinute(soak(), ({ memory }) => memory)).toBeCloseTo(0, 1)
  expect(
    perMinute(
      soak((at) => ({ memory: 100 + at / 20 })),
      ({ memory }) => memory,
    ),
  ).toBeCloseTo(3, 5)
})

test.each<[string, (at: number) => Partial<Sample>, RegExp]>([
  ['a leak of memory', (at) => ({ memory: 120 + at / 20 + (at % 3) }), /memory grows by 3\.\d\d MiB a minute/],
  ['a leak of descriptors', (at) => ({ descriptors: 60 + Math.floor(at / 30) }), /peak of descriptors rose by 20/],
  ['a WAL beyond its limit, once', (at) => ({ wal: at === 300 ? 70 : 16 }), /the WAL reached 70 MiB/],
  ['a database that swells', (at) => ({ database: at * 2 }), /the database holds 10486 bytes per message/],
  ['a queue that grows older and older', (at) => ({ oldest: at / 8 }), /a delivery waited 150 s/],
  ['a queue that does not drain', () => ({ queued: 3 }), /3 deliveries are still queued/],
])('%s is found', (_, change, what) => {
  expect(growth(soak(change)).join('\n')).toMatch(what)
})

test('a soak without samples proves nothing', () => {
  expect(growth([])).toEqual(['no samples'])
})
