import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { createDice } from '../crash/dice.js'
import { createSenders } from '../crash/senders.js'
import { whole } from '../crash/whole.js'
import { createWorld, endWorlds, type World } from '../crash/world.js'
import { growth, perMinute } from './growth.js'
import { outages } from './outages.js'
import { heading, line, type Sample, takeSample } from './sample.js'

const minutes = whole('SOAK_MINUTES', 20)
/** Messages a second: what the relay does beside three destinations and the senders on a small machine, with room. */
const rate = whole('SOAK_RATE', 200)
const seed = whole('SEED', Date.now() % 2 ** 32)
const SENDERS = 24
const EVERY_MS = 5_000
const TELL_EVERY_S = 60
const DRAIN_MS = 120_000
/** Nobody waits for minutes after an outage of 15 s: the waits between attempts stay below it. */
const BACKOFF = { first: '500ms', ceiling: '2s' }

/** Destinations fast enough to catch up between two outages. */
const THINK_MS = 2

afterEach(endWorlds)

const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** Until the signal, and once more after it. */
async function watch(world: World, answered: () => number, signal: AbortSignal): Promise<Sample[]> {
  const samples: Sample[] = []
  const startedAt = Date.now()
  let tellAt = 0
  say(heading)
  while (!signal.aborted) {
    const at = (Date.now() - startedAt) / 1_000
    const sample = await takeSample(world.relay, world.database, { at, answered: answered() })
    samples.push(sample)
    if (at >= tellAt) {
      say(line(sample))
      tellAt += TELL_EVERY_S
    }
    await systemClock.until(Date.now() + EVERY_MS, signal)
  }
  return samples
}

test(`${minutes} minutes of ${rate} messages a second, seed ${seed}: nothing grows`, async () => {
  const dice = createDice(seed)
  const world = await createWorld({ thinkMs: THINK_MS, config: { backoff: BACKOFF } })
  const load = createSenders({
    ...{ url: world.relay.url, senders: SENDERS, messages: rate * 60 * minutes, perSecond: rate, dice },
  })
  const over = new AbortController()
  const trouble = outages(world.destinations, dice, over.signal)
  const watching = watch(world, load.answered, over.signal)
  await load.run().finally(() => over.abort())
  const [times, samples] = await Promise.all([trouble, watching])
  await world.relay.drained(DRAIN_MS)
  const at = (samples.at(-1)?.at ?? 0) + EVERY_MS / 1_000
  const last = await takeSample(world.relay, world.database, { at, answered: load.answered() })
  say(line(last))
  const all = [...samples, last]
  const { faults, tally } = await world.audit(load.sent, DRAIN_MS)
  say(`outages ${times}, deliveries ${tally.delivered}, received twice ${tally.doubledAfterUnknown}`)
  say(`memory ${perMinute(all, ({ memory }) => memory).toFixed(2)} MiB a minute in the second half`)
  say(`WAL at most ${Math.max(...all.map(({ wal }) => wal)).toFixed(1)} MiB`)
  say(`oldest delivery at most ${Math.max(...all.map(({ oldest }) => oldest))} s`)
  expect(growth(all)).toEqual([])
  expect(faults.slice(0, 50)).toEqual([])
  expect(load.answered()).toBe(rate * 60 * minutes)
})
