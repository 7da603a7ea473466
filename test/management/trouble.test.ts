import { expect, test } from 'vitest'
import { fullnessOf } from '../../src/management/fullness.js'
import { troubleOf } from '../../src/management/trouble.js'

type Seen = Parameters<typeof troubleOf>[0]

const well: Seen = {
  ...{ state: 'flowing', queued: 0, dead: 0, oldestAgeSeconds: null, fullness: null },
  ...{ lastSuccess: '2026-11-21T12:00:00.000Z', lastFailure: null },
}
const refused = (at: string) => ({ at: `2026-11-21T${at}Z`, note: 'connection refused' })
const head = (attempts: number, sending: boolean, note: string | null) => ({ attempts, sending, note })
const half = { percent: 60, full: 'no', what: 'its queue is 60 % full' } as const

const CASES: readonly (readonly [string, Partial<Seen>, string | undefined])[] = [
  ['nothing waits', {}, undefined],
  ['something waits for a moment', { queued: 3, oldestAgeSeconds: 2 }, undefined],
  [
    'what waits has just failed',
    { queued: 3, oldestAgeSeconds: 2, lastFailure: refused('12:00:01.000') },
    'the last try failed: connection refused',
  ],
  [
    'what waits has never got through',
    { queued: 1, oldestAgeSeconds: 2, lastSuccess: null, lastFailure: refused('11:00:00.000') },
    'the last try failed: connection refused',
  ],
  ['it failed, and got through since', { queued: 3, lastFailure: refused('11:59:59.999') }, undefined],
  ['it failed, and nothing waits', { lastFailure: refused('12:00:01.000') }, undefined],
  [
    'it is late and fails',
    { queued: 3, oldestAgeSeconds: 61, lastFailure: refused('12:00:01.000') },
    '3 are queued, the oldest is late; the last failure: connection refused',
  ],
  [
    'it is late and goes out',
    { queued: 3, oldestAgeSeconds: 61, lastFailure: refused('11:00:00.000'), slowestLane: head(1, true, null) },
    '3 are queued, the oldest is late; they go out',
  ],
  [
    'one is late, which fails each time while others get through',
    {
      queued: 1,
      oldestAgeSeconds: 61,
      lastFailure: refused('11:00:00.000'),
      slowestLane: head(7, false, 'status 500'),
    },
    '1 is late; the oldest was tried 7 times, the last: status 500',
  ],
  [
    'it is tried once more just now',
    { queued: 3, oldestAgeSeconds: 61, lastFailure: refused('11:00:00.000'), slowestLane: head(2, true, 'status 500') },
    '3 are queued, the oldest is late; the oldest was tried 1 time, the last: status 500',
  ],
  [
    'it is late, and nobody looked at the oldest',
    { queued: 3, oldestAgeSeconds: 61, lastFailure: refused('11:00:00.000') },
    '3 are queued, the oldest is late',
  ],
  ['the queue fills', { queued: 3, fullness: half }, 'its queue is 60 % full'],
  ['one is dead', { dead: 1 }, '1 dead letter'],
  ['it is held', { state: 'held', why: 'upgrade', dead: 2 }, 'upgrade'],
]

test.each(CASES)('%s', (_, changed, what) => {
  expect(troubleOf({ ...well, ...changed })?.what).toBe(what)
})

test('where somebody has to do something comes before what mends itself, and what only wants a look last', () => {
  const rank = (changed: Partial<Seen>) => troubleOf({ ...well, ...changed })?.rank ?? -1
  expect(rank({ state: 'suspended' })).toBeLessThan(rank({ state: 'breaker open' }))
  expect(rank({ state: 'breaker open' })).toBeLessThan(rank({ queued: 1, oldestAgeSeconds: 61 }))
  expect(rank({ queued: 1, oldestAgeSeconds: 61 })).toBeLessThan(rank({ dead: 1 }))
})

const budget = { rows: 100, bytes: 10_000 }

test.each([
  ['nearly empty', { rows: 49, bytes: 0 }, 'refuse', false, undefined],
  ['half full, by rows', { rows: 50, bytes: 0 }, 'refuse', false, 'no'],
  ['half full, by bytes', { rows: 1, bytes: 5_000 }, 'resync', false, 'no'],
  ['full, and refuses', { rows: 100, bytes: 0 }, 'refuse', false, 'refuse'],
  ['full by bytes but for a few, into which nothing fits', { rows: 1, bytes: 9_950 }, 'refuse', false, 'refuse'],
  ['full, and nothing came since', { rows: 100, bytes: 0 }, 'resync', false, 'no'],
  ['nearly empty again, with a resync to come', { rows: 1, bytes: 0 }, 'resync', true, 'resync'],
] as const)('a queue is %s', (_, used, overflow, overflowed, full) => {
  expect(fullnessOf({ ...used, budget }, overflow, overflowed)?.full).toBe(full)
})

test('a queue that is configured no more has no budget', () => {
  expect(fullnessOf({ rows: 100, bytes: 0, budget: undefined }, 'resync', false)).toBeUndefined()
})
