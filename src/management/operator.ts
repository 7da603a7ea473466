import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import { type Clock, iso } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { matchSchema } from '../config/destination.js'
import { duration } from '../config/fields.js'
import { type DiffLine, isRunning, RESYNC_WAYS, type Resync, type ResyncPlan } from '../model/resync.js'
import { StoreUnavailable } from '../store/contract.js'
import { asked, named } from './asked.js'
import { type DestinationsDeps, serveDestinations } from './operator-destinations.js'

type Selection = Pick<ResyncPlan, 'by' | 'since' | 'match'>

/** What the resyncer does for operators (delivery/resyncer.ts); a text says why it cannot now. */
export interface Resyncs {
  begin(destination: string, plan: ResyncPlan): Promise<string>
  cancel(destination: string): Promise<boolean>
  state(destination: string): Promise<Resync | undefined>
  diff(destination: string, selection: Selection, signal: AbortSignal): Promise<AsyncGenerator<DiffLine> | string>
}

export interface OperatorDeps extends DestinationsDeps {
  readonly resyncs: Resyncs
  readonly clock: Clock
  readonly log: Log
}

const askedSchema = z.strictObject({
  by: z.enum(RESYNC_WAYS).default('diff'),
  since: duration.optional(),
  match: matchSchema.prefault({}),
})

/** The operators' requests, served on a unix socket: who may open it may do all of them. Alerta's shape of errors. */
export function createOperatorApp(deps: OperatorDeps): Hono {
  const { resyncs, controls, clock, log } = deps
  const app = new Hono()
  app.onError((error, c) => {
    if (error instanceof HTTPException) return c.json(errorBody(error.status, error.message), error.status)
    return c.json(errorBody(500, failed(error)), 500)
  })
  app.notFound((c) => c.json(errorBody(404, `nothing is here: ${c.req.method} ${c.req.path}`), 404))

  serveDestinations(app, deps)
  app.get('/resync/:destination', async (c) => {
    const resync = await resyncs.state(named(c, controls.keys()))
    return c.json({ status: 'ok', resync: resync === undefined ? null : shown(resync) })
  })
  app.post('/resync/:destination', async (c) => {
    const destination = named(c, controls.keys())
    const selection = await selected(c)
    const plan: ResyncPlan = { ...selection, why: 'operator' }
    const begun = await resyncs.begin(destination, plan)
    if (begun !== 'begun') throw busy(destination, begun)
    log.info({ command: 'resync', destination, ...selection }, 'operator command')
    const resync = await resyncs.state(destination)
    return c.json({ status: 'ok', resync: resync === undefined ? null : shown(resync) }, 202)
  })
  app.delete('/resync/:destination', async (c) => {
    const destination = named(c, controls.keys())
    if (!(await resyncs.cancel(destination))) throw new HTTPException(404, { message: 'no resync runs there' })
    log.info({ command: 'resync --stop', destination }, 'operator command')
    return c.json({ status: 'ok' })
  })
  app.post('/diff/:destination', async (c) => {
    const destination = named(c, controls.keys())
    const selection = await selected(c)
    if (selection.by === 'from') throw new HTTPException(400, { message: 'by: a diff is by diff or all' })
    const lines = await resyncs.diff(destination, selection, c.req.raw.signal)
    if (typeof lines === 'string') throw busy(destination, lines)
    return c.body(await streamOf(endingWell(lines)), 200, { 'content-type': 'application/x-ndjson' })
  })
  return app

  /** The status has been sent: what goes wrong now can only be told as the last line. */
  async function* endingWell(lines: AsyncGenerator<DiffLine>): AsyncGenerator<DiffLine> {
    try {
      yield* lines
    } catch (error) {
      yield { kind: 'failed', why: failed(error as Error), canBeRead: true }
    }
  }

  function failed(error: Error): string {
    log.error({ err: { message: error.message, stack: error.stack } }, 'operator request failed')
    return error instanceof StoreUnavailable ? 'The store cannot be written now' : 'An internal error has occurred'
  }

  async function selected(c: Context): Promise<Selection> {
    const { by, since, match } = await asked(c, askedSchema)
    return {
      by,
      since: since === undefined ? null : clock.now() - since,
      match: Object.entries(match).map(([field, patterns]) => ({ field, patterns })),
    }
  }
}

const busy = (destination: string, why: string): HTTPException =>
  new HTTPException(409, { message: `${why} at ${destination} already; wait for its end` })

/** One line of JSON each. Begun at once, so that whoever goes away before reading ends it too. */
async function streamOf(lines: AsyncGenerator<DiffLine>): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder()
  let next = lines.next()
  await next
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await next
      if (done) return controller.close()
      controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`))
      next = lines.next()
    },
    async cancel() {
      await lines.return(undefined)
    },
  })
}

const errorBody = (status: number, message: string) => ({
  status: 'error',
  message,
  code: status,
  errors: null,
  requestId: null,
})

const shown = (resync: Resync) => ({
  ...resync,
  running: isRunning(resync),
  startedAt: iso(resync.startedAt),
  readAt: iso(resync.readAt),
  endedAt: resync.endedAt === null ? null : iso(resync.endedAt),
})
