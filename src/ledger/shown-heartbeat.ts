import { iso } from '../base/clock.js'
import { percentEncoded } from '../base/percent.js'
import { type Heartbeat, heartbeatStatus, latencyOf } from '../model/heartbeat.js'

/** A heartbeat as Alerta's API shows it (alerta/models/heartbeat.py: serialize). */
export function shownHeartbeat(
  heartbeat: Heartbeat,
  { now, maxLatencyMs, baseUrl }: { readonly now: number; readonly maxLatencyMs: number; readonly baseUrl: string },
): Readonly<Record<string, unknown>> {
  const { receivedAt, ...kept } = heartbeat
  return {
    ...kept,
    href: `${baseUrl}/heartbeat/${percentEncoded(heartbeat.id)}`,
    type: 'Heartbeat',
    receiveTime: iso(receivedAt),
    latency: latencyOf(heartbeat),
    maxLatency: maxLatencyMs,
    since: Math.max(0, Math.floor((now - receivedAt) / 1_000)),
    status: heartbeatStatus(heartbeat, { now, maxLatencyMs }),
  }
}
