import { z } from 'zod'
import type { Clock } from '../../base/clock.js'
import { iso } from '../../base/clock.js'
import { duration } from '../../config/fields.js'
import { DELIVERY_STATES } from '../../model/delivery.js'
import type { Route } from '../../model/destination.js'
import { KINDS } from '../../model/message.js'
import type { AlertStory, MessageStory } from '../../model/story.js'
import type { Store } from '../../store/contract.js'
import { destinationStatus } from '../status.js'
import { messageSchema, messageShown } from '../story-shown.js'
import { firstWaiting, thereOf, thereSchema } from '../there.js'
import { partSchema, TRACE_MS, type Trace } from '../trace.js'
import { known } from './asked.js'
import type { Control } from './destinations.js'
import { conflict, notFound } from './errors.js'
import type { Routes } from './routes.js'

export interface StoriesDeps {
  readonly controls: ReadonlyMap<string, Pick<Control, 'state'>>
  readonly store: Pick<Store, 'stories' | 'status'> & { readonly resyncs: Pick<Store['resyncs'], 'overflowedAt'> }
  readonly trace: Trace
  /** those in force */
  readonly routes: () => readonly Route[]
  readonly clock: Pick<Clock, 'now'>
}

/** Some screens full; more are asked for with the cursor. */
const MOST_LISTED = 500
/** Of an alert: beyond it `why` says that it has not looked at all of them. */
const MOST_ABOUT = 1_000
/** A longer body is shown up to there, so that an answer stays a page. */
const MOST_OF_BODY = 256 * 1024

/** "2h" ago, or a moment in ISO 8601 */
const moment = z.union([
  duration,
  z.iso.datetime({ offset: true, error: 'must be a duration such as 2h, or a time such as 2026-11-21T19:00:00Z' }),
])

const query = {
  destination: z.string().optional(),
  state: z.enum([...DELIVERY_STATES, 'skipped']).optional(),
  kind: z.enum(KINDS).optional(),
  alert: z.string().min(1).optional(),
  resource: z.string().optional(),
  event: z.string().optional(),
  environment: z.string().optional(),
  text: z.string().min(1).max(1_000).optional(),
  since: moment.optional(),
  until: moment.optional(),
  limit: z.coerce.number().int().min(1).max(MOST_LISTED).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'it is none of ours')
    .optional(),
}

const params = { alert: z.string().min(1) }
const SEVERAL = { 404: 'nothing is known by that id', 409: 'several have an id that begins so' }

/** What happened to messages and alerts. */
export function serveStories({ read }: Routes, { controls, store, trace, routes, clock }: StoriesDeps): void {
  const { stories } = store
  const workerOf = (name: string) => controls.get(name)?.state()
  const shown = (story: MessageStory) => messageShown(story, workerOf, clock.now())
  const at = (given: number | string | undefined): number | undefined => {
    if (given === undefined) return undefined
    return typeof given === 'number' ? clock.now() - given : Date.parse(given)
  }

  async function alertOf(id: string): Promise<AlertStory> {
    const alert = await stories.alert(id, MOST_ABOUT)
    if (alert === undefined) throw notFound(`no alert has the id ${id}`)
    if (alert === 'ambiguous') throw several('alerts', id)
    return alert
  }

  async function messageOf(beginning: string): Promise<MessageStory> {
    const found = await stories.message(beginning)
    if ('message' in found) return found
    if (found.length === 0) throw notFound(`no message has an id that begins with ${beginning}`)
    throw conflict(`the ids of several messages begin with ${beginning}: ${found.join(', ')}`)
  }

  read(
    {
      ...{ path: '/messages', command: 'list', query, summary: 'Messages, the newest first.' },
      answer: {
        messages: z.array(messageSchema),
        cursor: z.string().nullable(),
        cutShort: z.boolean(),
        lookedBackTo: z.iso.datetime().nullable(),
      },
      refusals: { 404: 'there is no such destination', 409: SEVERAL[409] },
    },
    async ({ query: { alert, since, until, ...rest } }) => {
      if (rest.destination !== undefined)
        known(
          rest.destination,
          (await store.status()).map((one) => one.destination),
        )
      const page = await stories.list({ ...rest, alertId: alert, since: at(since), until: at(until) })
      if (page === 'ambiguous') throw several('alerts', alert ?? '')
      const { messages, cursor = null, cutShort, lookedBackTo } = page
      const back = lookedBackTo === undefined ? null : iso(lookedBackTo)
      return { messages: messages.map(shown), cursor, cutShort, lookedBackTo: back }
    },
  )
  read(
    {
      ...{ path: '/messages/{message}', command: 'show', params: { message: z.string().min(1) } },
      ...{ query: { body: z.stringbool().default(false) }, refusals: SEVERAL },
      summary: 'A message and every attempt to deliver it; `message` may be the beginning of its id.',
      answer: { message: messageSchema, bodyBytes: z.int(), body: z.string().nullable(), cut: z.boolean() },
    },
    async ({ params: { message: beginning }, query }) => {
      const story = await messageOf(beginning)
      const { body } = story.message
      const told = query.body && body !== null ? body.toString('utf8', 0, MOST_OF_BODY) : null
      const bodyBytes = body?.length ?? 0
      return { message: shown(story), bodyBytes, body: told, cut: told !== null && bodyBytes > MOST_OF_BODY }
    },
  )
  read(
    {
      ...{ path: '/alerts/{alert}/trace', command: 'trace', params, refusals: { 409: SEVERAL[409] } },
      query: { here: z.stringbool().default(false) },
      summary: 'The story of an alert, here and at the relays beyond that may be asked; `here`: only here.',
      answer: { parts: z.array(partSchema) },
    },
    async ({ params: { alert }, query: { here } }) => {
      const parts = await trace(alert, { hops: [], withinMs: here ? 0 : TRACE_MS, customers: [] })
      if (parts === 'ambiguous') throw several('alerts', alert)
      return { parts: [...parts] }
    },
  )
  read(
    {
      ...{ path: '/alerts/{alert}/at/{destination}', command: 'why', refusals: SEVERAL },
      params: { ...params, destination: z.string() },
      summary: 'Whether a destination should have an alert, has it, what waits, and what helps.',
      answer: {
        alert: z.looseObject({ id: z.string(), severity: z.string().nullable(), status: z.string().nullable() }),
        destination: z.looseObject({ name: z.string(), state: z.string() }),
        ...thereSchema.shape,
      },
    },
    async ({ params: { alert: id, destination } }) => {
      const queues = await store.status()
      const queue = queues.find((one) => one.destination === destination)
      if (queue === undefined) throw notFound(`no destination is named ${destination}`)
      const alert = await alertOf(id)
      const waits = firstWaiting(alert, destination)
      const first = waits === undefined ? undefined : await messageOf(waits.message.messageId)
      const route = routes().find(({ name }) => name === destination)
      const now = clock.now()
      const resyncDue = route !== undefined && store.resyncs.overflowedAt(destination) !== undefined
      return {
        alert: {
          id: alert.ids[0]?.id ?? id,
          ...{
            about: alert.about ?? null,
            severity: alert.state?.severity ?? null,
            status: alert.state?.status ?? null,
          },
          deletedAt: alert.deletedAt === null ? null : iso(alert.deletedAt),
        },
        destination: destinationStatus(queue, workerOf(destination), now),
        ...thereOf(alert, destination, first, { workerOf, route, now, resyncDue }),
      }
    },
  )
}

const several = (what: string, id: string) =>
  conflict(`several ${what} have an id that begins with ${id}: give more of it`)
