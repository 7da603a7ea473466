/** A sign of life from an origin; of each origin and customer the newest is kept (alerta/models/heartbeat.py, 9.1.0). */
export interface Heartbeat {
  /** the first one's of its origin */
  readonly id: string
  readonly origin: string
  readonly tags: readonly string[]
  readonly attributes: Readonly<Record<string, unknown>>
  /** by the origin's clock: ISO 8601 UTC with milliseconds */
  readonly createTime: string
  /** seconds after which silence means something; 0: never */
  readonly timeout: number
  /** epoch ms */
  readonly receivedAt: number
  readonly customer: string | null
}

export const HEARTBEAT_STATUSES = ['ok', 'slow', 'expired'] as const
export type HeartbeatStatus = (typeof HEARTBEAT_STATUSES)[number]

/** What may be wrong with an origin, and is told by an alert. */
export type Alarm = Exclude<HeartbeatStatus, 'ok'>

/** ms from its making to its arrival; below zero where the origin's clock is ahead. */
export const latencyOf = ({ receivedAt, createTime }: Heartbeat): number => receivedAt - Date.parse(createTime)

/** `heardAt`: since when silence is counted, which is its arrival unless nobody could have heard it. */
export function heartbeatStatus(
  heartbeat: Heartbeat,
  { now, maxLatencyMs, heardAt = heartbeat.receivedAt }: StatusAt,
): HeartbeatStatus {
  const { timeout } = heartbeat
  if (timeout > 0 && now - heardAt > timeout * 1_000) return 'expired'
  return latencyOf(heartbeat) > maxLatencyMs ? 'slow' : 'ok'
}

interface StatusAt {
  /** epoch ms */
  readonly now: number
  readonly maxLatencyMs: number
  readonly heardAt?: number
}
