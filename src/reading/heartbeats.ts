import type { Env, Hono, MiddlewareHandler } from 'hono'
import type { Clock } from '../base/clock.js'
import { shownHeartbeat } from '../ledger/shown-heartbeat.js'
import { HEARTBEAT_STATUSES, type Heartbeat } from '../model/heartbeat.js'
import type { Heartbeats } from '../store/heartbeats.js'
import { customersOf } from './customers.js'
import { isIn } from './filters.js'
import { offsetOf, pagesOf, readPaging } from './paging.js'
import { ambiguous, badRequest, notFound } from './refusals.js'

export interface HeartbeatReadingDeps {
  readonly heartbeats: Pick<Heartbeats, 'get' | 'count' | 'page'>
  readonly maxLatencyMs: number
  readonly baseUrl: string
  readonly clock: Pick<Clock, 'now'>
}

/** Alerta's reading of heartbeats (alerta/views/heartbeats.py); scope read:heartbeats, of a credential's customers only. */
export function mountHeartbeats<E extends Env>(
  api: Hono<E>,
  gate: MiddlewareHandler<E>,
  { heartbeats, maxLatencyMs, baseUrl, clock }: HeartbeatReadingDeps,
): void {
  const shown = (heartbeat: Heartbeat, now: number) => shownHeartbeat(heartbeat, { now, maxLatencyMs, baseUrl })

  api.get('/heartbeat/:id', gate, async (c) => {
    const heartbeat = await heartbeats.get(c.req.param('id') ?? '', customersOf(c))
    if (heartbeat === undefined) throw notFound()
    if (heartbeat === 'ambiguous') throw ambiguous()
    return c.json({ status: 'ok', total: 1, heartbeat: shown(heartbeat, clock.now()) })
  })
  api.get('/heartbeats', gate, async (c) => {
    const { searchParams } = new URL(c.req.url)
    const asked = readPaging(searchParams)
    const now = clock.now()
    const place = { offset: offsetOf(asked), limit: asked.pageSize }
    const origins = searchParams.getAll('origin')
    const query = {
      now,
      maxLatencyMs,
      statuses: statusesOf(searchParams),
      customers: customersOf(c),
      origins,
      ...place,
    }
    const total = await heartbeats.count(query)
    const pages = pagesOf(asked, total)
    const found = total === 0 ? [] : await heartbeats.page(query)
    return c.json({
      status: 'ok',
      ...(found.length === 0 ? { message: 'not found' } : {}),
      ...asked,
      pages,
      more: asked.page < pages,
      heartbeats: found.map((heartbeat) => shown(heartbeat, now)),
      total,
    })
  })
}

const statusesOf = (parameters: URLSearchParams) =>
  parameters.getAll('status').map((status) => {
    if (isIn(HEARTBEAT_STATUSES, status)) return status
    throw badRequest(`status is not one of ${HEARTBEAT_STATUSES.join(', ')}`)
  })
