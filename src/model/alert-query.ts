import type { Severities } from './alert.js'

/** The fields of an alert that can be asked for, by what their values are. */
export const TEXT_FIELDS = [
  'resource',
  'event',
  'environment',
  'severity',
  'status',
  'group',
  'value',
  'text',
  'origin',
  'type',
  'rawData',
  'customer',
  'previousSeverity',
  'trendIndication',
  'lastReceiveId',
] as const
export const NUMBER_FIELDS = ['timeout', 'duplicateCount', 'repeat'] as const
/** epoch ms */
export const TIME_FIELDS = ['createTime', 'receiveTime', 'lastReceiveTime', 'updateTime'] as const
export const LIST_FIELDS = ['service', 'tags', 'correlate'] as const

export type TextField = (typeof TEXT_FIELDS)[number]
export type NumberField = (typeof NUMBER_FIELDS)[number] | (typeof TIME_FIELDS)[number]
export type ListField = (typeof LIST_FIELDS)[number]
export type SortField = TextField | NumberField | ListField

export const COMPARISONS = ['<', '<=', '>', '>=', '='] as const
export type Comparison = (typeof COMPARISONS)[number]

/** `contains` and `matches` do not tell upper from lower case; a pattern is one that base/pattern.ts accepts. */
export type TextTest = {
  readonly how: 'is' | 'contains' | 'matches' | Exclude<Comparison, '='>
  readonly value: string
}

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  /** any id by which the alert is known, or the first 8 characters or more of one */
  | { readonly kind: 'id'; readonly value: string }
  | { readonly kind: 'text'; readonly field: TextField; readonly test: TextTest }
  | { readonly kind: 'number'; readonly field: NumberField; readonly how: Comparison; readonly value: number }
  /** one item at least */
  | { readonly kind: 'item'; readonly field: ListField; readonly test: TextTest }
  /** undefined: it is there */
  | { readonly kind: 'attribute'; readonly name: string; readonly test: TextTest | undefined }

/** Which alerts. */
export interface AlertQuery {
  readonly where: Condition
  /** none: whatever their customer */
  readonly customers: readonly string[]
}

export interface SortBy {
  readonly by: { readonly field: SortField } | { readonly attribute: string }
  readonly descending: boolean
}

/** Which alerts, and in which order which of them. */
export interface PageQuery extends AlertQuery {
  /** the first decides */
  readonly sort: readonly SortBy[]
  readonly offset: number
  readonly limit: number
  readonly rawData: boolean
  readonly history: boolean
}

/** Alerta's order of statuses (models/alarms/alerta.py); one that is not among them comes last. */
export const STATUS_ORDER: readonly string[] = [
  'open',
  'assign',
  'ack',
  'shelved',
  'blackout',
  'closed',
  'expired',
  'unknown',
]

/** The names of severities, the worst first; those of one level together. */
export function severityGroups({ severities }: Pick<Severities, 'severities'>): readonly (readonly string[])[] {
  const levels = [...new Set(Object.values(severities))].sort((a, b) => a - b)
  return levels.map((level) => Object.keys(severities).filter((name) => severities[name] === level))
}

/** What may be grouped by in /alerts/top10. */
export const GROUPABLE = ['event', 'resource', 'environment', 'severity', 'status', 'group', 'customer'] as const
export type Groupable = (typeof GROUPABLE)[number]
