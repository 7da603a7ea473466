import { expect, test } from 'vitest'
import type { Level } from '../../src/base/log.js'
import { createLogLevel } from '../../src/base/log-level.js'
import { createFakeClock } from '../support/fake-clock.js'

const MINUTE_MS = 60_000

function world() {
  const clock = createFakeClock()
  const applied: Level[] = []
  const level = createLogLevel({ configured: 'info', apply: (to) => void applied.push(to), clock })
  return { clock, applied, level }
}

test('a level for a while is as configured again when it is over', async () => {
  const { clock, applied, level } = world()
  const until = clock.now() + 10 * MINUTE_MS
  level.set('debug', until)
  expect(level.read()).toEqual({ level: 'debug', configured: 'info', until })
  await clock.advance(10 * MINUTE_MS - 1)
  expect(applied).toEqual(['debug'])
  await clock.advance(1)
  expect(applied).toEqual(['debug', 'info'])
  expect(level.read()).toEqual({ level: 'info', configured: 'info', until: undefined })
})

test('a level that is set again meanwhile is not undone by the first one’s end', async () => {
  const { clock, applied, level } = world()
  level.set('debug', clock.now() + MINUTE_MS)
  level.set('warn', undefined)
  await clock.advance(2 * MINUTE_MS)
  expect(applied).toEqual(['debug', 'warn'])
  level.set('debug', clock.now() + MINUTE_MS)
  level.stop()
  await clock.advance(2 * MINUTE_MS)
  expect(applied).toEqual(['debug', 'warn', 'debug'])
})
