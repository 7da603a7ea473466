import { iso } from '../base/clock.js'
import { shownAlert } from '../ledger/shown.js'
import type { AlertReads } from '../store/alert-reads.js'
import { isTrue } from './filters.js'
import { offsetOf, pagesOf, readPaging, sum } from './paging.js'
import { readQuery, readSort } from './query.js'
import { ambiguous, notFound } from './refusals.js'

export interface Answering {
  readonly alerts: AlertReads
  readonly baseUrl: string
  /** epoch ms */
  readonly now: () => number
}

/** A question: its parameters, and whose alerts whoever asks may see; none: all. */
export interface Question {
  readonly parameters: URLSearchParams
  readonly customers: readonly string[]
}

/** Switched off by an administrator in Alerta; there is no such switch here. */
const AUTO_REFRESH = true

/** GET /alert/:id. */
export async function oneAlert({ alerts, baseUrl }: Answering, id: string, customers: readonly string[]) {
  const current = await alerts.get(id, customers)
  if (current === 'ambiguous') throw ambiguous()
  if (current === undefined) throw notFound()
  return { status: 'ok', total: 1, alert: shownAlert(current, baseUrl) }
}

/** GET /alerts (alerta/views/alerts.py: search_alerts). */
export async function manyAlerts({ alerts, baseUrl, now }: Answering, { parameters, customers }: Question) {
  const query = readQuery(parameters, customers)
  const sort = readSort(parameters)
  const asked = readPaging(parameters)
  const counted = await alerts.counts(query)
  const { total, ...counts } = sum(counted)
  const pages = pagesOf(asked, total)
  const rawData = isTrue(parameters.get('show-raw-data'))
  const history = isTrue(parameters.get('show-history'))
  const limits = { offset: offsetOf(asked), limit: asked.pageSize, rawData, history }
  const page = total === 0 ? [] : await alerts.page({ ...query, sort, ...limits }, counted)
  const newest = page.reduce((last, { state }) => Math.max(last, state.lastReceiveTime), 0)
  return {
    status: 'ok',
    ...(page.length === 0 ? { message: 'not found' } : {}),
    ...asked,
    pages,
    more: asked.page < pages,
    alerts: page.map((current) => shownAlert(current, baseUrl)),
    total,
    ...counts,
    lastTime: iso(page.length === 0 ? now() : newest),
    autoRefresh: AUTO_REFRESH,
  }
}

/** GET /alerts/count. */
export async function countAlerts({ alerts }: Answering, { parameters, customers }: Question) {
  return { status: 'ok', ...sum(await alerts.counts(readQuery(parameters, customers))), autoRefresh: AUTO_REFRESH }
}
