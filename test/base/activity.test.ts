import { expect, test } from 'vitest'
import { createActivity, HAPPENINGS_KEPT, teeLog } from '../../src/base/activity.js'
import type { Log } from '../../src/base/log.js'

const noteAll = (activity: ReturnType<typeof createActivity>, from: number, to: number) => {
  for (let n = from; n <= to; n += 1) activity.note('info', { n }, 'told')
}
const numbers = (since: { happenings: readonly { fields: Readonly<Record<string, unknown>> }[] }) =>
  since.happenings.map(({ fields }) => fields.n)

test('who comes back with its place goes on exactly there', () => {
  const activity = createActivity('boot1', () => 7)
  noteAll(activity, 1, 5)
  const first = activity.after('boot1-0', 3)
  expect([numbers(first), first.missed, first.place]).toEqual([[1, 2, 3], 0, 'boot1-3'])
  expect(first.happenings[2]).toEqual({ id: 'boot1-3', at: 7, level: 'info', text: 'told', fields: { n: 3 } })
  const rest = activity.after(first.place, 100)
  expect([numbers(rest), rest.missed, rest.place]).toEqual([[4, 5], 0, 'boot1-5'])
  expect(activity.after(rest.place, 100)).toMatchObject({ happenings: [], missed: 0, place: 'boot1-5' })
})

test('who was away for too long is told how many it has missed', () => {
  const activity = createActivity('boot1', () => 0)
  noteAll(activity, 1, HAPPENINGS_KEPT + 40)
  const since = activity.after('boot1-10', HAPPENINGS_KEPT)
  expect(since.missed).toBe(30)
  expect(numbers(since)[0]).toBe(41)
  expect(since.happenings).toHaveLength(HAPPENINGS_KEPT)
})

test('a place of another run, or one that never was, is told apart from having missed nothing', () => {
  const activity = createActivity('boot2', () => 0)
  noteAll(activity, 1, 2)
  for (const place of ['boot1-2', 'boot2-3', 'nonsense', 'boot2--1']) {
    const since = activity.after(place, 10)
    expect([place, since.missed, numbers(since)]).toEqual([place, null, [1, 2]])
  }
  expect(activity.after(undefined, 10)).toEqual({ happenings: [], missed: 0, from: 'boot2-2', place: 'boot2-2' })
})

test('what happens between a look and the wait for more is not slept through', () => {
  const activity = createActivity('boot1', () => 0)
  const more = activity.more()
  expect(activity.after(undefined, 10).happenings).toEqual([])
  noteAll(activity, 1, 1)
  expect(more.aborted).toBe(true)
})

test('the feed has what matters of the log, and refused credentials, whatever the level of the log', () => {
  const lines: string[] = []
  const write = (level: string) => (_: object, text: string) => void lines.push(`${level} ${text}`)
  const log: Log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  const activity = createActivity('b', () => 0)
  const tee = teeLog(log, activity)
  tee.debug({}, 'request refused')
  tee.debug({}, 'credential refused')
  tee.info({}, 'message accepted')
  tee.warn({}, 'breaker changed')
  tee.error({}, 'request failed')
  const told = activity.after('b-0', 10).happenings.map(({ level, text }) => `${level} ${text}`)
  expect(told).toEqual(lines.filter((line) => line !== 'debug request refused'))
  expect(lines).toHaveLength(5)
})
