import { iso } from '../base/clock.js'
import { shownAlert } from '../ledger/shown.js'
import type { Current } from '../store/contract.js'
import type { Heartbeat } from './heartbeat.js'

/** A success as it goes out. */
export interface Answer {
  readonly status: 200 | 201 | 202
  readonly body: Readonly<Record<string, unknown>>
}

export const OK: Answer = { status: 200, body: { status: 'ok' } }

/** For what was understood and is not passed on: a loop, or a copy. */
export const suppressed = (message: string, id?: string): Answer => ({
  status: 202,
  body: { status: 'ok', ...(id === undefined ? {} : { id }), message },
})

/** Alerta's default for HEARTBEAT_MAX_LATENCY, ms. */
const MAX_LATENCY_MS = 2_000

interface Stamp {
  readonly id: string
  /** epoch ms */
  readonly at: number
  readonly baseUrl: string
  /** who signed in */
  readonly user: string
}

/** What Alerta 9.1.0 answers to an alert: clients read the whole object. `current`: undefined where it is gone again. */
export function alertAnswer(id: string, current: Current | undefined, baseUrl: string): Answer {
  const alert = current === undefined ? {} : { alert: shownAlert(current, baseUrl) }
  return { status: 201, body: { status: 'ok', id, ...alert } }
}

/** What Alerta 9.1.0 answers to a heartbeat. */
export function heartbeatAnswer(
  heartbeat: Heartbeat & { readonly createTime: string; readonly customer: string | null },
  { id, at, baseUrl }: Omit<Stamp, 'user'>,
): Answer {
  const latency = at - Date.parse(heartbeat.createTime)
  return {
    status: 201,
    body: {
      status: 'ok',
      id,
      heartbeat: {
        id,
        href: `${baseUrl}/heartbeat/${encodeURIComponent(id)}`,
        type: 'Heartbeat',
        receiveTime: iso(at),
        latency,
        maxLatency: MAX_LATENCY_MS,
        since: 0,
        status: latency > MAX_LATENCY_MS ? 'slow' : 'ok',
        ...heartbeat,
      },
    },
  }
}
