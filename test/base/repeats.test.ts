import { expect, onTestFinished, test } from 'vitest'
import { createRepeats } from '../../src/base/repeats.js'
import { createFakeClock } from '../support/fake-clock.js'

function repeating() {
  const clock = createFakeClock()
  const lines: object[] = []
  const line = (fields: object, text: string) => void lines.push({ ...fields, text })
  const repeats = createRepeats({ clock, log: { debug: line, info: line, warn: line, error: line } })
  repeats.start()
  onTestFinished(async () => {
    const stopped = repeats.stop()
    await clock.advance(20_000)
    await stopped
  })
  return { clock, lines, repeats }
}

test('a sender with a wrong key at 100 requests a second is two lines', async () => {
  const { clock, lines, repeats } = repeating()
  const firsts: boolean[] = []
  for (let i = 0; i < 1_000; i += 1) {
    firsts.push(repeats.first('credential refused', { sender: '10.0.0.1' }))
    await clock.advance(10)
  }
  expect(firsts.filter(Boolean)).toEqual([true])
  expect(firsts[0]).toBe(true)
  expect(lines).toEqual([])
  await clock.advance(75_000)
  expect(lines).toEqual([
    { what: 'credential refused', sender: '10.0.0.1', times: 1_000, ms: 9_990, text: 'repetition ended' },
  ])
  expect(repeats.first('credential refused', { sender: '10.0.0.1' })).toBe(true)
})

test('two senders are two, and what happened once has no end', async () => {
  const { clock, lines, repeats } = repeating()
  expect(repeats.first('credential refused', { sender: 'a' })).toBe(true)
  expect(repeats.first('credential refused', { sender: 'b' })).toBe(true)
  expect(repeats.first('message refused', { sender: 'a' })).toBe(true)
  await clock.advance(120_000)
  expect(lines).toEqual([])
})

test('who tries from thousands of addresses gets a bounded number of lines', () => {
  const { repeats } = repeating()
  const lines = Array.from({ length: 10_000 }, (_, i) => repeats.first('credential refused', { sender: `${i}` }))
  expect(lines.filter(Boolean)).toHaveLength(256)
})
