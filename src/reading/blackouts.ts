import type { Env, Hono, MiddlewareHandler } from 'hono'
import type { Clock } from '../base/clock.js'
import { shownBlackout } from '../ledger/shown-blackout.js'
import { BLACKOUT_STATUSES } from '../model/blackout.js'
import type { Blackouts } from '../store/blackouts.js'
import { customersOf } from './customers.js'
import { isIn } from './filters.js'
import { offsetOf, pagesOf, readPaging } from './paging.js'
import { badRequest, notFound } from './refusals.js'

export interface BlackoutReadingDeps {
  readonly blackouts: Pick<Blackouts, 'get' | 'list'>
  readonly baseUrl: string
  readonly clock: Pick<Clock, 'now'>
}

/** Alerta's reading of blackouts (alerta/views/blackouts.py); scope read:blackouts, of a credential's customers only. */
export function mountBlackouts<E extends Env>(
  api: Hono<E>,
  gate: MiddlewareHandler<E>,
  { blackouts, baseUrl, clock }: BlackoutReadingDeps,
): void {
  api.get('/blackout/:id', gate, async (c) => {
    const blackout = await blackouts.get(c.req.param('id') ?? '', customersOf(c))
    if (blackout === undefined) throw notFound()
    return c.json({ status: 'ok', total: 1, blackout: shownBlackout(blackout, clock.now(), baseUrl) })
  })
  api.get('/blackouts', gate, async (c) => {
    const { searchParams } = new URL(c.req.url)
    const asked = readPaging(searchParams)
    const now = clock.now()
    const environments = searchParams.getAll('environment')
    const found = await blackouts.list({
      now,
      statuses: statusesOf(searchParams),
      environments,
      customers: customersOf(c),
    })
    const pages = pagesOf(asked, found.length)
    const offset = offsetOf(asked)
    return c.json({
      status: 'ok',
      ...(found.length === 0 ? { message: 'not found' } : {}),
      ...asked,
      pages,
      more: asked.page < pages,
      blackouts: found.slice(offset, offset + asked.pageSize).map((one) => shownBlackout(one, now, baseUrl)),
      total: found.length,
    })
  })
}

const statusesOf = (parameters: URLSearchParams) =>
  parameters.getAll('status').map((status) => {
    if (isIn(BLACKOUT_STATUSES, status)) return status
    throw badRequest(`status is not one of ${BLACKOUT_STATUSES.join(', ')}`)
  })
