import type { Write } from '../model/message.js'
import { actionFields, actionProblem } from './action.js'
import { type Answer, OK, suppressed } from './answers.js'
import { idProblem } from './checks.js'
import type { Visit } from './entrance.js'
import { type ReceiveDeps, readObject } from './receive-alert.js'
import { Refused } from './refused.js'

type Deps = Pick<ReceiveDeps, 'accept' | 'loopGuard' | 'clock' | 'baseUrl'>

/** PUT /alert/:id/action. Whether the alert exists and the action fits its status is for the peers to say. */
export function createReceiveAction(deps: Deps): (visit: Visit) => Promise<Answer> {
  return async (visit) => {
    const action = actionFields(readObject(visit.body, actionProblem))
    const write: Write = { kind: 'action', alertId: alertIdOf(visit), ...action }
    return receive(deps, visit, write, visit.body, `Action ${action.action}`)
  }
}

/** DELETE /alert/:id. A body means nothing and is not passed on. */
export function createReceiveDelete(deps: Deps): (visit: Visit) => Promise<Answer> {
  return async (visit) => receive(deps, visit, { kind: 'delete', alertId: alertIdOf(visit) }, null, 'Delete')
}

async function receive(deps: Deps, visit: Visit, write: Write, body: Buffer | null, what: string): Promise<Answer> {
  const loop = deps.loopGuard(visit, what)
  if (loop !== undefined) return suppressed(loop)
  const receipt = await deps.accept(visit, write, body, deps.clock.now())
  if (receipt.kind !== 'copy') return OK
  return suppressed(`${what} already processed by ${deps.baseUrl}`, receipt.alertId ?? visit.urlId)
}

function alertIdOf(visit: Visit): string {
  const problem = idProblem(visit.urlId)
  if (problem !== undefined) throw new Refused(400, problem)
  return visit.urlId
}
