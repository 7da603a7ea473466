import { z } from 'zod'
import { type Clock, iso } from '../../base/clock.js'
import { duration } from '../../config/fields.js'
import { LONGEST_HOLD_MS } from '../../model/gate.js'
import type { Store } from '../../store/contract.js'
import type { LetterSelection } from '../../store/dead-letters.js'
import { destinationStatus, letterShown, type WorkerState } from '../status.js'
import { known } from './asked.js'
import type { Routes } from './routes.js'

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
}

const LETTERS_SHOWN = 50

const holdSchema = z.strictObject({
  reason: z.string().trim().min(1, 'tell why: others will ask').max(500),
  for: duration.refine((ms) => ms > 0 && ms <= LONGEST_HOLD_MS, 'at most 30d; leave it out for longer').optional(),
})

const selectionSchema = z.strictObject({
  messages: z.array(z.uuid('must be a whole message id, as dead, show and why print it')).max(1_000).default([]),
  reason: z.string().min(1).nullable().default(null),
  since: duration.optional(),
})
const replaySchema = selectionSchema.extend({ asWas: z.boolean().default(false) })
const discardSchema = selectionSchema.extend({ why: z.string().trim().min(1).max(500).default('discarded') })

const params = { destination: z.string() }
const refusals = { 404: 'there is no such destination' }
const when = z.iso.datetime()

/** As destinationStatus tells it; further members come with its state. */
const destination = z.looseObject({
  name: z.string(),
  state: z.string(),
  queued: z.int(),
  queuedBytes: z.int(),
  sending: z.int(),
  dead: z.int(),
  oldest: when.nullable(),
  oldestAgeSeconds: z.int().nullable(),
})
const reason = z.object({ reason: z.string(), count: z.int(), first: when, last: when })
const letter = z.object({
  message: z.string(),
  kind: z.string(),
  alert: z.string().nullable(),
  action: z.string().nullable(),
  acceptedAt: when,
  diedAt: when,
  attempts: z.int(),
  httpStatus: z.int().nullable(),
  reason: z.string().nullable(),
})

/** Holds, releases and retries of destinations, and what becomes of their dead letters. */
export function serveDestinations({ read, change }: Routes, { controls, store, clock }: DestinationsDeps): void {
  const control = (name: string): Control => controls.get(known(name, controls.keys())) as Control
  const told = async (name: string) => {
    const queue = (await store.status()).find(({ destination }) => destination === name)
    const worker = controls.get(name)?.state()
    return queue === undefined ? null : destinationStatus(queue, worker, clock.now())
  }
  const of = { params, refusals, answer: { destination: destination.nullable() } } as const

  read(
    {
      ...{ path: '/destinations', command: 'status', summary: 'What every destination is doing, and why it is not.' },
      answer: { destinations: z.array(destination) },
    },
    async () => {
      const now = clock.now()
      const queues = await store.status()
      return {
        destinations: queues.map((queue) => destinationStatus(queue, controls.get(queue.destination)?.state(), now)),
      }
    },
  )
  change(
    {
      ...{ ...of, method: 'post', path: '/destinations/{destination}/hold', command: 'hold', body: holdSchema },
      summary: 'Sends nothing more there; what is queued waits, and grows no older.',
    },
    async ({ params, body }) => {
      const { hold } = control(params.destination)
      hold(body.reason, body.for === undefined ? undefined : clock.now() + body.for)
      return { destination: await told(params.destination) }
    },
  )
  change(
    {
      ...{ ...of, method: 'post', path: '/destinations/{destination}/release', command: 'release' },
      summary: 'Ends a hold or a suspension.',
      answer: { ...of.answer, released: z.boolean() },
    },
    async ({ params, note }) => {
      const released = control(params.destination).release()
      note({ released })
      return { released, destination: await told(params.destination) }
    },
  )
  change(
    {
      ...{ ...of, method: 'post', path: '/destinations/{destination}/retry', command: 'retry' },
      summary: 'Tries now what waits for its next try.',
    },
    async ({ params }) => {
      await control(params.destination).retryNow()
      return { destination: await told(params.destination) }
    },
  )
  read(
    {
      ...{ method: 'post', path: '/destinations/{destination}/dead', command: 'dead', params, refusals },
      summary: 'The dead letters: how many for which reason, and the newest.',
      body: selectionSchema,
      answer: { total: z.int(), reasons: z.array(reason), letters: z.array(letter) },
    },
    async ({ params, body }) => {
      const destination = known(params.destination, controls.keys())
      const selection = selectionOf(body)
      const reasons = await store.letters.byReason(destination, selection)
      const letters = await store.letters.list(destination, selection, LETTERS_SHOWN)
      return {
        total: reasons.reduce((sum, { count }) => sum + count, 0),
        reasons: reasons.map(({ firstAt, lastAt, ...one }) => ({ ...one, first: iso(firstAt), last: iso(lastAt) })),
        letters: letters.map(letterShown),
      }
    },
  )
  change(
    {
      ...{ method: 'post', path: '/destinations/{destination}/replay', command: 'replay', params, refusals },
      summary: 'Sends dead letters again, as new messages; once for each batch, as long as `more` says so.',
      body: replaySchema,
      answer: { replayed: z.object({ asWas: z.int(), asNow: z.int(), covered: z.int(), more: z.boolean() }) },
    },
    async ({ params, body: { asWas, ...chosen }, note }) => {
      const { wake } = control(params.destination)
      const replayed = await store.letters.replay(params.destination, selectionOf(chosen), asWas, clock.now())
      wake()
      note({ replayed })
      return { replayed }
    },
  )
  change(
    {
      ...{ method: 'post', path: '/destinations/{destination}/discard', command: 'discard', params, refusals },
      summary: 'Ends dead letters for good; once for each batch, until none is left.',
      body: discardSchema,
      answer: { discarded: z.int() },
    },
    async ({ params, body: { why, ...chosen }, note }) => {
      const destination = known(params.destination, controls.keys())
      const discarded = await store.letters.discard(destination, selectionOf(chosen), why)
      note({ discarded })
      return { discarded }
    },
  )

  function selectionOf({ messages, reason, since }: z.output<typeof selectionSchema>): LetterSelection {
    return { messages, reason, since: since === undefined ? null : clock.now() - since }
  }
}
