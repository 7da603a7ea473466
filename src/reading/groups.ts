import { hrefOf } from '../ledger/shown.js'
import type { AlertQuery } from '../model/alert-query.js'
import type { StandingCount, TopBy } from '../store/alert-reads.js'
import type { Answering, Question } from './alerts.js'
import { offsetOf, pagesOf, readPaging, sumsBy } from './paging.js'
import { readGroup, readQuery } from './query.js'

/** Named alerts and lists of groups: what one page can show. */
const MOST_TOPS = 100

/** GET /environments: all that there are, as at Alerta, with the counts of what was asked for; `total` of these. */
export async function environments({ alerts }: Answering, { parameters, customers }: Question) {
  const counts = await alerts.environments(readQuery(parameters, customers))
  const total = new Set(counts.map(({ environment }) => environment)).size
  const all = [...counts, ...asZero(await alerts.environments(everyAlert(customers)))]
  const found = sumsBy(all, ({ environment }) => environment)
    .map(({ first: { environment }, summed: { total: count, ...others } }) => ({ environment, count, ...others }))
    .sort((a, b) => (a.environment < b.environment ? -1 : 1))
  const asked = readPaging(parameters)
  const pages = pagesOf(asked, found.length)
  const page = found.slice(offsetOf(asked), offsetOf(asked) + asked.pageSize)
  return { status: 'ok', ...said(page), environments: page, ...asked, pages, more: asked.page < pages, total }
}

/** GET /services: all that there are, as at Alerta, with the counts of what was asked for. */
export async function services({ alerts }: Answering, { parameters, customers }: Question) {
  const counts = await alerts.services(readQuery(parameters, customers))
  const all = [...counts, ...asZero(await alerts.services(everyAlert(customers)))]
  const found = sumsBy(all, ({ environment, service }) => JSON.stringify([environment, service])).map(
    ({ first: { environment, service }, summed: { total: count, ...others } }) => ({
      ...{ environment, service, count },
      ...others,
    }),
  )
  return { status: 'ok', ...said(found), services: found, total: found.length }
}

const everyAlert = (customers: readonly string[]): AlertQuery => ({ where: { kind: 'and', of: [] }, customers })

const asZero = <T extends StandingCount>(counts: readonly T[]): readonly T[] =>
  counts.map((one) => ({ ...one, count: 0 }))

/** GET /alerts/groups. */
export async function groups({ alerts }: Answering, { parameters, customers }: Question) {
  const found = await alerts.groups(readQuery(parameters, customers))
  return { status: 'ok', ...said(found), groups: found, total: found.length }
}

/** GET /alerts/tags. */
export async function tags({ alerts }: Answering, { parameters, customers }: Question) {
  const found = await alerts.tags(readQuery(parameters, customers))
  return { status: 'ok', ...said(found), tags: found, total: found.length }
}

/** GET /alerts/top10/count, flapping and standing. */
export const tops =
  (by: TopBy) =>
  async ({ alerts, baseUrl }: Answering, { parameters, customers }: Question) => {
    const asked = readPaging(parameters)
    pagesOf(asked, 1)
    const group = readGroup(parameters)
    const query = readQuery(parameters, customers)
    const found = await alerts.top(query, by, group, Math.min(asked.pageSize, MOST_TOPS))
    const top10 = found.map(({ of, alerts: members, ...rest }) => ({
      [group]: of,
      ...rest,
      resources: members.map(({ id, resource }) => ({ id, resource, href: hrefOf(id, baseUrl) })),
    }))
    return { status: 'ok', ...said(top10), top10, total: top10.length }
  }

const said = (found: readonly unknown[]) => (found.length === 0 ? { message: 'not found' } : {})
