import { expect, onTestFinished, test } from 'vitest'
import { noMeter } from '../../src/base/meter.js'
import { createHistory } from '../../src/management/history.js'
import { createFakeClock } from '../support/fake-clock.js'

function world() {
  const clock = createFakeClock()
  const names = ['mom1']
  const depths = new Map([['mom1', 0]])
  const history = createHistory({ destinations: () => names, depth: (name) => depths.get(name) ?? 0, clock })
  const meter = history.listen(noMeter)
  history.start()
  onTestFinished(() => history.stop())
  return { clock, names, depths, history, meter }
}

test('every ten seconds says how many ended, how long attempts took, and what was queued', async () => {
  const { clock, depths, history, meter } = world()
  for (const ms of [10, 30]) meter.attempted('mom1', ms)
  for (let i = 0; i < 5; i += 1) meter.settled('mom1', 100)
  depths.set('mom1', 7)
  await clock.advance(10_000)
  await clock.advance(10_000)
  expect(history.of('mom1', '1h')).toMatchObject([
    { queued: 7, perSecond: 0.5, ms: 20, mostMs: 30 },
    { queued: 7, perSecond: 0, ms: null, mostMs: null },
  ])
})

test('of the relay as a whole it says what was taken in', async () => {
  const { clock, depths, history, meter } = world()
  depths.set('mom1', 3)
  for (let i = 0; i < 20; i += 1) meter.received('alert', 2)
  await clock.advance(10_000)
  expect(history.of(undefined, '1h')).toMatchObject([{ queued: 3, perSecond: 2, ms: 2 }])
})

test('an hour is kept in steps of ten seconds, a day in steps of five minutes, and no more', async () => {
  const { clock, history, meter } = world()
  for (let i = 0; i < 400; i += 1) {
    meter.settled('mom1', 1)
    await clock.advance(10_000)
  }
  expect(history.of('mom1', '1h')).toHaveLength(360)
  expect(history.of('mom1', '24h')).toHaveLength(13)
  expect(history.of('mom1', '24h')[0]).toMatchObject({ perSecond: 0.1 })
})

test('a destination that is taken out is forgotten', async () => {
  const { clock, names, history } = world()
  await clock.advance(10_000)
  names.pop()
  await clock.advance(10_000)
  expect(history.of('mom1', '1h')).toEqual([])
})
