import { iso } from '../base/clock.js'
import { type Answer, heartbeatAnswer, suppressed } from './answers.js'
import { decideCustomer } from './customers.js'
import type { Visit } from './entrance.js'
import { heartbeatFields, heartbeatProblem } from './heartbeat.js'
import { type ReceiveDeps, readObject } from './receive-alert.js'
import { Refused } from './refused.js'
import { splice } from './splice.js'
import { createTimeOf, textOr } from './values.js'

/** POST /heartbeat. Its id is only answered: a peer keeps one heartbeat per origin, under the id it gave it first. */
export function createReceiveHeartbeat(deps: Omit<ReceiveDeps, 'policy'>): (visit: Visit) => Promise<Answer> {
  return async (visit) => {
    const object = readObject(visit.body, heartbeatProblem)
    const loop = deps.loopGuard(visit, 'Heartbeat')
    if (loop !== undefined) return suppressed(loop)

    const decided = decideCustomer(textOr(object, 'customer', null), visit.principal, 'admin:heartbeats')
    if (decided.kind === 'refused') throw new Refused(400, decided.problem)
    const { customer } = decided
    const at = deps.clock.now()
    const createTime = createTimeOf(object) ?? iso(at)
    const fields = heartbeatFields(object)

    const additions = new Map<string, string>()
    if (createTimeOf(object) === undefined) additions.set('createTime', createTime)
    if (decided.kind === 'pinned') additions.set('customer', decided.customer)
    const { origin, timeout } = fields
    const write = { kind: 'heartbeat', origin, customer, timeout } as const
    const receipt = await deps.accept(visit, write, splice(object, additions), at)

    const id = textOr(object, 'id', null) ?? deps.ids.id()
    if (receipt.kind === 'copy') return suppressed(`Heartbeat already processed by ${deps.baseUrl}`, id)
    return heartbeatAnswer({ ...fields, createTime, customer }, { id, at, baseUrl: deps.baseUrl })
  }
}
