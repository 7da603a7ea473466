import type { Alarm, Heartbeat, HeartbeatStatus } from '../model/heartbeat.js'

/** How the status of a heartbeat is told. */
export interface StatusRule {
  /** epoch ms */
  readonly now: number
  readonly maxLatencyMs: number
}

export interface HeartbeatQuery extends StatusRule {
  /** none: whatever their status */
  readonly statuses: readonly HeartbeatStatus[]
  /** none: whatever their customer */
  readonly customers: readonly string[]
  /** none: whatever their origin */
  readonly origins: readonly string[]
  readonly offset: number
  readonly limit: number
}

/** A heartbeat whose status is not what was last told of it. */
export interface Turned {
  readonly heartbeat: Heartbeat
  readonly status: HeartbeatStatus
}

/** The newest heartbeat of each origin and customer; written by append. Rejects with StoreUnavailable. */
export interface Heartbeats {
  /** By its id, or 8 characters or more of one; that of another customer is not there. */
  get(id: string, customers: readonly string[]): Promise<Heartbeat | 'ambiguous' | undefined>
  count(query: HeartbeatQuery): Promise<number>
  /** The one that was heard of longest ago comes first. */
  page(query: HeartbeatQuery): Promise<readonly Heartbeat[]>
  /** One that is silent for more than four times its timeout, counted from `since` at the earliest (epoch ms). */
  stale(now: number, since: number): Promise<Heartbeat | undefined>
  /** Some whose status is not what `tell` noted last, silence being counted from `since` at the earliest. */
  turned(rule: StatusRule, since: number, limit: number): Promise<readonly Turned[]>
  /** Notes what was told of it. */
  tell(id: string, alarm: Alarm | null): Promise<void>
  /** What was told of it; undefined: there is none with this id. */
  told(id: string): Promise<Alarm | null | undefined>
  /** False: there is none with this id. */
  remove(id: string): Promise<boolean>
}
