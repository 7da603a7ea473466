import type { SinkAlert } from './alerts.js'

/** Alerta's default; what a sink with many alerts is asked for at once is the asker's business. */
const PAGE_SIZE = 50

const FILTERS = ['environment', 'resource', 'event', 'customer', 'status', 'severity'] as const
type Filter = (typeof FILTERS)[number]
/** The times come newest first unless a dash turns them round, as at Alerta. */
const TIMES = ['receiveTime', 'lastReceiveTime', 'updateTime', 'createTime'] as const
type Sortable = Filter | (typeof TIMES)[number]
const SORTABLE: readonly string[] = [...FILTERS, ...TIMES]
const NO_FILTERS = new Set(['id', 'sort-by', 'page', 'page-size', 'show-raw-data', 'show-history', 'api-key', '_'])

/** The parameters of a URL, each with all its values. */
export type Parameters = Readonly<Record<string, readonly string[]>>

export type Listed =
  | { readonly kind: 'alerts'; readonly alerts: readonly SinkAlert[] }
  | { readonly kind: 'wrong'; readonly why: string }

/** The alerts that a question is about, in its order: Alerta's filters and sort-by, as far as peers use them. */
export function select(alerts: Iterable<SinkAlert>, parameters: Parameters): Listed {
  const fields = Object.keys(parameters).filter((name) => !NO_FILTERS.has(name))
  const unknown = fields.find((name) => !FILTERS.some((filter) => filter === name.replace(/!$/, '')))
  if (unknown !== undefined) return { kind: 'wrong', why: `Invalid filter parameter: ${unknown}` }
  const orders = parameters['sort-by'] ?? []
  const unsortable = orders.find((order) => !SORTABLE.includes(order.replace(/^-/, '')))
  if (unsortable !== undefined) return { kind: 'wrong', why: `Sorting by '${unsortable}' is not supported` }
  const { id: ids } = parameters
  const found = [...alerts].filter(
    (alert) =>
      (ids === undefined || ids.some((id) => alert.id.startsWith(id) || alert.lastReceiveId.startsWith(id))) &&
      fields.every((name) => fits(alert, name, parameters[name] ?? [])),
  )
  return { kind: 'alerts', alerts: found.sort(inOrder(orders)) }
}

/** `environment!=` means none of the values, a tilde in front of one that the field only has to contain it. */
function fits(alert: SinkAlert, name: string, values: readonly string[]): boolean {
  const actual = alert[name.replace(/!$/, '') as Filter]
  const is = (value: string) => {
    if (!value.startsWith('~')) return actual === value
    return actual?.toLowerCase().includes(value.slice(1).replace(/\\(.)/g, '$1').toLowerCase()) === true
  }
  return values.some(is) !== name.endsWith('!')
}

const inOrder =
  (orders: readonly string[]) =>
  (a: SinkAlert, b: SinkAlert): number => {
    for (const order of orders) {
      const field = order.replace(/^-/, '') as Sortable
      const sign = order.startsWith('-') === TIMES.some((time) => time === field) ? 1 : -1
      const [one, other] = [a[field] ?? '', b[field] ?? '']
      if (one !== other) return one < other ? -sign : sign
    }
    return 0
  }

export interface Page {
  readonly page: number
  readonly pageSize: number
  readonly pages: number
  /** undefined: there is no such page */
  readonly alerts: readonly SinkAlert[] | undefined
}

export function pageOf(alerts: readonly SinkAlert[], parameters: Parameters): Page {
  const page = wholeNumber(parameters.page) ?? 1
  const pageSize = wholeNumber(parameters['page-size']) || PAGE_SIZE
  const pages = Math.ceil(alerts.length / pageSize)
  const isThere = page >= 1 && (page <= pages || alerts.length === 0)
  const from = (page - 1) * pageSize
  return { page, pageSize, pages, alerts: isThere ? alerts.slice(from, from + pageSize) : undefined }
}

const wholeNumber = (values: readonly string[] | undefined): number | undefined =>
  /^-?\d{1,9}$/.test(values?.[0] ?? '') ? Number(values?.[0]) : undefined

/** How many alerts there are of each severity or status. */
export function countBy(alerts: readonly SinkAlert[], field: 'severity' | 'status'): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const alert of alerts) counts.set(alert[field], (counts.get(alert[field]) ?? 0) + 1)
  return Object.fromEntries(counts)
}
