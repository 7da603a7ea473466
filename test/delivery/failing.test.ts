import { expect, test } from 'vitest'
import { createFailing } from '../../src/delivery/failing.js'
import type { Outcome } from '../../src/model/outcome.js'
import { createFakeClock } from '../support/fake-clock.js'

const refused: Outcome = { kind: 'retry', fault: 'destination', status: null, note: 'connection refused' }
const well: Outcome = { kind: 'delivered', status: 201, note: '' }

function failing() {
  const clock = createFakeClock()
  const lines: object[] = []
  const line = (fields: object, text: string) => void lines.push({ ...fields, text })
  const one = createFailing({ destination: 'mom1', clock, log: { debug: line, info: line, warn: line, error: line } })
  return { clock, lines, isNews: one.isNews }
}

test('a destination that is away for hours is one line at the beginning and one at the end', async () => {
  const { clock, lines, isNews } = failing()
  const news: boolean[] = []
  for (let i = 0; i < 500; i += 1) {
    news.push(isNews(refused))
    await clock.advance(60_000)
  }
  expect(news.filter(Boolean)).toHaveLength(1)
  expect(news[0]).toBe(true)
  expect(lines).toEqual([])
  expect(isNews(well)).toBe(true)
  expect(lines).toEqual([{ destination: 'mom1', failures: 500, ms: 500 * 60_000, text: 'destination answers again' }])
  expect(isNews(refused)).toBe(true)
})

test('another reason is told, but not again and again', () => {
  const { isNews } = failing()
  const because = (note: string) => isNews({ ...refused, note })
  expect(['a', 'a', 'b', 'a', 'b'].map(because)).toEqual([true, false, true, false, false])
  expect(['c', 'd', 'e', 'f', 'g'].map(because)).toEqual([true, true, true, false, false])
})

test('every success is told, and one failure between two makes no fuss', () => {
  const { lines, isNews } = failing()
  expect([well, well, refused, well].map(isNews)).toEqual([true, true, true, true])
  expect(lines).toEqual([])
})
