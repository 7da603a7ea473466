import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { createStops } from '../../src/egress/stops.js'

test('a signal stops all that is under way, each once, and nothing that is over', () => {
  const stops = createStops()
  const stopping = new AbortController()
  const stopped: string[] = []
  const add = (name: string) => stops.add(stopping.signal, () => stopped.push(name))
  const over = add('over')
  add('first')
  add('second')
  over()
  stopping.abort()
  expect(stopped).toEqual(['first', 'second'])
})

test('a signal has one listener while something is under way, and none afterwards: Node keeps it in memory as long', () => {
  const stops = createStops()
  const { signal } = new AbortController()
  const listeners = () => getEventListeners(signal, 'abort').length
  const ends = Array.from({ length: 50 }, () => stops.add(signal, () => {}))
  expect(listeners()).toBe(1)
  for (const end of ends) end()
  expect(listeners()).toBe(0)
  stops.add(signal, () => {})()
  expect(listeners()).toBe(0)
})

test('clients of many destinations may share a signal without a warning of Node', async () => {
  const warnings: string[] = []
  const note = ({ name }: Error) => void warnings.push(name)
  process.on('warning', note)
  const { signal } = new AbortController()
  for (let client = 0; client < 20; client += 1) createStops().add(signal, () => {})
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', note)
  expect(warnings).toEqual([])
})
