import { iso } from '../base/clock.js'
import { type AlertFields, alertCloses, SEVERITY_LEVEL } from '../model/alert.js'
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

/** Alerta's previous severity of an alert that has none (settings.py, alarm model). */
const PREVIOUS_SEVERITY = 'indeterminate'
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

/** What Alerta 9.1.0 answers to a new alert: clients read the whole object. */
export function alertAnswer(alert: AlertFields, { id, at, baseUrl, user }: Stamp): Answer {
  const received = iso(at)
  const href = `${baseUrl}/alert/${encodeURIComponent(id)}`
  const status = alert.status === 'open' && alertCloses(alert) ? 'closed' : alert.status
  const { event, severity, text, timeout, value } = alert
  return {
    status: 201,
    body: {
      status: 'ok',
      id,
      // the spread stands last: V8 is forty times slower at adding members to a copy than at copying into an object
      alert: {
        id,
        href,
        previousSeverity: PREVIOUS_SEVERITY,
        trendIndication: trend(severity),
        duplicateCount: 0,
        repeat: false,
        receiveTime: received,
        lastReceiveId: id,
        lastReceiveTime: received,
        updateTime: received,
        history: [
          { id, href, event, severity, status, text, timeout, type: 'new', updateTime: alert.createTime, user, value },
        ],
        ...alert,
        status,
      },
    },
  }
}

function trend(severity: string): 'moreSevere' | 'noChange' | 'lessSevere' {
  const [level, previous] = [SEVERITY_LEVEL[severity] as number, SEVERITY_LEVEL[PREVIOUS_SEVERITY] as number]
  if (level === previous) return 'noChange'
  return level < previous ? 'moreSevere' : 'lessSevere'
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
