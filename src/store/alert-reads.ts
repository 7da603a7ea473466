import type { AlertQuery, Groupable, PageQuery } from '../model/alert-query.js'
import type { AlertState, HistoryEntry, Note } from '../model/ledger.js'
import type { Current } from './appended.js'

/** How many alerts there are of each severity and status. */
export interface StandingCount {
  readonly severity: string
  readonly status: string
  readonly count: number
}

export interface Top {
  /** what is the same of all: an event, a resource … */
  readonly of: string
  readonly count: number
  readonly duplicateCount: number
  readonly environments: readonly string[]
  readonly services: readonly string[]
  /** the first of them */
  readonly alerts: readonly { readonly id: string; readonly resource: string }[]
}

/** Ranked by how many alerts; how often their severity changed; how long they have been there, all together. */
export type TopBy = 'count' | 'flapping' | 'standing'

/** A question that would take too long, or whose answer is too large: whoever asks has to ask for less. */
export class QueryTooMuch extends Error {
  readonly code = 'query_too_much'
}

/**
 * The alerts of the ledger that are not deleted. Rejects with QueryTooMuch or StoreUnavailable. All of it is one look
 * at the database, during which nothing else is done: hence the limits.
 */
export interface AlertReads {
  /** By any id, or 8 characters or more of one; an alert of another customer is not there. */
  get(id: string, customers: readonly string[]): Promise<Current | 'ambiguous' | undefined>
  /** Oldest first; as get. */
  notes(id: string, customers: readonly string[]): Promise<readonly Note[] | 'ambiguous' | undefined>
  /** In no order. Rejects with QueryTooMuch where there are more than `most`. */
  ids(query: AlertQuery, most: number): Promise<readonly string[]>
  counts(query: AlertQuery): Promise<readonly StandingCount[]>
  /** Without history unless it is asked for; `rawData` null unless it is. `counts`: of the same query, to save counting again. */
  page(query: PageQuery, counts?: readonly StandingCount[]): Promise<readonly Current[]>
  /** Newest first. */
  history(
    query: AlertQuery,
    place: Pick<PageQuery, 'offset' | 'limit'>,
  ): Promise<readonly { readonly state: AlertState; readonly entry: HistoryEntry }[]>
  environments(query: AlertQuery): Promise<readonly (StandingCount & { readonly environment: string })[]>
  services(
    query: AlertQuery,
  ): Promise<readonly (StandingCount & { readonly environment: string; readonly service: string })[]>
  groups(
    query: AlertQuery,
  ): Promise<readonly { readonly environment: string; readonly group: string; readonly count: number }[]>
  tags(
    query: AlertQuery,
  ): Promise<readonly { readonly environment: string; readonly tag: string; readonly count: number }[]>
  top(query: AlertQuery, by: TopBy, group: Groupable, limit: number): Promise<readonly Top[]>
}
