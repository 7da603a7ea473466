import type { StandingCount } from '../store/alert-reads.js'
import { outOfRange } from './refusals.js'

/** Alerta's DEFAULT_PAGE_SIZE. */
const PAGE_SIZE = 50
/** What the alerta command line asks for. What is more takes seconds to read and to send, and others wait. */
const MAX_PAGE_SIZE = 1_000
/** Nobody has so many alerts, and no number behind it is safe to count with. */
const LAST_PAGE = 1_000_000_000

export interface Asked {
  readonly page: number
  readonly pageSize: number
}

/** `page`, `page-size` and its older name `limit`; what is no number counts as not said, as at Alerta. */
export function readPaging(parameters: URLSearchParams): Asked {
  const size = wholeNumber(parameters.get('page-size')) ?? wholeNumber(parameters.get('limit')) ?? 0
  return {
    page: wholeNumber(parameters.get('page')) ?? 1,
    pageSize: size < 1 ? PAGE_SIZE : Math.min(size, MAX_PAGE_SIZE),
  }
}

const wholeNumber = (text: string | null): number | undefined =>
  text !== null && /^[-+]?\d+$/.test(text) ? Number(text) : undefined

/** How many pages there are; refuses one that is not among them. */
export function pagesOf({ page, pageSize }: Asked, total: number): number {
  const pages = Math.ceil(total / pageSize)
  if (page < 1 || page > LAST_PAGE || (total > 0 && page > pages)) throw outOfRange(pages)
  return pages
}

export const offsetOf = ({ page, pageSize }: Asked): number => (page - 1) * pageSize

type Counts = Readonly<Record<string, number>>

export interface Summed {
  readonly total: number
  readonly severityCounts: Counts
  readonly statusCounts: Counts
}

export function sum(all: readonly StandingCount[]): Summed {
  const counts = all.filter(({ count }) => count > 0)
  const by = (name: (one: StandingCount) => string): Counts => {
    const sums = new Map<string, number>()
    for (const one of counts) sums.set(name(one), (sums.get(name(one)) ?? 0) + one.count)
    return Object.fromEntries(sums)
  }
  return {
    total: counts.reduce((total, { count }) => total + count, 0),
    severityCounts: by(({ severity }) => severity),
    statusCounts: by(({ status }) => status),
  }
}

/** The counts of each key, in the order in which the keys come first. */
export function sumsBy<T extends StandingCount>(
  counts: readonly T[],
  key: (one: T) => string,
): readonly { readonly first: T; readonly summed: Summed }[] {
  const groups = new Map<string, T[]>()
  for (const one of counts) groups.set(key(one), [...(groups.get(key(one)) ?? []), one])
  return [...groups.values()].map((group) => ({ first: group[0] as T, summed: sum(group) }))
}
