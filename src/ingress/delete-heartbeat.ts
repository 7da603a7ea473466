import type { Heartbeat } from '../model/heartbeat.js'
import type { Heartbeats } from '../store/heartbeats.js'
import { type Answer, OK } from './answers.js'
import type { Visit } from './entrance.js'
import { Refused, unavailable } from './refused.js'

export interface DeleteHeartbeatDeps {
  readonly heartbeats: Pick<Heartbeats, 'get' | 'remove'>
  /** Ends the alert about it, if there is one; false: not now. */
  readonly clearAlarm: (heartbeat: Heartbeat) => Promise<boolean>
}

const ALARM_RETRY_S = 5

/** DELETE /heartbeat/:id. It is forgotten here; the peers have their own, and Alerta forwards no such delete either. */
export function createDeleteHeartbeat(deps: DeleteHeartbeatDeps): (visit: Visit) => Promise<Answer> {
  return async ({ urlId, principal }) => {
    const heartbeat = await deps.heartbeats.get(urlId, principal.customers)
    if (heartbeat === undefined) throw new Refused(404, 'not found')
    if (heartbeat === 'ambiguous') throw new Refused(409, 'several heartbeats have an id that begins so')
    if (!(await deps.clearAlarm(heartbeat))) throw unavailable('The alert about it cannot be ended now', ALARM_RETRY_S)
    if (!(await deps.heartbeats.remove(heartbeat.id))) throw new Refused(404, 'not found')
    return OK
  }
}
