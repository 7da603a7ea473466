import type { Write } from '../model/message.js'
import { actionFields, actionProblem } from './action.js'
import { type Answer, OK, suppressed } from './answers.js'
import { idProblem } from './checks.js'
import type { Visit } from './entrance.js'
import { type ReceiveDeps, readObject } from './receive-alert.js'
import { Refused } from './refused.js'

export type AboutAlertDeps = Pick<ReceiveDeps, 'accept' | 'loopGuard' | 'clock' | 'baseUrl'>

/** PUT /alert/:id/action. Whether the alert exists and the action fits its status is for the peers to say. */
export function createReceiveAction(deps: AboutAlertDeps): (visit: Visit) => Promise<Answer> {
  return async (visit) => {
    const action = actionFields(readObject(visit.body, actionProblem))
    const write: Write = { kind: 'action', alertId: alertIdOf(visit), ...action }
    return receiveAboutAlert(deps, visit, write, visit.body, `Action ${action.action}`)
  }
}

/** DELETE /alert/:id. A body means nothing and is not passed on. */
export function createReceiveDelete(deps: AboutAlertDeps): (visit: Visit) => Promise<Answer> {
  return async (visit) => receiveAboutAlert(deps, visit, { kind: 'delete', alertId: alertIdOf(visit) }, null, 'Delete')
}

/** What is answered with no more than that it is well. `what`: how it is called in answers. */
export async function receiveAboutAlert(
  deps: AboutAlertDeps,
  visit: Visit,
  write: Write,
  body: Buffer | null,
  what: string,
): Promise<Answer> {
  const loop = deps.loopGuard(visit, what)
  if (loop !== undefined) return suppressed(loop)
  const receipt = await deps.accept(visit, write, body, deps.clock.now())
  if (receipt.kind !== 'copy') return OK
  return suppressed(`${what} already processed by ${deps.baseUrl}`, receipt.alertId ?? visit.urlId)
}

/** The alert in the URL; throws Refused 400. */
export function alertIdOf(visit: Visit): string {
  const problem = idProblem(visit.urlId)
  if (problem !== undefined) throw new Refused(400, problem)
  return visit.urlId
}
