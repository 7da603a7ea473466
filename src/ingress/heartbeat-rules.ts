import type { Config } from '../config/schema.js'

/** What is configured of how heartbeats are read. */
export interface HeartbeatRules {
  /** of a heartbeat that does not say it, seconds; 0: never */
  readonly timeoutS: number
  readonly maxLatencyMs: number
  /** names of events that make a heartbeat of an alert */
  readonly events: readonly string[]
}

export const heartbeatRulesOf = ({ heartbeats }: Pick<Config, 'heartbeats'>): HeartbeatRules => ({
  timeoutS: Math.ceil(heartbeats.timeout / 1_000),
  maxLatencyMs: heartbeats.max_latency,
  events: heartbeats.events,
})
