import type { AlertKey } from './alert.js'
import type { Mark } from './decision.js'
import type { FieldMatch } from './destination.js'
import type { AlertState } from './ledger.js'

/** `diff`: what the peer lacks; `all`: what it should have, unseen; `from`: the other way, the peer fills the ledger. */
export const RESYNC_WAYS = ['diff', 'all', 'from'] as const
type ResyncWay = (typeof RESYNC_WAYS)[number]

export interface ResyncPlan {
  readonly by: ResyncWay
  /** only alerts of which something was heard since, epoch ms; null: all */
  readonly since: number | null
  /** only alerts that fit these too */
  readonly match: readonly FieldMatch[]
  readonly why: 'operator' | 'overflow' | 'empty there'
}

/** `reading`: the peer tells its alerts; `queuing`: what it lacks is queued; the others are ends. */
export const RESYNC_PHASES = ['reading', 'queuing', 'done', 'failed', 'stopped'] as const
export type ResyncPhase = (typeof RESYNC_PHASES)[number]

/** How an alert here and at a destination do not agree. */
export const DIFFERENCES = ['missing there', 'differs', 'deleted here', 'missing here'] as const
export type Difference = (typeof DIFFERENCES)[number]

/** What becomes of the alerts that a peer tells to fill the ledger. */
export const FILLINGS = ['adopted', 'known', 'learned', 'deleted', 'unusable'] as const
export type Filling = (typeof FILLINGS)[number]

/**
 * Alerts: `read` of `told` by the peer, `seen` of `held` by the ledger, and what came of them; `queued` are messages.
 * One that is absent is 0.
 */
export type Tally = Readonly<
  Partial<Record<'read' | 'told' | 'seen' | 'held' | 'queued' | 'on the way' | Difference | Filling, number>>
>

/** A destination's resync, running or ended; times in epoch ms. */
export interface Resync {
  readonly plan: ResyncPlan
  readonly phase: ResyncPhase
  readonly startedAt: number
  /** when the peer began to tell its alerts */
  readonly readAt: number
  readonly endedAt: number | null
  readonly tally: Tally
  /** what stands in the way, or why it took another one */
  readonly note: string | null
}

export const isRunning = ({ phase }: Pick<Resync, 'phase'>): boolean => phase === 'reading' || phase === 'queuing'

/** An alert as a peer told it. */
export interface There {
  readonly id: string
  readonly status: string
  readonly severity: string
  /** epoch ms, by its clock */
  readonly receivedAt: number
}

/** An alert of the ledger, and how it stands at a destination. */
export interface Pair {
  readonly state: AlertState
  /** epoch ms of the last message about it */
  readonly heardAt: number
  readonly deletedAt: number | null
  readonly mark: Mark | undefined
  /** it was sent there, or came from there */
  readonly sent: boolean
  /** undefined: not there, or nobody has looked */
  readonly there: There | undefined
}

/** What makes the destination's alert like ours: its state by a POST, and where that cannot say it all, an action. */
export type Remedy = StateRemedy | { readonly kind: 'delete' }

export interface StateRemedy {
  readonly kind: 'state'
  readonly status: string
  readonly followedBy: RemedyAction | undefined
}

export interface RemedyAction {
  readonly action: 'ack' | 'shelve' | 'open'
  /** seconds; null: the peer's default */
  readonly timeout: number | null
}

export interface Finding {
  readonly difference: Exclude<Difference, 'missing here'>
  readonly remedy: Remedy
}

/** Undefined: all is as it should be. */
export type Judge = (pair: Pair, now: number) => Finding | undefined

/** An alert on which ledger and peer do not agree. */
export interface Drift extends AlertKey {
  readonly difference: Difference
  /** what is queued for it, or has just been delivered, may have changed that */
  readonly onTheWay: boolean
  readonly here: { readonly id: string; readonly status: string; readonly severity: string } | null
  readonly there: { readonly id: string; readonly status: string; readonly severity: string } | null
}

/** What a diff tells, line by line; the last one is a summary or a failure. */
export type DiffLine =
  | { readonly kind: 'reading'; readonly read: number; readonly told: number }
  | ({ readonly kind: 'drift' } & Drift)
  | { readonly kind: 'summary'; readonly equal: boolean; readonly tally: Tally }
  /** `canBeRead`: it may work later */
  | { readonly kind: 'failed'; readonly why: string; readonly canBeRead: boolean }
