import type { AlertKey } from './alert.js'
import type { Ordering } from './destination.js'
import type { Hop } from './hops.js'
import type { Lane } from './order.js'

/** The last accepted change of an alert, kept to recognise copies that came another way. */
export interface Change {
  readonly alertId: string
  /** digest of the content that counts (routing/copies.ts) */
  readonly digest: string
  readonly hops: readonly Hop[]
  /** epoch ms */
  readonly at: number
}

/**
 * What is known, per destination, of an alert that was queued there or came from there. `open`: later alerts go there
 * whatever the match says; `closed`: a closing message was queued there; `gone`: its delete was.
 */
export const MARKS = ['open', 'closed', 'gone'] as const
export type Mark = (typeof MARKS)[number]

/** A lane for each ordering a destination may choose. */
export type Lanes = Readonly<Record<Ordering, Lane>>

/** What the alert index says about the alert of a draft. */
export interface KnownAlert {
  /** undefined: only its id has been seen, in an action or a delete */
  readonly key: AlertKey | undefined
  /** given at its first reception and kept, also when a correlated event takes the alert over */
  readonly lanes: Lanes
  readonly last: Change | undefined
  /** by destination name */
  readonly marks: ReadonlyMap<string, Mark>
  /** deleted: its ids are known for a while, so that nothing is done to its successor by them */
  readonly gone: boolean
}

export interface Facts {
  /** this very message (id and bytes) was accepted before */
  readonly seen: boolean
  /** undefined: never heard of */
  readonly alert: KnownAlert | undefined
  /** the ledger has a change that was accepted long after this message was, elsewhere */
  readonly outdated: boolean
  /** it changes what the ledger knows, and was not stamped on arrival from a server that has no stamps */
  readonly news: boolean
}

export type SkipReason =
  | 'already passed'
  | 'filter'
  | 'match'
  | 'not sent there'
  | 'outdated'
  | 'queue full'
  | 'blackout'
  | 'about itself'

/** The decision for one destination: queued in a lane, or skipped and why. */
export type Verdict = {
  readonly destination: string
  /** the mark to set; undefined: as it is */
  readonly mark: Mark | undefined
} & ({ readonly kind: 'queue'; readonly lane: Lane } | { readonly kind: 'skip'; readonly why: SkipReason })

/** Where a message goes, or why it goes nowhere. */
export type Decision =
  | { readonly kind: 'copy'; readonly by: 'message id' | 'content' }
  /** the credential is bound to customers, and the alert is not known to be theirs */
  | { readonly kind: 'not theirs' }
  /** about an alert that was deleted, and no reception of it */
  | { readonly kind: 'gone' }
  | {
      readonly kind: 'accept'
      readonly verdicts: readonly Verdict[]
      readonly lanes: Lanes
      /** remembered as the alert's last change; undefined where the message is about none */
      readonly change: Change | undefined
    }
