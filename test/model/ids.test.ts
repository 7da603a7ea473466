import { expect, test } from 'vitest'
import { randomIds } from '../../src/model/ids.js'

const ids = Array.from({ length: 1_000 }, () => randomIds.alertId())

test('ids of alerts look like those that Alerta makes, and no two begin alike', () => {
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(new Set(ids.map((id) => id.slice(0, 12))).size).toBe(ids.length)
})

test('by their ends ids of alerts are in the order in which they were made', () => {
  const ends = ids.map((id) => id.slice(24))
  expect(ends).toEqual(ends.toSorted())
  expect(Number.parseInt(ends.at(-1) ?? '', 16)).toBeGreaterThan(Date.UTC(2026, 0, 1))
})
