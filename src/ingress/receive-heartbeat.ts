import { iso } from '../base/clock.js'
import { type Answer, heartbeatAnswer, suppressed } from './answers.js'
import { decideCustomer } from './customers.js'
import type { Visit } from './entrance.js'
import { heartbeatFields, heartbeatProblem } from './heartbeat.js'
import type { HeartbeatRules } from './heartbeat-rules.js'
import { type ReceiveDeps, readObject } from './receive-alert.js'
import { Refused } from './refused.js'
import { splice } from './splice.js'
import { createTimeOf, textOr } from './values.js'

type Deps = Pick<ReceiveDeps, 'accept' | 'loopGuard' | 'clock' | 'ids' | 'baseUrl'> & {
  readonly heartbeatRules: HeartbeatRules
}

/** POST /heartbeat. The id that is kept is that of the first one of its origin, as at every peer. */
export function createReceiveHeartbeat(deps: Deps): (visit: Visit) => Promise<Answer> {
  const { timeoutS, maxLatencyMs } = deps.heartbeatRules
  return async (visit) => {
    const object = readObject(visit.body, heartbeatProblem)
    const loop = deps.loopGuard(visit, 'Heartbeat')
    if (loop !== undefined) return suppressed(loop)

    const decided = decideCustomer(textOr(object, 'customer', null), visit.principal, 'admin:heartbeats')
    if (decided.kind === 'refused') throw new Refused(400, decided.problem)
    const at = deps.clock.now()
    const createTime = createTimeOf(object) ?? iso(at)
    const id = textOr(object, 'id', null) ?? deps.ids.id()
    const heartbeat = { ...heartbeatFields(object, timeoutS), id, createTime, customer: decided.customer }

    const additions = new Map<string, string>()
    if (createTimeOf(object) === undefined) additions.set('createTime', createTime)
    if (decided.kind === 'pinned') additions.set('customer', decided.customer)
    const receipt = await deps.accept(visit, { kind: 'heartbeat', ...heartbeat }, splice(object, additions), at)

    const kept = receipt.heartbeat ?? { ...heartbeat, receivedAt: at }
    return heartbeatAnswer(kept, { now: deps.clock.now(), maxLatencyMs, baseUrl: deps.baseUrl })
  }
}
