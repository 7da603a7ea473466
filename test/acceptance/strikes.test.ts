import { afterEach, expect, test } from 'vitest'
import { figures, run } from '../crash/run.js'
import { endWorlds } from '../crash/world.js'

afterEach(endWorlds)

/** The short form of `npm run crash`. */
test('kill -9 at random moments: what was answered arrives, in order, and twice only after an unknown attempt', async () => {
  const seed = Date.now() % 2 ** 32
  const report = await run({ strikes: 8, messages: 3_000, senders: 16, seed, drainMs: 30_000 })
  process.stdout.write(`${figures(report, seed)}\n`)
  expect(report.faults).toEqual([])
  expect(report.answered).toBe(3_000)
  expect(report.tally.owed, 'something was owed to every destination').toBeGreaterThan(6_000)
})
