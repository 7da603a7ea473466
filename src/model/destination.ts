import type { Identity } from './identity.js'

export const DESTINATION_KINDS = ['alerta', 'relay', 'http'] as const

/** What stays in order towards a destination: all alerts of a resource, or each alert by itself. */
export const ORDERINGS = ['resource', 'alert'] as const
export type Ordering = (typeof ORDERINGS)[number]

/** What happens to a message that a full queue has no room for: its sender is refused, or the queue is made up for later. */
export const OVERFLOWS = ['refuse', 'resync'] as const
export type Overflow = (typeof OVERFLOWS)[number]

/** Conditions on one field: any of the positive patterns, none of the negated ones. */
export interface FieldMatch {
  /** `severity`, `tags`, `attributes.region` … */
  readonly field: string
  /** globs; a leading `!` negates */
  readonly patterns: readonly string[]
}

/** What routing needs to know of a destination; egress and delivery have their own shapes of the same entry. */
export interface Route {
  readonly name: string
  readonly identities: ReadonlySet<Identity>
  /** forwarding filter words: `*`, `alerts`, `actions`, an action's name, `delete`, `heartbeats` */
  readonly forward: readonly string[]
  readonly match: readonly FieldMatch[]
  readonly orderBy: Ordering
}
