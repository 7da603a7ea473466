import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { type Clock, iso } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { duration } from '../config/fields.js'
import { LONGEST_HOLD_MS } from '../model/gate.js'
import type { Store } from '../store/contract.js'
import type { LetterSelection } from '../store/dead-letters.js'
import { asked, named } from './asked.js'
import { destinationStatus, letterShown, type WorkerState } from './status.js'

/** What operators do with a destination (delivery/dispatcher.ts). */
export interface Control {
  state(): WorkerState
  /** `until`: epoch ms; undefined: until it is released */
  hold(why: string, until: number | undefined): void
  /** False where it flows. */
  release(): boolean
  retryNow(): Promise<void>
  wake(): void
}

export interface DestinationsDeps {
  readonly controls: ReadonlyMap<string, Control>
  readonly store: Pick<Store, 'status' | 'letters'>
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
}

const LETTERS_SHOWN = 50

const holdSchema = z.strictObject({
  reason: z.string().trim().min(1, 'tell why: others will ask').max(500),
  for: duration.refine((ms) => ms > 0 && ms <= LONGEST_HOLD_MS, 'at most 30d; leave it out for longer').optional(),
})

const selectionSchema = z.strictObject({
  messages: z.array(z.uuid()).max(1_000).default([]),
  reason: z.string().min(1).nullable().default(null),
  since: duration.optional(),
})
const replaySchema = selectionSchema.extend({ asWas: z.boolean().default(false) })
const discardSchema = selectionSchema.extend({ why: z.string().trim().min(1).max(500).default('discarded') })

/** Holds, releases and retries of destinations, and what becomes of their dead letters. */
export function serveDestinations(app: Hono, { controls, store, clock, log }: DestinationsDeps): void {
  const control = (c: Context): readonly [name: string, control: Control] => {
    const name = named(c, controls.keys())
    return [name, controls.get(name) as Control]
  }
  const told = async (name: string) => {
    const queue = (await store.status()).find(({ destination }) => destination === name)
    const worker = controls.get(name)?.state()
    return queue === undefined ? null : destinationStatus(queue, worker, clock.now())
  }

  app.get('/destinations', async (c) => {
    const queues = await store.status()
    const now = clock.now()
    const destinations = queues.map((queue) => destinationStatus(queue, controls.get(queue.destination)?.state(), now))
    return c.json({ status: 'ok', destinations })
  })
  app.post('/destinations/:destination/hold', async (c) => {
    const [destination, { hold }] = control(c)
    const { reason, for: ms } = await asked(c, holdSchema)
    hold(reason, ms === undefined ? undefined : clock.now() + ms)
    log.info({ command: 'hold', destination, reason, ms }, 'operator command')
    return c.json({ status: 'ok', destination: await told(destination) })
  })
  app.post('/destinations/:destination/release', async (c) => {
    const [destination, { release }] = control(c)
    const released = release()
    log.info({ command: 'release', destination, released }, 'operator command')
    return c.json({ status: 'ok', released, destination: await told(destination) })
  })
  app.post('/destinations/:destination/retry', async (c) => {
    const [destination, { retryNow }] = control(c)
    await retryNow()
    log.info({ command: 'retry', destination }, 'operator command')
    return c.json({ status: 'ok', destination: await told(destination) })
  })
  app.post('/destinations/:destination/dead', async (c) => {
    const [destination] = control(c)
    const selection = selectionOf(await asked(c, selectionSchema))
    const reasons = await store.letters.byReason(destination, selection)
    const letters = await store.letters.list(destination, selection, LETTERS_SHOWN)
    return c.json({
      status: 'ok',
      total: reasons.reduce((sum, { count }) => sum + count, 0),
      reasons: reasons.map(({ firstAt, lastAt, ...one }) => ({ ...one, first: iso(firstAt), last: iso(lastAt) })),
      letters: letters.map(letterShown),
    })
  })
  app.post('/destinations/:destination/replay', async (c) => {
    const [destination, { wake }] = control(c)
    const { asWas, ...chosen } = await asked(c, replaySchema)
    const replayed = await store.letters.replay(destination, selectionOf(chosen), asWas, clock.now())
    wake()
    log.info({ command: 'replay', destination, ...chosen, ...replayed }, 'operator command')
    return c.json({ status: 'ok', replayed })
  })
  app.post('/destinations/:destination/discard', async (c) => {
    const [destination] = control(c)
    const { why, ...chosen } = await asked(c, discardSchema)
    const discarded = await store.letters.discard(destination, selectionOf(chosen), why)
    log.info({ command: 'discard', destination, why, ...chosen, discarded }, 'operator command')
    return c.json({ status: 'ok', discarded })
  })

  function selectionOf({ messages, reason, since }: z.output<typeof selectionSchema>): LetterSelection {
    return { messages, reason, since: since === undefined ? null : clock.now() - since }
  }
}
