import { z } from 'zod'
import { createOverview, laneShown, type OverviewDeps } from '../overview.js'
import { known } from './asked.js'
import type { Routes } from './routes.js'
import { type SendersShownDeps, sendersShown } from './senders-shown.js'

export type ScreensDeps = OverviewDeps & SendersShownDeps

/** The limits of the columns of `queue`, in seconds; the last column is what is older. */
const QUEUE_AGES_S = [60, 300, 1_200, 3_600, 14_400, 86_400] as const
const LANES_SHOWN = 10

const params = { destination: z.string() }
const refusals = { 404: 'there is no such destination' }
const when = z.iso.datetime()

const lane = z.object({
  lane: z.string(),
  event: z.string().nullable(),
  kind: z.string(),
  message: z.string(),
  subject: z.string(),
  since: when,
  ageSeconds: z.int(),
  attempts: z.int(),
  sending: z.boolean(),
  nextTry: when.nullable(),
  httpStatus: z.int().nullable(),
  note: z.string().nullable(),
})
const destination = z.looseObject({
  name: z.string(),
  state: z.string(),
  queued: z.int(),
  dead: z.int(),
  oldestAgeSeconds: z.int().nullable(),
  deliveredPerSecond: z.number(),
  slowestLane: lane.nullable(),
  next: z.object({ what: z.enum(['probe', 'try', 'release']), at: when }).nullable(),
  fullness: z.object({ percent: z.int(), full: z.enum(['no', 'refuse', 'resync']), what: z.string() }).nullable(),
  trouble: z.object({ rank: z.int(), what: z.string() }).nullable(),
})
const relay = z.object({
  version: z.string(),
  time: when,
  uptimeSeconds: z.int(),
  acceptedPerSecond: z.number(),
  deliveredPerSecond: z.number(),
  freeBytes: z.int().nullable(),
  databaseBytes: z.int(),
  wrong: z.array(z.string()),
})
const laneOfQueue = lane.extend({ rows: z.int() })
const sender = z.object({
  credential: z.string(),
  known: z.boolean(),
  address: z.string(),
  acceptedPerSecond: z.number(),
  accepted: z.int(),
  refused: z.record(z.string(), z.int()),
  last: when,
  lastError: z.object({ at: when, httpStatus: z.int(), why: z.string() }).nullable(),
})

/** What answers the questions of three in the morning: is anything stuck, where, since when, why. */
export function serveScreens({ read }: Routes, deps: ScreensDeps): void {
  const { store, clock } = deps
  const overview = createOverview(deps)

  read(
    {
      ...{ path: '/status', command: 'status', summary: 'The relay, and every destination, those in trouble first.' },
      answer: { relay, destinations: z.array(destination) },
    },
    overview,
  )
  read(
    {
      ...{ path: '/queue', command: 'queue', summary: 'How many deliveries wait where, by age.' },
      answer: { ages: z.array(z.int()), queues: z.array(z.object({ name: z.string(), counts: z.array(z.int()) })) },
    },
    async () => {
      const limits = QUEUE_AGES_S.map((seconds) => seconds * 1_000)
      const queues = await store.queueReads.ages(limits, clock.now())
      return {
        ages: [...QUEUE_AGES_S],
        queues: queues.map(({ destination: name, counts }) => ({ name, counts })),
      }
    },
  )
  read(
    {
      ...{ path: '/queue/{destination}', command: 'queue', params, refusals },
      summary: 'The lanes of a queue that have the most, and those that wait the longest.',
      answer: { lanes: z.int(), rows: z.int(), longest: z.array(laneOfQueue), oldest: z.array(laneOfQueue) },
    },
    async ({ params }) => {
      // also one that is configured no more, as long as something waits for it
      const names = (await store.status()).map(({ destination }) => destination)
      const { lanes, rows, longest, oldest } = await store.queueReads.lanes(
        known(params.destination, names),
        LANES_SHOWN,
      )
      const now = clock.now()
      const shown = (some: typeof longest) => some.map((one) => ({ ...laneShown(one, now), rows: one.rows }))
      return { lanes, rows, longest: shown(longest), oldest: shown(oldest) }
    },
  )
  read(
    {
      ...{ path: '/senders', command: 'senders', summary: 'Who sends, how much, and who is refused and why.' },
      answer: { senders: z.array(sender) },
    },
    async () => ({ senders: sendersShown(deps) }),
  )
}
