import { expect, onTestFinished, test } from 'vitest'
import { createCounters } from '../../src/base/counters.js'
import { judge } from '../../src/config/rules.js'
import { configSchema } from '../../src/config/schema.js'
import { selfAlertRules } from '../../src/delivery/self-alert.js'
import { createSelfWatch, type SelfWatchDeps } from '../../src/delivery/self-watch.js'
import type { Trouble } from '../../src/delivery/trouble.js'
import { createFakeClock } from '../support/fake-clock.js'

const MINUTE = 60_000

const failing = (about: string, value = 'failing'): Trouble => ({
  ...{ event: 'DestinationNotFlowing', about, level: 'severe', value },
  text: `${about} gets nothing`,
})
const filling = (about: string, level: Trouble['level']): Trouble => ({
  ...{ event: 'QueueFilling', about, level },
  value: level,
  text: 'it fills up',
})

/** A watch whose troubles are those in `now`, and what it posted: "DestinationNotFlowing relay1/mom1 major". */
async function watching(more: Partial<SelfWatchDeps> & { settings?: object } = {}) {
  const clock = createFakeClock()
  const posts: string[] = []
  const lines: string[] = []
  const now: Trouble[] = []
  const line = (fields: object, text: string) => void lines.push(`${text} ${JSON.stringify(fields)}`)
  const { settings, ...parts } = more
  const config = configSchema.parse({ base_url: 'http://relay1/api', self_alerts: settings ?? {} })
  const watch = createSelfWatch({
    config,
    look: async () => now,
    post: async ({ event, resource, severity }, notTo) => {
      posts.push([event, resource, severity, ...(notTo === undefined ? [] : [`not to ${notTo}`])].join(' '))
      return { kind: 'taken' }
    },
    alerts: { page: async () => [] },
    clock,
    log: { debug: line, info: line, warn: line, error: line },
    counters: createCounters(),
    ...parts,
  })
  watch.start()
  onTestFinished(async () => {
    const stopped = watch.stop()
    await clock.advance(MINUTE)
    await stopped
  })
  const set = (...troubles: Trouble[]) => now.splice(0, now.length, ...troubles)
  return { clock, posts, lines, set }
}

const RAISED = 'DestinationNotFlowing relay1/api/mom1 major'
const CLEARED = 'DestinationNotFlowing relay1/api/mom1 normal'

test('a trouble is told after a minute, once, and its end after a minute too', async () => {
  const { clock, posts, set } = await watching()
  set(failing('mom1'))
  await clock.advance(55_000)
  expect(posts).toEqual([])
  await clock.advance(10_000)
  expect(posts).toEqual([RAISED])
  await clock.advance(60 * MINUTE)
  expect(posts).toEqual([RAISED])
  set()
  await clock.advance(55_000)
  expect(posts).toEqual([RAISED])
  await clock.advance(10_000)
  expect(posts).toEqual([RAISED, CLEARED])
  await clock.advance(60 * MINUTE)
  expect(posts).toHaveLength(2)
})

test('what comes and goes within a minute is not told', async () => {
  const { clock, posts, set } = await watching()
  for (let i = 0; i < 20; i += 1) {
    set(failing('mom1'))
    await clock.advance(45_000)
    set()
    await clock.advance(45_000)
  }
  expect(posts).toEqual([])
})

test('other words for the same trouble are no other trouble', async () => {
  const { clock, posts, set } = await watching()
  set(failing('mom1'))
  await clock.advance(45_000)
  set(failing('mom1', 'suspended'))
  await clock.advance(25_000)
  expect(posts).toEqual([RAISED])
})

test('a destination that stops is told at once, although a lesser thing about it was told just before', async () => {
  const { clock, posts, set } = await watching()
  set(filling('mom1', 'warning'))
  await clock.advance(65_000)
  set(filling('mom1', 'warning'), failing('mom1'))
  await clock.advance(65_000)
  expect(posts).toEqual(['QueueFilling relay1/api/mom1 warning', RAISED])
})

test('one destination raises at most one alert in ten minutes, whatever happens to it; ends always get through', async () => {
  const { clock, posts, set } = await watching()
  set(failing('mom1'))
  await clock.advance(65_000)
  set(failing('mom1'), filling('mom1', 'warning'), failing('mom2'))
  await clock.advance(5 * MINUTE)
  expect(posts).toEqual([RAISED, 'DestinationNotFlowing relay1/api/mom2 major'])
  set(filling('mom1', 'warning'), failing('mom2'))
  await clock.advance(2 * MINUTE)
  expect(posts.slice(2)).toEqual([CLEARED])
  await clock.advance(5 * MINUTE)
  expect(posts.slice(3)).toEqual(['QueueFilling relay1/api/mom1 warning'])
})

test('a trouble that gets worse is told again', async () => {
  const { clock, posts, set } = await watching({ settings: { severity: 'critical', warning_severity: 'minor' } })
  set(filling('mom1', 'warning'))
  await clock.advance(2 * MINUTE)
  set(filling('mom1', 'severe'))
  await clock.advance(20 * MINUTE)
  set()
  await clock.advance(2 * MINUTE)
  expect(posts.map((line) => line.split(' ')[2])).toEqual(['minor', 'critical', 'normal'])
})

test('a destination that flaps for hours raises six alerts an hour at most, and none stays open', async () => {
  const { clock, posts, set } = await watching()
  for (let i = 0; i < 60; i += 1) {
    set(failing('mom1'))
    await clock.advance(65_000)
    set()
    await clock.advance(65_000)
  }
  await clock.advance(20 * MINUTE)
  const raised = posts.filter((post) => post === RAISED).length
  expect(raised).toBeGreaterThan(5)
  expect(raised).toBeLessThanOrEqual((60 * 130_000) / (10 * MINUTE) + 1)
  expect(posts.filter((post) => post === CLEARED)).toHaveLength(raised)
  expect(posts.at(-1)).toBe(CLEARED)
})

test('an alert that an earlier run left open is ended when the trouble is over, those of others are not', async () => {
  const state = (resource: string, more: object = {}) =>
    ({
      state: { event: 'DestinationNotFlowing', resource, severity: 'major', status: 'open', ...more },
      history: [],
    }) as never
  const page = async () => [
    state('relay1/api/mom1'),
    state('relay1/api/mom2', { status: 'ack' }),
    state('relay2/mom1'),
    state('relay1/api/mom3', { status: 'closed', severity: 'normal' }),
  ]
  const { clock, posts, set } = await watching({ alerts: { page } })
  set(failing('mom2'))
  await clock.advance(5 * MINUTE)
  expect(posts).toEqual([CLEARED])
  set()
  await clock.advance(5 * MINUTE)
  expect(posts).toEqual([CLEARED, CLEARED.replace('mom1', 'mom2')])
})

test('where the full queue of the destination keeps the alert back, it goes to all others', async () => {
  const posts: (string | undefined)[] = []
  const { clock, set } = await watching({
    post: async (_alert, notTo) => {
      posts.push(notTo)
      return { kind: notTo === undefined ? 'later' : 'taken' }
    },
  })
  set(failing('mom1'))
  await clock.advance(5 * MINUTE)
  expect(posts).toEqual([undefined, 'mom1'])
})

test('what cannot be posted now is posted later, what is refused is said once in the log', async () => {
  let answer: { kind: 'later' } | { kind: 'refused'; why: string } = { kind: 'later' }
  const { clock, lines, set } = await watching({ post: async () => answer })
  set(failing('mom1'))
  await clock.advance(5 * MINUTE)
  expect(lines).toEqual([])
  answer = { kind: 'refused', why: '[POLICY] no' }
  await clock.advance(30 * MINUTE)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/^self alert refused .*POLICY/)
})

test('switched off it says nothing', async () => {
  const { clock, posts, set } = await watching({ settings: { enabled: false } })
  set(failing('mom1'))
  await clock.advance(30 * MINUTE)
  expect(posts).toEqual([])
})

test('a clock that jumps makes no trouble a minute old', async () => {
  const { clock, posts, set } = await watching()
  set(failing('mom1'))
  await clock.advance(20_000)
  clock.jump(60 * MINUTE)
  await clock.advance(20_000)
  expect(posts).toEqual([])
})

test('a site with names of its own for severities gets these', () => {
  const severities = { fatal: 0, bad: 3, odd: 5, fine: 8, chatter: 9 }
  const config = configSchema.parse({ alerts: { severities, normal_severity: 'fine' } })
  expect(judge(config).problems.filter(({ path }) => path[0] === 'self_alerts')).toEqual([])
  expect(selfAlertRules(config)).toMatchObject({
    severities: { severe: 'fatal', warning: 'odd' },
    normalSeverity: 'fine',
  })
  const named = { ...config, self_alerts: { ...config.self_alerts, severity: 'bad', warning_severity: 'none' } }
  expect(judge(named).problems.filter(({ path }) => path[0] === 'self_alerts')).toMatchObject([
    { path: ['self_alerts', 'warning_severity'] },
  ])
  expect(selfAlertRules(named).severities.severe).toBe('bad')
})
