import type { Decision, KnownAlert } from '../model/decision.js'
import type { Overflow } from '../model/destination.js'
import type { Draft } from '../model/message.js'

/** What would become of a message if it came in now. */
export interface Foreseen {
  readonly decision: Decision
  /** what is known of its alert; undefined: nothing */
  readonly known: KnownAlert | undefined
  /** destinations that it would be queued for, but whose queues are full, and what happens then */
  readonly full: ReadonlyMap<string, Overflow>
}

/** As append decides, with what the store knows; nothing is written. 'ambiguous': several alerts are meant. */
export type Foresee = (draft: Draft) => Promise<Foreseen | 'ambiguous'>
