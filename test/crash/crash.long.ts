import { afterEach, expect, test } from 'vitest'
import { figures, run } from './run.js'
import { whole } from './whole.js'
import { endWorlds } from './world.js'

const strikes = whole('STRIKES', 300)
const messages = whole('MESSAGES', 200_000)
const seed = whole('SEED', Date.now() % 2 ** 32)
const senders = whole('SENDERS', 32)
const DRAIN_MS = 1_200_000
const TELL_EVERY = 20

function tell(done: number, answered: number): void {
  if (done % TELL_EVERY === 0) process.stdout.write(`strike ${done}, ${answered} messages answered\n`)
}

afterEach(endWorlds)

test(`${strikes} strikes over ${messages} messages, seed ${seed}`, async () => {
  const report = await run({ strikes, messages, senders, seed, drainMs: DRAIN_MS, struck: tell })
  process.stdout.write(`${figures(report, seed)}\n`)
  expect(report.faults.slice(0, 50)).toEqual([])
  expect(report.answered).toBe(messages)
})
