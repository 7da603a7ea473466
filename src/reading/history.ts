import { iso } from '../base/clock.js'
import { hrefOf } from '../ledger/shown.js'
import type { AlertState, HistoryEntry } from '../model/ledger.js'
import type { Answering, Question } from './alerts.js'
import { offsetOf, pagesOf, readPaging } from './paging.js'
import { readQuery } from './query.js'

/** GET /alerts/history: what happened to the alerts, the newest first (alerta/models/history.py: RichHistory). */
export async function alertHistory({ alerts, baseUrl }: Answering, { parameters, customers }: Question) {
  const query = readQuery(parameters, customers)
  const asked = readPaging(parameters)
  pagesOf(asked, 0)
  const found = await alerts.history(query, { offset: offsetOf(asked), limit: asked.pageSize })
  return {
    status: 'ok',
    ...(found.length === 0 ? { message: 'not found' } : {}),
    history: found.map(({ state, entry }) => shown(state, entry, baseUrl)),
    total: found.length,
  }
}

function shown(state: AlertState, { value, ...entry }: HistoryEntry, baseUrl: string) {
  const { resource, environment, service, group, tags, attributes, origin, customer } = state
  return {
    ...{ resource, environment, service, group, tags, attributes, origin, customer },
    ...entry,
    ...(value === null || value === '' ? {} : { value }),
    href: hrefOf(entry.id, baseUrl),
    updateTime: iso(entry.updateTime),
  }
}
