import { iso } from '../base/clock.js'
import type { AlertFields } from '../model/alert.js'
import type { Ids } from '../model/ids.js'
import type { Accept } from './accept.js'
import { type Answer, convertedAnswer } from './answers.js'
import type { Visit } from './entrance.js'
import { NO_ORIGIN } from './heartbeat.js'

/** An alert that Alerta's heartbeat plugin makes a heartbeat of (alerta/plugins/heartbeat.py, 9.1.0), made and sent on as one. */
export async function acceptAsHeartbeat(
  deps: { readonly accept: Accept; readonly ids: Ids },
  visit: Visit,
  alert: AlertFields,
  at: number,
): Promise<Answer> {
  const { environment, severity, service, group, tags, timeout, customer, origin } = alert
  const told = { tags, attributes: { environment, severity, service, group }, timeout, createTime: iso(at), customer }
  const id = deps.ids.id()
  const body = Buffer.from(JSON.stringify({ ...(origin === null ? {} : { origin }), ...told }))
  const receipt = await deps.accept(visit, { kind: 'heartbeat', id, origin: origin ?? NO_ORIGIN, ...told }, body, at)
  return convertedAnswer(receipt.heartbeat?.id ?? id)
}
