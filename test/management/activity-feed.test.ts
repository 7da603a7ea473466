import { expect, test } from 'vitest'
import { createActivity, HAPPENINGS_KEPT } from '../../src/base/activity.js'
import { type FeedEvent, type FeedOptions, follow } from '../../src/management/operator/activity-feed.js'
import { createFakeClock } from '../support/fake-clock.js'

function feed() {
  const clock = createFakeClock()
  const activity = createActivity('b', clock.now)
  const gone = new AbortController()
  const read = (options: FeedOptions) => follow({ activity, clock }, options, gone.signal)
  return { clock, activity, gone, read }
}

const shown = (events: readonly FeedEvent[] | undefined) =>
  (events ?? []).map((event) => (event.kind === 'happening' ? JSON.parse(event.data) : event))

const next = async (reader: ReturnType<typeof follow>) => shown((await reader.next()).value ?? [])

test('a line of the log is told as it is, with its id, and nothing it says can pass for that', async () => {
  const { activity, read } = feed()
  const reader = read({ last: 5 })
  activity.note('warn', { destination: 'mom1', id: 'forged', level: 'forged' }, 'breaker changed')
  expect(await next(reader)).toEqual([
    { id: 'b-1', time: '1970-01-01T00:16:40.000Z', level: 'warn', what: 'breaker changed', destination: 'mom1' },
    { kind: 'quiet', id: 'b-1' },
  ])
})

test('what happens later comes later, and all that happened meanwhile comes together', async () => {
  const { clock, activity, read } = feed()
  const reader = read({})
  expect(await next(reader)).toEqual([{ kind: 'quiet', id: 'b-0' }])
  const waiting = next(reader)
  activity.note('info', { n: 1 }, 'told')
  expect(await waiting).toMatchObject([{ n: 1 }])
  const later = next(reader)
  for (const n of [2, 3]) activity.note('info', { n }, 'told')
  await clock.advance(100)
  expect(await later).toMatchObject([{ n: 2 }, { n: 3 }])
})

test('a reader that is too slow is told how much it has missed, and costs nobody anything', async () => {
  const { activity, read } = feed()
  const reader = read({})
  await next(reader)
  for (let n = 1; n <= HAPPENINGS_KEPT + 7; n += 1) activity.note('info', { n }, 'told')
  const [gap, first] = await next(reader)
  expect([gap, first]).toMatchObject([{ kind: 'gap', missed: 7, id: 'b-7' }, { n: 8 }])
})

test('who comes back after a restart is told so, and is given what there is', async () => {
  const { activity, read } = feed()
  activity.note('info', {}, 'relay started')
  expect(await next(read({ after: 'another-17' }))).toMatchObject([
    // from here on, should the connection break now
    { kind: 'gap', missed: null, id: 'b-0' },
    { what: 'relay started' },
  ])
})

test('who has missed nothing is answered at once too', async () => {
  const { activity, read } = feed()
  activity.note('info', {}, 'relay started')
  expect(await next(read({ after: 'b-1' }))).toEqual([{ kind: 'quiet', id: 'b-1' }])
})

test('where nothing happens the reader is told now and then that it is still connected', async () => {
  const { clock, read } = feed()
  const reader = read({})
  await next(reader)
  const waiting = next(reader)
  await clock.advance(15_000)
  expect(await waiting).toEqual([{ kind: 'quiet', id: 'b-0' }])
})

test('the reading ends when the reader goes, also where nothing happens', async () => {
  const { gone, read } = feed()
  const reader = read({})
  await next(reader)
  const waiting = reader.next()
  gone.abort()
  expect(await waiting).toMatchObject({ done: true })
})

test.each([
  [{ destination: 'mom1' }, [1, 2]],
  [{ destination: 'mom2' }, [1, 3]],
  [{ alert: 'abc' }, [1, 2]],
  [{ message: 'm3' }, [3]],
  [{ level: 'warn' }, [3, 4]],
  [{ text: 'REFUSED' }, [3]],
  [{ text: 'mom2', level: 'warn' }, [3]],
  [{ destination: 'nobody' }, []],
] as const)('of the feed only %j is told', async (filter, expected) => {
  const { activity, read } = feed()
  activity.note('info', { n: 1, alert: 'abcd', message: 'm1', queued: ['mom1', 'mom2'] }, 'message accepted')
  activity.note('info', { n: 2, alert: 'abcd', message: 'm1', destination: 'mom1' }, 'delivery attempted')
  activity.note('warn', { n: 3, message: 'm3', destination: 'mom2', note: 'connection refused' }, 'delivery attempted')
  activity.note('error', { n: 4 }, 'store unavailable')
  const told = await next(read({ last: 10, ...filter }))
  expect(told.filter(({ n }) => n !== undefined).map(({ n }) => n)).toEqual(expected)
})
