import { expect, onTestFinished, test } from 'vitest'
import { createPulse, type Look } from '../../src/management/pulse.js'
import { createFakeClock } from '../support/fake-clock.js'

interface Part {
  event: string
  name: string
  is: object
}

function world(parts: Part[], boot = 'boot') {
  const clock = createFakeClock()
  const seen = { looks: 0, failures: [] as string[] }
  const look: Look = async () => {
    seen.looks += 1
    return structuredClone(parts)
  }
  const pulse = createPulse({ look, boot, clock, failed: (error) => seen.failures.push(error.message) })
  pulse.start()
  onTestFinished(() => pulse.stop())
  const read = (after?: string) => {
    const gone = new AbortController()
    const lines = pulse.follow(after, gone.signal)
    return {
      /** what is told next that is more than a beat */
      async next(): Promise<string[]> {
        for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
          const next = lines.next()
          await clock.advance(1_000)
          const events = eventsOf((await next).value ?? '').filter((event) => !event.startsWith('beat'))
          if (events.length > 0) return events
        }
        return []
      },
      leave: () => gone.abort(),
      lines,
    }
  }
  return { clock, pulse, seen, read }
}

const MOST_LOOKS = 5

const eventsOf = (text: string): string[] =>
  [...text.matchAll(/(?:id: (.*)\n)?event: (.*)\ndata: (.*)\n\n/g)].map(([, id, event, data]) =>
    [event, data === '{}' ? '' : data, id ?? ''].filter((part) => part !== '').join(' '),
  )

const mom = (name: string, queued: number): Part => ({ event: 'destination', name, is: { name, queued } })

test('who comes gets all of it, and then only what has changed', async () => {
  const parts = [mom('a', 0), mom('b', 0)]
  const { read } = world(parts)
  const reader = read()
  expect(await reader.next()).toEqual([
    'all',
    'destination {"name":"a","queued":0}',
    'destination {"name":"b","queued":0}',
  ])
  parts[1] = mom('b', 5)
  expect(await reader.next()).toEqual(['destination {"name":"b","queued":5}'])
  expect(await reader.next()).toEqual([])
})

test('who comes back is told what has changed meanwhile; after a restart, all of it', async () => {
  const parts = [mom('a', 0), mom('b', 0)]
  const { read } = world(parts)
  const first = read()
  await first.next()
  parts[0] = mom('a', 1)
  await first.next()
  expect(await read('boot-1').next()).toContain('destination {"name":"a","queued":1}')
  expect(await read('boot-1').next()).not.toContain('destination {"name":"b","queued":0}')
  expect(await read('another-1').next()).toContain('all')
})

test('who is slow misses nothing of how it is, and nothing piles up for them', async () => {
  const parts = [mom('a', 0)]
  const { clock, read } = world(parts)
  const slow = read()
  await slow.next()
  for (let queued = 1; queued <= 100; queued += 1) {
    parts[0] = mom('a', queued)
    await clock.advance(1_000)
  }
  const told = await slow.next()
  expect(told.filter((line) => line.startsWith('destination'))).toEqual(['destination {"name":"a","queued":100}'])
})

test('what is no longer there is told once, and to nobody who comes later', async () => {
  const parts = [mom('a', 0), mom('b', 0)]
  const { read } = world(parts)
  const reader = read()
  await reader.next()
  parts.pop()
  expect(await reader.next()).toEqual(['gone {"key":"destination b"}'])
  expect((await read().next()).filter((line) => /gone|"b"/.test(line))).toEqual([])
  parts.push(mom('b', 7))
  expect(await reader.next()).toContain('destination {"name":"b","queued":7}')
})

test('nobody looks while nobody reads, and many readers cost one look', async () => {
  const { clock, pulse, read, seen } = world([mom('a', 0)])
  await clock.advance(60_000)
  expect(seen.looks).toBe(0)
  const readers = Array.from({ length: 200 }, () => read())
  const texts = readers.map(({ lines }) => lines.next())
  await clock.advance(1_000)
  await Promise.all(texts)
  expect(seen.looks).toBeLessThanOrEqual(2)
  expect(pulse.readers()).toBe(200)
  for (const { leave, lines } of readers) {
    leave()
    await lines.return(undefined)
  }
  expect(pulse.readers()).toBe(0)
  const before = seen.looks
  await clock.advance(60_000)
  expect(seen.looks).toBeLessThanOrEqual(before + 1)
})

test('a look that fails is told in the log, and the next one goes on', async () => {
  let fails = true
  const clock = createFakeClock()
  const failures: string[] = []
  const look: Look = async () => {
    if (fails) throw new Error('the store is closed')
    return [mom('a', 0)]
  }
  const pulse = createPulse({ look, boot: 'b', clock, failed: (error) => failures.push(error.message) })
  pulse.start()
  onTestFinished(() => pulse.stop())
  const lines = pulse.follow(undefined, new AbortController().signal)
  const first = lines.next()
  await clock.advance(3_000)
  expect(failures).toContain('the store is closed')
  fails = false
  await clock.advance(1_000)
  expect((await first).value).toContain('"name":"a"')
})

test('the end of the relay ends all that is read', async () => {
  const { pulse, read } = world([mom('a', 0)])
  const { lines } = read()
  const next = lines.next()
  await pulse.stop()
  expect((await next).done).toBe(true)
})
