import type { AlertFields } from '../model/alert.js'
import type { Blackout, BlackoutStatus } from '../model/blackout.js'

export interface BlackoutQuery {
  /** epoch ms */
  readonly now: number
  /** none: whatever their status */
  readonly statuses: readonly BlackoutStatus[]
  /** none: whatever their environment */
  readonly environments: readonly string[]
  /** none: whatever their customer */
  readonly customers: readonly string[]
}

/** Rejects with StoreUnavailable. */
export interface Blackouts {
  get(id: string, customers: readonly string[]): Promise<Blackout | undefined>
  /** The one that was made first comes first. */
  list(query: BlackoutQuery): Promise<readonly Blackout[]>
  /** In place of the one with its id, if there is one. */
  save(blackout: Blackout): Promise<void>
  /** False: there is none with this id. */
  remove(id: string): Promise<boolean>
  /** Whether one of them keeps this alert back. */
  covers(alert: AlertFields): Promise<boolean>
}
