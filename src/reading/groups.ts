import { hrefOf } from '../ledger/shown.js'
import type { TopBy } from '../store/alert-reads.js'
import type { Answering, Question } from './alerts.js'
import { offsetOf, pagesOf, readPaging, sumsBy } from './paging.js'
import { readGroup, readQuery } from './query.js'

/** Named alerts and lists of groups: what one page can show. */
const MOST_TOPS = 100

/** GET /environments. */
export async function environments({ alerts }: Answering, { parameters, customers }: Question) {
  const counts = await alerts.environments(readQuery(parameters, customers))
  const all = sumsBy(counts, ({ environment }) => environment)
    .map(({ first: { environment }, summed: { total, ...others } }) => ({ environment, count: total, ...others }))
    .sort((a, b) => (a.environment < b.environment ? -1 : 1))
  const asked = readPaging(parameters)
  const pages = pagesOf(asked, all.length)
  const page = all.slice(offsetOf(asked), offsetOf(asked) + asked.pageSize)
  const paging = { ...asked, pages, more: asked.page < pages, total: all.length }
  return { status: 'ok', ...none(page), environments: page, ...paging }
}

/** GET /services. */
export async function services({ alerts }: Answering, { parameters, customers }: Question) {
  const counts = await alerts.services(readQuery(parameters, customers))
  const found = sumsBy(counts, ({ environment, service }) => JSON.stringify([environment, service])).map(
    ({ first: { environment, service }, summed: { total, ...others } }) => ({
      ...{ environment, service, count: total },
      ...others,
    }),
  )
  return { status: 'ok', ...none(found), services: found, total: found.length }
}

/** GET /alerts/groups. */
export async function groups({ alerts }: Answering, { parameters, customers }: Question) {
  const found = await alerts.groups(readQuery(parameters, customers))
  return { status: 'ok', ...none(found), groups: found, total: found.length }
}

/** GET /alerts/tags. */
export async function tags({ alerts }: Answering, { parameters, customers }: Question) {
  const found = await alerts.tags(readQuery(parameters, customers))
  return { status: 'ok', ...none(found), tags: found, total: found.length }
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
    return { status: 'ok', ...none(top10), top10, total: top10.length }
  }

const none = (found: readonly unknown[]) => (found.length === 0 ? { message: 'not found' } : {})
