import type { Context } from 'hono'
import { alertText } from '../ledger/shown.js'
import { shownHeartbeat } from '../ledger/shown-heartbeat.js'
import type { Heartbeat } from '../model/heartbeat.js'
import type { CurrentAsKept } from '../store/appended.js'

/** A success as it goes out. */
export interface Answer {
  readonly status: 200 | 201 | 202
  readonly body: Readonly<Record<string, unknown>>
  /** JSON of one more member, `alert`; made only where it is sent */
  readonly alert?: (() => string) | undefined
  readonly headers?: Readonly<Record<string, string>>
}

export const OK: Answer = { status: 200, body: { status: 'ok' } }

/** For what was understood and is not passed on: a loop, or a copy. */
export const suppressed = (message: string, id?: string): Answer => ({
  status: 202,
  body: { status: 'ok', ...(id === undefined ? {} : { id }), message },
})

/** What Alerta 9.1.0 answers to an alert: clients read the whole object. `current`: undefined where it is gone again. */
export function alertAnswer(id: string, current: CurrentAsKept | undefined, baseUrl: string): Answer {
  const alert = current && (() => alertText(current, baseUrl))
  return { status: 201, body: { status: 'ok', id }, alert }
}

export function send(c: Context, { status, body, alert, headers }: Answer): Response {
  if (alert === undefined) return c.json(body, status, headers)
  const text = `${JSON.stringify(body).slice(0, -1)},"alert":${alert()}}`
  return c.body(text, status, { 'Content-Type': 'application/json', ...headers })
}

/** What Alerta 9.1.0 answers to a heartbeat. */
export const heartbeatAnswer = (heartbeat: Heartbeat, shown: Parameters<typeof shownHeartbeat>[1]): Answer => ({
  status: 201,
  body: { status: 'ok', id: heartbeat.id, heartbeat: shownHeartbeat(heartbeat, shown) },
})

/** What it answers to an alert that its heartbeat plugin makes one of. */
export const convertedAnswer = (id: string): Answer => ({
  status: 202,
  body: { status: 'ok', id, message: 'Alert converted to Heartbeat' },
})
