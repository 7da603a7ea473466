import { z } from 'zod'
import { type Clock, iso } from '../../base/clock.js'
import { matchSchema } from '../../config/destination.js'
import { duration } from '../../config/fields.js'
import {
  type DiffLine,
  isRunning,
  RESYNC_PHASES,
  RESYNC_WAYS,
  type Resync,
  type ResyncPlan,
} from '../../model/resync.js'
import { known } from './asked.js'
import { badRequest, conflict, notFound } from './errors.js'
import type { Routes } from './routes.js'

type Selection = Pick<ResyncPlan, 'by' | 'since' | 'match'>

/** What the resyncer does for operators (delivery/resyncer.ts); a text says why it cannot now. */
export interface Resyncs {
  begin(destination: string, plan: ResyncPlan): Promise<string>
  cancel(destination: string): Promise<boolean>
  state(destination: string): Promise<Resync | undefined>
  diff(destination: string, selection: Selection, signal: AbortSignal): Promise<AsyncGenerator<DiffLine> | string>
}

export interface ResyncsDeps {
  readonly resyncs: Resyncs
  readonly controls: ReadonlyMap<string, unknown>
  readonly clock: Pick<Clock, 'now'>
}

const askedSchema = z.strictObject({
  by: z.enum(RESYNC_WAYS).default('diff'),
  since: duration.optional(),
  match: matchSchema.prefault({}),
})
const params = { destination: z.string() }
const when = z.iso.datetime()
const resync = z
  .object({
    plan: z.looseObject({ by: z.enum(RESYNC_WAYS), why: z.string() }),
    phase: z.enum(RESYNC_PHASES),
    startedAt: when,
    readAt: when,
    endedAt: when.nullable(),
    tally: z.record(z.string(), z.int()),
    note: z.string().nullable(),
    running: z.boolean(),
  })
  .nullable()
const NO_DESTINATION = { 404: 'there is no such destination' }
const BUSY = { ...NO_DESTINATION, 409: 'a resync or a diff runs there' }

/** What a destination has and should have. */
export function serveResyncs({ read, change, stream }: Routes, { resyncs, controls, clock }: ResyncsDeps): void {
  const path = '/resync/{destination}'
  const state = async (destination: string) => shown(await resyncs.state(destination))
  const selected = ({ by, since, match }: z.output<typeof askedSchema>): Selection => ({
    by,
    since: since === undefined ? null : clock.now() - since,
    match: Object.entries(match).map(([field, patterns]) => ({ field, patterns })),
  })

  read(
    {
      ...{ path, command: 'resync', summary: 'The resync of a destination that runs, or the last one.' },
      ...{ params, answer: { resync }, refusals: NO_DESTINATION },
    },
    async ({ params }) => ({ resync: await state(known(params.destination, controls.keys())) }),
  )
  change(
    {
      ...{ method: 'post', path, command: 'resync', summary: 'Begins to send a destination what it lacks.' },
      ...{ params, body: askedSchema, answer: { resync }, code: 202, refusals: BUSY },
    },
    async ({ params, body }) => {
      const destination = known(params.destination, controls.keys())
      const begun = await resyncs.begin(destination, { ...selected(body), why: 'operator' })
      if (begun !== 'begun') throw busy(destination, begun)
      return { resync: await state(destination) }
    },
  )
  change(
    {
      ...{ method: 'delete', path, command: 'resync --stop', summary: 'Stops the resync that runs.' },
      ...{ params, answer: {}, refusals: { 404: 'there is no such destination, or none runs there' } },
    },
    async ({ params }) => {
      if (!(await resyncs.cancel(known(params.destination, controls.keys())))) throw notFound('no resync runs there')
      return {}
    },
  )
  stream(
    {
      ...{ method: 'post', path: '/diff/{destination}', command: 'diff', params, body: askedSchema },
      summary: 'Compares the relay with a destination; sends it nothing but questions.',
      line: z.looseObject({ kind: z.enum(['reading', 'drift', 'summary', 'failed']) }),
      refusals: BUSY,
    },
    async ({ params, body, signal }) => {
      const destination = known(params.destination, controls.keys())
      const selection = selected(body)
      if (selection.by === 'from') throw badRequest('by: a diff is by diff or all')
      const lines = await resyncs.diff(destination, selection, signal)
      if (typeof lines === 'string') throw busy(destination, lines)
      return lines
    },
  )
}

const busy = (destination: string, why: string) => conflict(`${why} at ${destination} already; wait for its end`)

const shown = (resync: Resync | undefined) =>
  resync === undefined
    ? null
    : {
        ...resync,
        running: isRunning(resync),
        startedAt: iso(resync.startedAt),
        readAt: iso(resync.readAt),
        endedAt: resync.endedAt === null ? null : iso(resync.endedAt),
      }
