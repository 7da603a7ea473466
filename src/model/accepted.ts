import { iso } from '../base/clock.js'
import { percentEncoded } from '../base/percent.js'
import type { Became } from './ledger.js'

/** What relays tell each other of a message's first acceptance. */
export interface FirstAccepted {
  /** epoch ms */
  readonly stamp: number | undefined
  readonly became: Became | undefined
}

const NOTHING = 'nothing'
const OF_NORMAL = 'of-normal'

/**
 * X-Alerta-Accepted: "2026-11-21T03:04:05.678Z; severity=major; status=ack", where it set neither "…; nothing", and of a
 * state that came about in parts "…; severity=major; status=ack; status-since=2026-11-21T02:00:00.000Z". A normal alert that
 * was opened all the same: "…; status=open; of-normal".
 */
export function formatAccepted(stamp: number, became: Became | undefined): string {
  const { severity, status, statusStamp, ofNormal } = became ?? {}
  const parts = [
    ...(severity === undefined ? [] : [`severity=${percentEncoded(severity)}`]),
    ...(status === undefined ? [] : [`status=${percentEncoded(status)}`]),
    ...(statusStamp === undefined ? [] : [`status-since=${iso(statusStamp)}`]),
    ...(status !== undefined && ofNormal ? [OF_NORMAL] : []),
  ]
  const told = became !== undefined && parts.length === 0 ? [NOTHING] : parts
  return [iso(stamp), ...told].join('; ')
}

/** What cannot be read counts as not said. */
export function parseAccepted(header: string): FirstAccepted {
  const [time = '', ...told] = header.split(';').map((text) => text.trim())
  const stamp = timeOf(time)
  if (stamp === undefined || told.length === 0) return { stamp, became: undefined }
  const values = new Map(told.map((text) => [text.split('=')[0], text.split('=')[1]] as const))
  const severity = decoded(values.get('severity'))
  const status = decoded(values.get('status'))
  const statusStamp = timeOf(values.get('status-since') ?? '')
  return {
    stamp,
    became: {
      ...(severity === undefined ? {} : { severity }),
      ...(status === undefined ? {} : { status }),
      ...(status === undefined || statusStamp === undefined ? {} : { statusStamp }),
      ...(status !== undefined && told.includes(OF_NORMAL) ? { ofNormal: true } : {}),
    },
  }
}

/** The same, with no time later than `latest` (epoch ms). */
export function notAfter({ stamp, became }: FirstAccepted, latest: number): FirstAccepted {
  const { statusStamp } = became ?? {}
  return {
    stamp: stamp && Math.min(stamp, latest),
    became: statusStamp === undefined ? became : { ...became, statusStamp: Math.min(statusStamp, latest) },
  }
}

function timeOf(text: string): number | undefined {
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}

function decoded(value: string | undefined): string | undefined {
  try {
    return value === undefined || value === '' ? undefined : decodeURIComponent(value)
  } catch {
    return undefined
  }
}
