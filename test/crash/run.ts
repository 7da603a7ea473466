import type { Verdict } from './audit.js'
import { createDice } from './dice.js'
import { createSenders } from './senders.js'
import { type Kills, strike } from './strikes.js'
import { createWorld } from './world.js'

export interface RunOptions {
  readonly strikes: number
  readonly messages: number
  readonly senders: number
  readonly seed: number
  /** how long the queues may take to drain when the strikes are over */
  readonly drainMs: number
  /** called after every strike, with the messages answered so far */
  readonly struck?: (strikes: number, answered: number) => void
}

export interface Report extends Verdict {
  readonly strikes: number
  readonly kills: Kills
  readonly answered: number
  /** requests without a good answer, which their senders sent again */
  readonly repeats: number
  readonly journalled: number
  readonly seconds: number
}

/** About what Alerta needs for a write; long enough for a kill to fall inside. */
const THINK_MS = 12

/** Loads a relay with concurrent senders while kill -9 strikes it, one of its destinations, or several; then audits. */
export async function run({ strikes, messages, senders, seed, drainMs, struck }: RunOptions): Promise<Report> {
  const since = performance.now()
  const dice = createDice(seed)
  const world = await createWorld({ thinkMs: THINK_MS })
  const { relay, destinations } = world
  const load = createSenders({ url: relay.url, senders, messages, dice })

  let failure: unknown
  const sending = load.run().catch((error) => {
    failure = error
  })
  const answered = (): number => {
    if (failure !== undefined) throw failure
    return load.answered()
  }
  try {
    const kills = await strike({
      ...{ relay, destinations, strikes, messages, answered, dice },
      struck: (done) => struck?.(done, answered()),
    })
    await sending
    answered()
    const { journal, ...verdict } = await world.audit(load.sent, drainMs)
    return {
      ...verdict,
      strikes,
      kills,
      answered: load.answered(),
      repeats: load.repeats(),
      journalled: journal.messages.length,
      seconds: Math.round((performance.now() - since) / 1_000),
    }
  } finally {
    load.stop()
  }
}

/** The figures of a report, for docs/reliability.md. */
export function figures({ tally, kills, faults, ...report }: Report, seed: number): string {
  const dead = Object.entries(kills).map(([name, times]) => `${name} ${times}`)
  const lost = faults.filter((fault) => fault.includes('lost')).length
  const disordered = faults.filter((fault) => fault.includes('out of order')).length
  return [
    `seed ${seed}, ${report.seconds} s`,
    `strikes ${report.strikes}, kill -9: ${dead.join(', ')}`,
    `messages answered 2xx ${report.answered}, journalled ${report.journalled}, requests repeated ${report.repeats}`,
    `deliveries owed ${tally.owed}: delivered ${tally.delivered}, dead ${tally.dead}, superseded ${tally.superseded}, folded ${tally.folded}`,
    `lost ${lost}, out of order ${disordered}, other faults ${faults.length - lost - disordered}`,
    `received twice: after an unknown attempt ${tally.doubledAfterUnknown}, sent twice ${tally.doubledBySender}`,
  ].join('\n')
}
