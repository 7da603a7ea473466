import { type Clock, iso } from '../base/clock.js'
import type { Counters } from '../base/counters.js'
import type { Log } from '../base/log.js'
import type { Ids } from '../model/ids.js'
import type { Write } from '../model/message.js'
import type { Accept } from './accept.js'
import { acceptAsHeartbeat } from './accept-as-heartbeat.js'
import { type AlertRules, alertFields, alertProblem } from './alert.js'
import { type Answer, alertAnswer, suppressed } from './answers.js'
import type { BlackoutPolicy } from './blackout-policy.js'
import { decideCustomer } from './customers.js'
import type { Visit } from './entrance.js'
import type { HeartbeatRules } from './heartbeat-rules.js'
import { type JsonObject, parseObject } from './json-object.js'
import type { LoopGuard } from './loop-guard.js'
import type { Policy } from './policy.js'
import { Refused } from './refused.js'
import { splice } from './splice.js'
import { createTimeOf, textOr } from './values.js'

export interface ReceiveDeps {
  readonly accept: Accept
  readonly loopGuard: LoopGuard
  readonly policy: Policy
  readonly blackoutPolicy: BlackoutPolicy
  readonly rules: AlertRules
  readonly heartbeatRules: HeartbeatRules
  readonly clock: Clock
  readonly ids: Ids
  /** our base_url, in hrefs */
  readonly baseUrl: string
  readonly log: Log
  readonly counters: Counters
}

/** POST /alert. What is configured to be no alert is judged in the order of Alerta's plugins: reject, heartbeat, blackout. */
export function createReceiveAlert(deps: ReceiveDeps): (visit: Visit) => Promise<Answer> {
  return async (visit) => {
    const object = readObject(visit.body, (members) => alertProblem(members, deps.rules))
    const loop = deps.loopGuard(visit, 'Alert')
    if (loop !== undefined) return suppressed(loop)

    const customer = decideCustomer(textOr(object, 'customer', null), visit.principal, 'admin:alerts')
    if (customer.kind === 'refused') throw new Refused(400, customer.problem)
    const at = deps.clock.now()
    const givenId = textOr(object, 'id', null)
    const alertId = givenId ?? deps.ids.alertId()
    const givenTime = createTimeOf(object)
    const createTime = givenTime ?? iso(at)
    const alert = alertFields(object, { createTime, customer: customer.customer }, deps.rules)
    const forbidden = deps.policy(alert)
    if (forbidden !== undefined) {
      deps.counters.add('refused', 'policy')
      throw new Refused(403, forbidden)
    }
    if (deps.heartbeatRules.events.includes(alert.event)) return acceptAsHeartbeat(deps, visit, alert, at)
    const blackout = await deps.blackoutPolicy(alert)
    if (blackout === 'suppress') return keptBack(deps, visit, alertId)

    const additions = new Map<string, string>()
    if (givenId === null) additions.set('id', alertId)
    if (givenTime === undefined) additions.set('createTime', createTime)
    if (customer.kind === 'pinned') additions.set('customer', customer.customer)
    const own = givenId === null ? ({ ownId: true } as const) : {}
    const write: Write =
      blackout === 'note'
        ? { kind: 'alert', alertId, alert: { ...alert, status: 'blackout' }, blackout: true, ...own }
        : { kind: 'alert', alertId, alert, ...own }
    const receipt = await deps.accept(visit, write, splice(object, additions), at)

    const id = receipt.alertId ?? alertId
    if (receipt.kind === 'copy') return suppressed(`Alert already processed by ${deps.baseUrl}`, id)
    return alertAnswer(id, receipt.current, deps.baseUrl)
  }
}

/** What Alerta answers during a blackout; the alert is on no list and goes to nobody. */
function keptBack({ log, counters }: Pick<ReceiveDeps, 'log' | 'counters'>, visit: Visit, alertId: string): Answer {
  counters.add('suppressed', 'blackout')
  const { requestId: request, principal, sender } = visit
  log.info({ why: 'blackout', alert: alertId, credential: principal.name, sender, request }, 'message suppressed')
  return suppressed('Suppressed alert during blackout period', alertId)
}

/** The body as a JSON object without problems; throws Refused 400. */
export function readObject(bytes: Buffer, findProblem: (object: JsonObject) => string | undefined): JsonObject {
  const parsed = parseObject(bytes)
  if (!parsed.ok) throw new Refused(400, parsed.problem)
  const problem = findProblem(parsed.value)
  if (problem !== undefined) throw new Refused(400, problem)
  return parsed.value
}
