import { expect, test } from 'vitest'
import { createCensus } from '../../src/management/metrics/census.js'
import { createThrifty } from '../../src/management/metrics/thrifty.js'
import type { CensusSlice } from '../../src/store/vitals.js'
import { createFakeClock } from '../support/fake-clock.js'

test('what took a second to read is not read again for a hundred seconds', async () => {
  const clock = createFakeClock()
  let reads = 0
  const read = createThrifty(async () => {
    reads += 1
    await clock.advance(1_000)
    return reads
  }, clock)
  expect(await Promise.all([read(), read()])).toEqual([1, 1])
  await clock.advance(99_000)
  expect(await read()).toBe(1)
  await clock.advance(2_000)
  expect(await read()).toBe(2)
})

test('a reading that failed is tried again at once', async () => {
  const clock = createFakeClock()
  const answers = [() => Promise.reject(new Error('locked')), async () => 'well']
  const read = createThrifty(async () => (answers.shift() as () => Promise<string>)(), clock)
  await expect(read()).rejects.toThrow('locked')
  expect(await read()).toBe('well')
})

test('alerts are counted slice by slice, at most once a minute; a status that nobody has any more is 0', async () => {
  const clock = createFakeClock()
  const slices: CensusSlice[] = [
    {
      counts: [
        ['open', 4_000],
        ['ack', 1_000],
      ],
      next: 7,
    },
    { counts: [['open', 1]], next: undefined },
    { counts: [['open', 2]], next: undefined },
  ]
  const asked: number[] = []
  const census = createCensus(
    {
      async census(after) {
        asked.push(after)
        return slices.shift() as CensusSlice
      },
    },
    clock,
  )
  expect(await census()).toEqual(
    new Map([
      ['open', 4_001],
      ['ack', 1_000],
    ]),
  )
  expect(await census()).toEqual(await census())
  expect(asked).toEqual([0, 7])
  await clock.advance(60_000)
  // who asks first gets what was counted before, and has it counted again
  expect(await census()).toEqual(
    new Map([
      ['open', 4_001],
      ['ack', 1_000],
    ]),
  )
  await clock.advance(1)
  expect(await census()).toEqual(
    new Map([
      ['open', 2],
      ['ack', 0],
    ]),
  )
})
