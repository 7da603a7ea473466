import { percentEncoded } from '../base/percent.js'
import type { AlertKey } from '../model/alert.js'
import type { PeerAlert } from '../model/ledger.js'
import { escapeId } from './request.js'

/** A thousand alerts are two questions, and an answer of usual alerts stays below 1 MiB. */
const PAGE_SIZE = 500
/** An alert of the same key for each of so many customers is found where ours has none. */
const KEY_PAGE_SIZE = 100
/** What the alerta command line prints of an id. */
const MIN_PREFIX = 8

export const idPath = (id: string): string => `/alert/${escapeId(id)}`

/** The same question as a list. */
export const idsPath = (id: string): string =>
  `/alerts?${query([
    ['id', id],
    ['show-history', 'true'],
    ['page-size', 1],
  ])}`

/**
 * The question for one key (Alerta's querybuilder, database/backends: postgres and mongodb). It is only a sieve, for
 * no filter can ask for "no customer": the answer is compared by sameKey.
 */
export function keyPath({ environment, resource, event, customer }: AlertKey): string {
  const wanted = { environment, resource, event, ...(customer === null ? {} : { customer }) }
  const filters = Object.entries(wanted).map(([field, value]) => [field, literal(value)])
  return `/alerts?${query([...filters, ['show-history', 'true'], ['page-size', KEY_PAGE_SIZE]])}`
}

/** The whole key in the order: nothing but that tells alerts apart for good, and an id cannot be sorted by. */
export function pagePath(page: number): string {
  const order = ['environment', 'resource', 'event', 'customer'].map((field) => ['sort-by', field])
  return `/alerts?${query([...order, ['show-raw-data', 'true'], ['page', page], ['page-size', PAGE_SIZE]])}`
}

export const sameKey = (a: AlertKey, b: AlertKey): boolean =>
  a.environment === b.environment && a.resource === b.resource && a.event === b.event && a.customer === b.customer

/** Alerta takes the id of a path as a pattern, so that it may answer an alert that nobody meant. */
export function isKnownBy(alert: Pick<PeerAlert, 'id' | 'lastReceiveId'>, id: string): boolean {
  const wanted = id.toLowerCase()
  const names = [alert.id.toLowerCase(), alert.lastReceiveId.toLowerCase()]
  return names.some((name) => name === wanted || (wanted.length >= MIN_PREFIX && name.startsWith(wanted)))
}

/**
 * A leading tilde makes a value a pattern: SQL's ILIKE with PostgreSQL, a regular expression with MongoDB. Both take
 * a backslash before a sign for the sign itself.
 */
const literal = (value: string): string =>
  value.startsWith('~') ? `~${value.replace(/[!-/:-@[-`{-~]/g, '\\$&')}` : value

const query = (parameters: readonly (readonly (string | number)[])[]): string =>
  parameters.map((parameter) => parameter.map((part) => percentEncoded(String(part))).join('=')).join('&')
