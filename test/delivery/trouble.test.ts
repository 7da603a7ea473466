import { expect, test } from 'vitest'
import type { DispatcherState } from '../../src/delivery/dispatcher.js'
import { isNearEnd, ofKey, ofQueue, ofWorker } from '../../src/delivery/trouble.js'
import type { ApiKey } from '../../src/model/api-key.js'
import type { QueueStatus } from '../../src/store/contract.js'

const NOW = 10_000_000
const well: DispatcherState = {
  ...{ gate: { state: 'flowing' }, breaker: 'closed', breakerOpenUntil: 0, pausedUntil: 0 },
  ...{ concurrency: 2, concurrencyMax: 8, usualAnswerMs: undefined, slowed: undefined },
  ...{ lastWellAt: NOW - 1_000, lastFailure: undefined, inFlight: 0 },
}
const seen = (more: Partial<DispatcherState>) => ofWorker('mom1', { ...well, ...more }, NOW).map(({ value }) => value)

test('which states of a destination are trouble', () => {
  expect(seen({})).toEqual([])
  expect(seen({ breaker: 'open' })).toEqual(['failing'])
  expect(seen({ breaker: 'half-open' })).toEqual(['failing'])
  const suspended = { why: 'answered 401', hint: 'the credential is wrong', since: 0, probeAt: 0, probes: 0 }
  expect(ofWorker('mom1', { ...well, gate: { state: 'suspended', probe: 'request', ...suspended } }, NOW)).toEqual([
    {
      ...{ event: 'DestinationNotFlowing', about: 'mom1', level: 'severe', value: 'suspended' },
      text: 'mom1 gets nothing: answered 401; the credential is wrong',
    },
  ])
  // an operator stopped it
  expect(seen({ gate: { state: 'held', why: 'upgrade', since: 0 }, breaker: 'open' })).toEqual([])
})

test('a destination that is busy and takes something now and then is well', () => {
  expect(seen({ pausedUntil: NOW + 5_000 })).toEqual([])
  expect(seen({ pausedUntil: NOW + 5_000, lastWellAt: NOW - 61_000 })).toEqual(['busy'])
})

test('queues are told at 50 and 80 % of messages or bytes, and of the age', () => {
  const queue = (more: Partial<QueueStatus>) =>
    ofQueue(
      {
        ...{ destination: 'mom1', rows: 0, bytes: 0, sending: 0, dead: 0, oldestAt: undefined },
        ...{ budget: { rows: 100, bytes: 1_000 }, ...more },
      },
      { now: NOW, maxAgeMs: 1_000_000 },
    ).map(({ event, level, value }) => `${event} ${level} ${value}`)
  expect(queue({ rows: 49, bytes: 499 })).toEqual([])
  expect(queue({ rows: 50 })).toEqual(['QueueFilling warning 50%'])
  expect(queue({ bytes: 800 })).toEqual(['QueueFilling severe 80%'])
  expect(queue({ oldestAt: NOW - 499_000 })).toEqual([])
  expect(queue({ oldestAt: NOW - 500_000 })).toEqual(['DeliveriesNearMaxAge warning 50%'])
  expect(queue({ oldestAt: NOW - 900_000, rows: 80 })).toEqual([
    'QueueFilling severe 80%',
    'DeliveriesNearMaxAge severe 80%',
  ])
  // of a destination that is no longer configured
  expect(queue({ rows: 1_000, budget: undefined })).toEqual([])
})

test('a key that ends is a warning, one that has ended is worse', () => {
  const key = (expiresAt: number) => ofKey({ text: 'mlm1', expiresAt } as ApiKey, NOW)
  expect(key(NOW + 1)).toMatchObject({ level: 'warning', about: 'mlm1' })
  expect(key(NOW)).toMatchObject({ level: 'severe', text: 'the API key "mlm1" has ended: who uses it is refused' })
})

test('a key for an hour is no trouble from its first minute on, and one for a year is not in its last month', () => {
  const [HOUR, DAY] = [3_600_000, 86_400_000]
  const near = (life: number, left: number) => isNearEnd({ createdAt: NOW - life + left, expiresAt: NOW + left }, NOW)
  expect([HOUR, HOUR / 9, HOUR / 10, 0].map((left) => near(HOUR, left))).toEqual([false, false, true, true])
  expect([35 * DAY, 8 * DAY, 7 * DAY].map((left) => near(365 * DAY, left))).toEqual([false, false, true])
  // over for so long: whoever should have missed it has
  expect([-HOUR, -HOUR - 1].map((left) => near(HOUR, left))).toEqual([true, false])
  expect([-7 * DAY, -7 * DAY - 1].map((left) => near(365 * DAY, left))).toEqual([true, false])
  expect(isNearEnd({ createdAt: 0, expiresAt: null }, NOW)).toBe(false)
})
